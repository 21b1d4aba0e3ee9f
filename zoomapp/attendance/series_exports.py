"""A series as CSV. The columns are a contract: none is renamed, and each session has one with its date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, tzinfo

from zoomapp import dates
from zoomapp.attendance.series import SeriesPerson, Session, Visit
from zoomapp.csv_export import csv_pieces


def series_csv(people: Iterable[SeriesPerson], sessions: Sequence[Session], zone: tzinfo) -> Iterator[str]:
    """One row per person with minutes by session: 0 if missed, empty before the first visit or without data."""
    rows = (
        (person.name, person.email, *_minutes(person), person.came, person.of, int(person.seconds // 60))
        for person in people
    )
    return csv_pieces(("name", "email", *_dates(sessions, zone), "sessions", "of", "minutes"), rows)


def person_csv(person: SeriesPerson, sessions: Sequence[Session], zone: tzinfo) -> Iterator[str]:
    """One row per session since the person's first that has data, oldest first. ``present``: 1 or 0.

    ``late_minutes`` and ``left_early_minutes`` are empty for a session that the person missed or without a schedule.
    """
    rows = (
        (date, *_visit_cells(person.visits[index], person.late_after))
        for index, date in enumerate(_dates(sessions, zone))
        if person.counted[index] and index >= person.first
    )
    return csv_pieces(("session", "present", "minutes", "late_minutes", "left_early_minutes"), rows)


def _visit_cells(visit: Visit | None, late_after: float) -> tuple[int | str, ...]:
    if visit is None:
        return 0, 0, "", ""
    late = int(visit.late_seconds // 60) if visit.late_seconds is not None and visit.is_late(late_after) else 0
    early = int(visit.early_seconds // 60) if visit.early_seconds is not None and visit.left_early else 0
    return (
        1,
        int(visit.seconds // 60),
        late if visit.late_seconds is not None else "",
        early if visit.early_seconds is not None else "",
    )


def _minutes(person: SeriesPerson) -> Iterator[int | str]:
    for index, visit in enumerate(person.visits):
        missed = 0 if person.counted[index] and index >= person.first else ""
        yield int(visit.seconds // 60) if visit else missed


def _dates(sessions: Sequence[Session], zone: tzinfo) -> list[str]:
    """The day of each session, with the time of day if another session is on the same day."""
    starts = [dates.local(datetime.fromtimestamp(session.started_at, UTC), zone) for session in sessions]
    days = Counter(start.date() for start in starts)
    return [f"{start:%Y-%m-%d %H:%M}" if days[start.date()] > 1 else f"{start:%Y-%m-%d}" for start in starts]
