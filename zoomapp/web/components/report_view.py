"""The report of a past meeting: its filters, each with the number of people it shows, and the details of one person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from zoomapp.attendance.attendance_table import AttendanceRow, AttendanceTable
from zoomapp.attendance.connections import Connection, merge_reason, merged_connections
from zoomapp.web.components import tally
from zoomapp.web.components.tally import TallyCell

#: The filters: name in the address, small bar, label, and what an empty list means.
FILTERS = (
    ("", "all", "Everyone", "Nobody came."),
    ("on-time", "here", "On time", "Nobody was on time."),
    ("late", "late", "Late", "Nobody was late."),
    ("early", "early", "Left early", "Nobody left early."),
    ("rejoined", "rejoined", "Rejoined", "Nobody rejoined."),
    ("waited", "waited", "Waited", "Nobody was in the waiting room."),
)
EMPTY = {label: sentence for *_, label, sentence in FILTERS}
SORT_WORDS = (
    ("", "Arrival"),
    ("name", "Name"),
    ("attendance", "Attendance"),
    ("left", "Left"),
    ("time", "Time here"),
)


@dataclass(frozen=True)
class PersonDetail:
    """The row of one person, the connections that were merged into it, and why."""

    row: AttendanceRow
    merged: Sequence[Connection]
    reason: str


def views_of(table: AttendanceTable) -> list[str]:
    """The names of a report's filters. Those about times are left out if the meeting had no such time."""
    late, early = table.frame.tells_late, table.frame.tells_early
    has_time = {"on-time": late, "late": late, "early": early}
    return [name for name, *_ in FILTERS if has_time.get(name, True)]


def tally_of(table: AttendanceTable, view: str, link: Callable[[str], str]) -> list[TallyCell]:
    """The filters of a report, each with its number. ``view``: the name of the chosen one."""
    views = views_of(table)
    counts = [
        (name, bar, label, sum(row.is_in(name) for row in table.rows))
        for name, bar, label, _ in FILTERS
        if name in views
    ]
    return tally.cells(counts, link, view)


def person_detail(table: AttendanceTable, person: str, *, hide_names: bool) -> PersonDetail | None:
    """The details of the person with this key; None if the table has no such person."""
    row = next((row for row in table.rows if row.person.key == person), None)
    if row is None:
        return None
    merged = merged_connections(row.person, table.records, hide_names=hide_names)
    return PersonDetail(row, merged, merge_reason(row.person))
