"""Which meetings to show, in which order, under which day."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from itertools import groupby

from zoomapp.zoom.models import Meeting


@dataclass(frozen=True)
class Day:
    """The meetings of one day on the viewer's calendar; ``date`` is None for those without a fixed time."""

    date: date | None
    first_at: datetime | None
    meetings: tuple[Meeting, ...]


def fold(words: str) -> str:
    """Text as search compares it: without case and diacritics, so that "muller" finds "Müller"."""
    apart = unicodedata.normalize("NFKD", words.casefold())
    return "".join(char for char in apart if not unicodedata.combining(char))


def matches(query: str, topic: str, number: int = 0) -> bool:
    """Whether a search for topic or meeting id finds this one."""
    wanted = fold(query.strip())
    digits = "".join(char for char in wanted if char.isdigit())
    by_number = bool(digits) and digits == wanted.replace(" ", "") and digits in str(number)
    return wanted in fold(topic) or by_number


def unique(meetings: Iterable[Meeting]) -> list[Meeting]:
    """Each once: lists repeat a series under one id, so an id and a start name a row."""
    return list({(each.id, each.start_at): each for each in meetings}.values())


def coming(meetings: Iterable[Meeting], now: datetime, live: Iterable[Meeting] = ()) -> list[Meeting]:
    """Those that are not over and not running, soonest first, those without a fixed time last."""
    running = {each.id for each in live}
    ahead = [each for each in unique(meetings) if not _over(each, now)]
    ahead = [each for each in ahead if each.id not in running or not _begun(each, now)]
    return sorted(ahead, key=lambda each: (each.start_at is None, each.start_at or now, each.topic))


def latest_first(meetings: Iterable[Meeting]) -> list[Meeting]:
    """Past meetings, newest first."""
    oldest = datetime.min.replace(tzinfo=None)
    return sorted(
        unique(meetings),
        key=lambda each: each.start_at.replace(tzinfo=None) if each.start_at else oldest,
        reverse=True,
    )


def by_day(meetings: Sequence[Meeting], zone: tzinfo) -> list[Day]:
    """In the order they come, under their days in the viewer's zone."""
    groups = groupby(meetings, key=lambda each: each.start_at.astimezone(zone).date() if each.start_at else None)
    days = [(that, tuple(group)) for that, group in groups]
    return [Day(that, group[0].start_at, group) for that, group in days]


def next_one(meetings: Sequence[Meeting]) -> Meeting | None:
    """The soonest with a time, of meetings in the order of ``coming``."""
    return next((each for each in meetings if each.start_at), None)


def starts_soon(meeting: Meeting | None, now: datetime) -> bool:
    """Whether it begins within half an hour."""
    return bool(meeting and meeting.start_at and meeting.start_at - now <= timedelta(minutes=30))


def _begun(meeting: Meeting, now: datetime) -> bool:
    return meeting.start_at is None or meeting.start_at <= now


def _over(meeting: Meeting, now: datetime) -> bool:
    return meeting.end_at is not None and meeting.end_at <= now
