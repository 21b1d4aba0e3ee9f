"""The report of a past meeting: its rows, filters with the number of people each shows, and details of one person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from zoomapp.attendance.attendance_table import AttendanceRow, AttendanceTable
from zoomapp.attendance.connections import Connection, merge_reason, merged_connections
from zoomapp.attendance.names import initials
from zoomapp.meetings import agenda
from zoomapp.registration.matching import RegistrantAttendance
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
    ("no-show", "missed", "No-show", "Everyone who registered came."),
    ("walk-in", "new", "Walk-in", "Everyone who came had registered."),
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


@dataclass(frozen=True)
class NoShow:
    """The row of a registrant who did not come."""

    name: str
    email: str
    person: None = None


@dataclass(frozen=True)
class Report:
    """The report of a past meeting. ``registered``: who of its registrants came, if that is known."""

    table: AttendanceTable
    registered: RegistrantAttendance | None = None

    @property
    def views(self) -> list[str]:
        """The names of the filters. Those are left out about times that the meeting did not have, or registrants."""
        late, early, registered = self.table.frame.tells_late, self.table.frame.tells_early, self.registered is not None
        is_known = {"on-time": late, "late": late, "early": early, "no-show": registered, "walk-in": registered}
        return [name for name, *_ in FILTERS if is_known.get(name, True)]

    @cached_property
    def walk_ins(self) -> set[str]:
        """The keys of the people who came without a registration."""
        return {person.key for person in self.registered.walk_ins} if self.registered else set()

    @cached_property
    def no_shows(self) -> list[NoShow]:
        """The registrants who did not come."""
        return [NoShow(each.name, each.email) for each in self.registered.no_shows] if self.registered else []

    def rows(
        self, view: str, query: str = "", sort: str = "", sorted_at: float | None = None
    ) -> list[AttendanceRow | NoShow]:
        """The rows of a filter that match a search. No-shows are last, unless the order says otherwise."""
        if view in ("no-show", "walk-in") and self.registered is None:
            view = ""
        people: list[AttendanceRow | NoShow] = []
        if view != "no-show":
            came = self.table.chosen("" if view == "walk-in" else view, query, sort, sorted_at)
            people = [row for row in came if view != "walk-in" or row.person.key in self.walk_ins]
        if view not in ("", "no-show"):
            return people
        missed = [row for row in self.no_shows if not query or agenda.matches(query, row.name)]
        if missed and sort.removeprefix("-") == "name":
            return sorted([*people, *missed], key=_name, reverse=sort.startswith("-"))
        return [*missed, *people] if sort == "attendance" else [*people, *missed]

    def tally(self, view: str, link: Callable[[str], str]) -> list[TallyCell]:
        """The filters, each with its number. ``view``: the name of the chosen one."""
        views = self.views
        counts = [(name, bar, label, len(self.rows(name))) for name, bar, label, _ in FILTERS if name in views]
        return tally.cells(counts, link, view)


def _name(row: AttendanceRow | NoShow) -> str:
    return agenda.fold(row.name if isinstance(row, NoShow) else row.person.name)


def without_names(rows: Sequence[AttendanceRow | NoShow], table: AttendanceTable) -> list[AttendanceRow | NoShow]:
    """These rows of a table with initials for names."""
    nameless = {row.person.key: row for row in table.without_names().rows}
    return [NoShow(initials(row.name), "") if isinstance(row, NoShow) else nameless[row.person.key] for row in rows]


def names_to_copy(rows: Sequence[AttendanceRow | NoShow], view: str) -> tuple[list[str], str]:
    """The names of the people in a list, and what a button says that has copied them.

    People who did not come are left out, unless the list is of them.
    """
    came = [row.person.name for row in rows if row.person and row.person.here]
    missed = [row.name for row in rows if isinstance(row, NoShow)]
    if view == "no-show":
        return missed, f"Copied {_count(missed, 'name')}"
    return came, f"Copied {_count(came, 'name')}" + (f", without {_count(missed, 'no-show')}" if missed else "")


def _count(items: Sequence[str], word: str) -> str:
    return f"1 {word}" if len(items) == 1 else f"{len(items)} {word}s"


def person_detail(table: AttendanceTable, person: str, *, hide_names: bool) -> PersonDetail | None:
    """The details of the person with this key; None if the table has no such person."""
    row = next((row for row in table.rows if row.person.key == person), None)
    if row is None:
        return None
    merged = merged_connections(row.person, table.records, hide_names=hide_names)
    return PersonDetail(row, merged, merge_reason(row.person))
