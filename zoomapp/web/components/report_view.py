"""The report of a past meeting: its filters, each with the number of people it shows, and the details of one person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from zoomapp.attendance.attendance_table import AttendanceRow, AttendanceTable
from zoomapp.attendance.connections import Connection, merge_reason, merged_connections
from zoomapp.charts import small_bar
from zoomapp.web.components.series_view import TallyCell

#: The filters: name in the address, label, small bar, and what an empty list means.
FILTERS = (
    ("", "Everyone", "all", "Nobody came."),
    ("on-time", "On time", "here", "Nobody was on time."),
    ("late", "Late", "late", "Nobody was late."),
    ("early", "Left early", "early", "Nobody left early."),
    ("rejoined", "Rejoined", "rejoined", "Nobody rejoined."),
    ("waited", "Waited", "waited", "Nobody was in the waiting room."),
)
NOBODY = {label: sentence for _, label, _, sentence in FILTERS}
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


def tally_of(table: AttendanceTable, view: str, link: Callable[[str], str]) -> list[TallyCell]:
    """The filters of a report. Those about times are left out if the meeting had no such time."""
    late, early = table.frame.tells_late, table.frame.tells_early
    names = {"on-time": late, "late": late, "early": early}
    cells = [each for each in FILTERS if names.get(each[0], True)]
    chosen = view if view in [name for name, *_ in cells] else ""
    return [
        TallyCell(link(name), small_bar(bar), sum(row.is_in(name) for row in table.rows), label, name == chosen)
        for name, label, bar, _ in cells
    ]


def person_detail(table: AttendanceTable, person: str, *, hide_names: bool) -> PersonDetail | None:
    """The details of the person with this key."""
    row = next((row for row in table.rows if row.person.key == person), None)
    if row is None:
        return None
    merged = merged_connections(row.person, table.records, hide_names=hide_names)
    return PersonDetail(row, merged, merge_reason(row.person))
