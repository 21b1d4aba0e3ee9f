"""Pure functions on lists of meetings: which match a query, which are over, their order, and their days."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from itertools import groupby

from zoomapp.zoom.models import Meeting

SOON = timedelta(minutes=30)


@dataclass(frozen=True)
class Day:
    """The meetings of one day in the viewer's zone. ``date`` is None for meetings without a fixed time."""

    date: date | None
    first_at: datetime | None
    meetings: tuple[Meeting, ...]


def fold(text: str) -> str:
    """Text for comparison, without case and diacritics: "muller" finds "Müller"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def matches(query: str, topic: str, number: int = 0) -> bool:
    """Whether a search for a topic or a meeting number finds this meeting."""
    query = fold(query.strip())
    digits = "".join(char for char in query if char.isdigit())
    number_matches = bool(digits) and digits == query.replace(" ", "") and digits in str(number)
    return query in fold(topic) or number_matches


def unique(meetings: Iterable[Meeting]) -> list[Meeting]:
    """The meetings without duplicates. Zoom lists a series under one id, so id and start identify an entry."""
    return list({(meeting.id, meeting.start_at): meeting for meeting in meetings}.values())


def upcoming(meetings: Iterable[Meeting], now: datetime, live: Iterable[Meeting] = ()) -> list[Meeting]:
    """The meetings that are neither over nor running, soonest first. Those without a fixed time are last."""
    live_ids = {meeting.id for meeting in live}
    not_over = [meeting for meeting in unique(meetings) if not _is_over(meeting, now)]
    waiting = [meeting for meeting in not_over if meeting.id not in live_ids or not _has_started(meeting, now)]
    return sorted(waiting, key=lambda meeting: (meeting.start_at is None, meeting.start_at or now, meeting.topic))


def by_start(meetings: Iterable[Meeting], now: datetime) -> list[Meeting]:
    """The meetings by their start. Those without a fixed time are last."""
    return sorted(unique(meetings), key=lambda meeting: (meeting.start_at is None, meeting.start_at or now))


def newest_first(meetings: Iterable[Meeting]) -> list[Meeting]:
    """Past meetings, newest first."""
    oldest = datetime.min
    return sorted(
        unique(meetings),
        key=lambda meeting: meeting.start_at.replace(tzinfo=None) if meeting.start_at else oldest,
        reverse=True,
    )


def by_day(meetings: Sequence[Meeting], zone: tzinfo) -> list[Day]:
    """The meetings in their given order, grouped by day in the viewer's zone."""

    def day_of(meeting: Meeting) -> date | None:
        return meeting.start_at.astimezone(zone).date() if meeting.start_at else None

    groups = [(day, tuple(group)) for day, group in groupby(meetings, key=day_of)]
    return [Day(day, group[0].start_at, group) for day, group in groups]


def first_with_start(meetings: Sequence[Meeting]) -> Meeting | None:
    """The first meeting that has a start time."""
    return next((meeting for meeting in meetings if meeting.start_at), None)


def overlapping(meetings: Iterable[Meeting], start_at: datetime, end_at: datetime) -> Meeting | None:
    """The first of these meetings that runs at some time between two moments."""
    found = [each for each in meetings if each.start_at and each.end_at and each.start_at < end_at]
    found = [each for each in found if each.end_at and each.end_at > start_at]
    return min(found, key=lambda each: (each.start_at, each.id), default=None)


def starts_soon(meeting: Meeting | None, now: datetime) -> bool:
    """Whether the meeting starts within half an hour."""
    return bool(meeting and meeting.start_at and meeting.start_at - now <= SOON)


def _has_started(meeting: Meeting, now: datetime) -> bool:
    return meeting.start_at is None or meeting.start_at <= now


def _is_over(meeting: Meeting, now: datetime) -> bool:
    return meeting.end_at is not None and meeting.end_at <= now
