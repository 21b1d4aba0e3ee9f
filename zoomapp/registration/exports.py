"""Registrants as CSV. The columns are a contract: new ones are added at the end, and none is renamed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import tzinfo

from zoomapp import dates
from zoomapp.attendance.attendance_table import AttendanceTable
from zoomapp.csv_export import csv_pieces
from zoomapp.registration.matching import RegistrantAttendance
from zoomapp.zoom.registrants import Registrant

REGISTRANT_COLUMNS = ("email", "first_name", "last_name", "status", "registered_at", "answers")
ATTENDANCE_COLUMNS = ("result", "email", "first_name", "last_name", "matched_by", "name_in_meeting", "minutes")


def registrants_csv(registrants: Iterable[Registrant], zone: tzinfo) -> Iterator[str]:
    """One row per registrant. All answers are in one cell."""
    rows = (
        (
            person.email,
            person.first_name,
            person.last_name,
            person.status,
            dates.iso(person.registered_at, zone) if person.registered_at else "",
            "; ".join(f"{question}: {answer}" for question, answer in person.answers),
        )
        for person in registrants
    )
    return csv_pieces(REGISTRANT_COLUMNS, rows)


def attendance_csv(attendance: RegistrantAttendance, table: AttendanceTable) -> Iterator[str]:
    """One row per registrant and walk-in: no-shows, those who came, walk-ins. ``minutes``: in the meeting."""
    minutes = {row.person.key: round(row.seconds / 60) for row in table.rows}
    rows: list[tuple[object, ...]] = [
        ("no-show", person.email, person.first_name, person.last_name, "", "", "") for person in attendance.no_shows
    ]
    for match in attendance.came:
        person = match.registrant
        shown = (match.rule.value, match.person.name, minutes.get(match.person.key, ""))
        rows.append(("came", person.email, person.first_name, person.last_name, *shown))
    for walk_in in attendance.walk_ins:
        rows.append(("walk-in", walk_in.email, "", "", "", walk_in.name, minutes.get(walk_in.key, "")))
    return csv_pieces(ATTENDANCE_COLUMNS, rows)
