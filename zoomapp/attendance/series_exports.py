"""A series as CSV. The columns are a contract: none is renamed, and each session has one with its date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, tzinfo

from zoomapp import dates
from zoomapp.attendance.series import SeriesPerson, Session
from zoomapp.csv_export import csv_pieces


def series_csv(people: Iterable[SeriesPerson], sessions: Sequence[Session], zone: tzinfo) -> Iterator[str]:
    """One row per person with minutes by session: 0 if missed, empty before the first visit or without data."""
    rows = (
        (person.name, person.email, *_minutes(person), person.came, person.of, int(person.seconds // 60))
        for person in people
    )
    return csv_pieces(("name", "email", *_dates(sessions, zone), "sessions", "of", "minutes"), rows)


def _minutes(person: SeriesPerson) -> Iterator[int | str]:
    for index, visit in enumerate(person.visits):
        missed = 0 if person.counted[index] and index > person.first else ""
        yield int(visit.seconds // 60) if visit else missed


def _dates(sessions: Sequence[Session], zone: tzinfo) -> list[str]:
    """The day of each session, with the time of day if another session is on the same day."""
    starts = [dates.local(datetime.fromtimestamp(session.started_at, UTC), zone) for session in sessions]
    days = Counter(start.date() for start in starts)
    return [f"{start:%Y-%m-%d %H:%M}" if days[start.date()] > 1 else f"{start:%Y-%m-%d}" for start in starts]
