"""Dates and times in Zoom's formats. Times are epoch seconds."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

DAY_SECONDS = 86400
#: years in which every computation with a date works: time zones, a month before, fifty years of occurrences
FIRST_YEAR, LAST_YEAR = 1970, 2999
START_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z?")


def iso(at: float) -> str:
    """``2026-03-02T15:04:05Z``: a time in UTC, in whole seconds."""
    return f"{datetime.fromtimestamp(int(at), UTC).isoformat()[:19]}Z"  # four times as fast as strftime


def zone(name: str) -> tzinfo:
    """A time zone by name. UTC when this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC


def zone_exists(name: str) -> bool:
    """Whether this is the name of a time zone."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return name == "UTC"
    return True


def parse_start(text: str, timezone: str) -> float:
    """The time of a ``start_time``: UTC with ``Z``, else local time in ``timezone``. Raises ValueError."""
    if not START_TIME.fullmatch(text):
        raise ValueError(text)
    local = datetime.fromisoformat(text.removesuffix("Z"))
    if not FIRST_YEAR < local.year <= LAST_YEAR:
        raise ValueError(text)
    return local.replace(tzinfo=UTC if text.endswith("Z") else zone(timezone)).timestamp()


def day_of(at: float, where: tzinfo = UTC) -> date:
    """The date of a time in a time zone."""
    return datetime.fromtimestamp(at, where).date()


def at_local(day: date, hour: int, minute: int, timezone: str) -> float:
    """The time at which it is ``hour:minute`` on ``day`` in ``timezone``."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone(timezone)).timestamp()


def day_start(day: date, where: tzinfo = UTC) -> float:
    """The time at which a day starts."""
    return datetime(day.year, day.month, day.day, tzinfo=where).timestamp()


def next_midnight(at: float) -> float:
    """The next 00:00 UTC, when daily limits start again."""
    return day_start(day_of(at) + timedelta(days=1))


def parse_day(text: str) -> date | None:
    """The date of ``yyyy-mm-dd`` or of a time in UTC, or None. Also None for a year outside of 1971 to 2999."""
    if text.endswith("Z") and START_TIME.fullmatch(text):
        text = text[:10]
    try:
        day = date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        return None
    return day if day and FIRST_YEAR < day.year <= LAST_YEAR else None


def month_before(day: date) -> date:
    """The same day one month earlier, or that month's last."""
    last = day.replace(day=1) - timedelta(days=1)
    return last.replace(day=min(day.day, last.day))


def clock_face(seconds: float) -> str:
    """A duration as the dashboard writes it: ``21:05`` or ``1:02:03``."""
    hours, rest = divmod(int(seconds), 3600)
    minutes, whole_seconds = divmod(rest, 60)
    return f"{hours:02d}:{minutes:02d}:{whole_seconds:02d}" if hours else f"{minutes:02d}:{whole_seconds:02d}"
