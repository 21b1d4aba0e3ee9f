"""How a moment, a size, a duration is written for whoever looks."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from flask import Flask

from zoomapp import times
from zoomapp.web.viewer import now, viewer

AVATAR_COLOURS = 6


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(FILTERS)


def clock(at: datetime) -> str:
    return times.clock(at, viewer().zone, hour12=viewer().chosen.hour12)


def day(at: datetime) -> str:
    return times.day(at, viewer().zone, now())


def long_day(at: datetime) -> str:
    return times.long_day(at, viewer().zone)


def full(at: datetime) -> str:
    return times.full(at, viewer().zone)


def iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def relative(at: datetime) -> str:
    return times.relative(at, now())


def when(at: datetime) -> str:
    return times.when(at, viewer().zone, now(), hour12=viewer().chosen.hour12)


def span(start: datetime, end: datetime) -> str:
    """From when to when on the clock: "11:00 – 11:30"."""
    return times.clock_range(start, end, viewer().zone, hour12=viewer().chosen.hour12)


def offset(zone_name: str) -> str:
    """What the clock shows there now: "now 10:42, UTC+01:00"."""
    zone = times.find_zone(zone_name) or UTC
    return f"now {times.tick(now(), zone, hour12=viewer().chosen.hour12)}, {times.offset(now(), zone)}"


def minutes(count: int) -> str:
    return times.duration(count * 60)


def avatar_colour(name: str) -> int:
    """The same colour for the same name, everywhere."""
    return zlib.crc32(name.encode()) % AVATAR_COLOURS


def initials(name: str) -> str:
    """Two letters at most: of the first word and the last."""
    words = [word for word in name.split() if word[0].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"


def link(address: str) -> str:
    """An address that came from outside, if it is one a browser may follow; else nothing."""
    return address if urlsplit(address).scheme in ("http", "https") else ""


FILTERS: dict[str, Callable[..., object]] = {
    "avatar_colour": avatar_colour,
    "clock": clock,
    "day": day,
    "full": full,
    "initials": initials,
    "iso": iso,
    "link": link,
    "long_day": long_day,
    "meeting_id": times.meeting_id,
    "minutes": minutes,
    "offset": offset,
    "relative": relative,
    "size": times.size,
    "span": span,
    "when": when,
}
