"""The attendance of one meeting as a page shows it: a row per person, the figures and the time axis."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from functools import cached_property
from math import inf
from typing import Any

import msgspec

from zoomapp.attendance import Figures, Frame, Person, Record, count, figures, intervals, merge
from zoomapp.attendance.figures import (
    Status,
    here_seconds,
    left_early_seconds,
    rejoins,
    status,
    waiting_since,
)
from zoomapp.attendance.names import initials
from zoomapp.attendance.records import Source
from zoomapp.attendance.stays import FINAL
from zoomapp.charts import Axis
from zoomapp.meetings import agenda
from zoomapp.regions import DateFormats

STATES = ("here", "waiting", "left")


@dataclass(frozen=True)
class AttendanceRow:
    """The row of one person. Its values are computed on demand: a page shows a hundred of a thousand rows.

    ``client_since``: see ``AttendanceTable``.
    """

    person: Person
    frame: Frame
    client_since: float | None = None

    @property
    def since_unknown(self) -> bool:
        """Whether the person was there before the only source, the viewer's Zoom client, began to report."""
        return self.person.sources == ("sdk",) and self.person.arrived_at == self.client_since

    @cached_property
    def state(self) -> Status:
        return status(self.person)

    @cached_property
    def joined_at(self) -> datetime:
        return datetime.fromtimestamp(self.person.arrived_at, UTC)

    @cached_property
    def left_at(self) -> datetime | None:
        """When the person left; None for a person who is still there."""
        person = self.person
        left_at = person.here[-1][1] if person.here else person.waiting[-1][1]
        return datetime.fromtimestamp(left_at, UTC) if self.state == "left" and left_at is not None else None

    @property
    def waiting_since(self) -> datetime | None:
        """When the person entered the waiting room last; None for a person who is not in it."""
        return datetime.fromtimestamp(self.person.waiting[-1][0], UTC) if self.state == "waiting" else None

    @cached_property
    def seconds(self) -> float:
        return here_seconds(self.person, self.frame.end)

    @cached_property
    def late_minutes(self) -> int:
        return int(figures.late_seconds(self.person, self.frame) // 60)

    @cached_property
    def early_minutes(self) -> int:
        return int(left_early_seconds(self.person, self.frame) // 60)

    @property
    def rejoins(self) -> int:
        return rejoins(self.person)

    @property
    def on_time(self) -> bool:
        """Whether the person came, and not late."""
        return bool(self.person.here) and not self.late_minutes

    @property
    def waited_minutes(self) -> int:
        return int(figures.waiting_seconds(self.person, self.frame.end) // 60)

    def is_in(self, view: str) -> bool:
        """Whether the person is in a filtered list. An unknown name is that of everyone."""
        match view:
            case "late":
                return self.late_minutes > 0
            case "on-time":
                return self.on_time
            case "early":
                return self.early_minutes > 0
            case "rejoined":
                return self.rejoins > 0
            case "waited":
                return bool(self.person.waiting)
        return view not in STATES or self.state == view


#: Sort keys of a row at a moment; without one, people are in order of arrival. A minus before a name reverses it.
SORTS: dict[str, Callable[[AttendanceRow, float], Any]] = {
    "arrival": lambda row, at: row.person.arrived_at,
    "name": lambda row, at: agenda.fold(row.person.name),
    "time": lambda row, at: -intervals.seconds(intervals.until_moment(row.person.here, at), at),
    "waiting": lambda row, at: waiting_since(row.person, at) or inf,
    "left": lambda row, at: row.left_at.timestamp() if row.left_at else inf,
    # Late first, then left early, then all others.
    "attendance": lambda row, at: (not row.late_minutes, not row.early_minutes),
}


@dataclass(frozen=True)
class AttendanceTable:
    """The people of one meeting, and the ``records`` they are made of.

    ``complete``: whether all rows of Zoom's list were loaded. ``unreadable``: how many rows, events and entries of the
    client's report could not be read.
    ``total``: how many rows Zoom has, if it says so. ``version``: see ``LiveView.version``; empty after the meeting.
    ``by_account``: whether Zoom's list was read with the account's own credentials.
    """

    people: tuple[Person, ...]
    frame: Frame
    complete: bool = True
    total: int = 0
    records: tuple[Record, ...] = ()
    version: str = ""
    unreadable: int = 0
    by_account: bool = False

    @classmethod
    def of(
        cls,
        records: Iterable[Record],
        frame: Frame,
        *,
        complete: bool = True,
        total: int = 0,
        version: str = "",
        unreadable: int = 0,
        by_account: bool = False,
    ) -> AttendanceTable:
        """The table of these records. Records of a final list replace all others."""
        all_records = tuple(records)
        final = tuple(record for record in all_records if record.source in FINAL)
        people = merge(all_records, ended_at=frame.ended_at)
        return cls(people, frame, complete, total, final or all_records, version, unreadable, by_account)

    @property
    def is_whole(self) -> bool:
        """Whether the table holds every row of Zoom's list."""
        return self.complete and not self.unreadable

    @cached_property
    def sources(self) -> frozenset[Source]:
        """The sources of the people shown."""
        return frozenset(source for person in self.people for source in person.sources)

    @cached_property
    def figures(self) -> Figures:
        return count(self.people, self.frame)

    @cached_property
    def attended(self) -> int:
        """How many people were in the meeting at any time."""
        return sum(1 for person in self.people if person.here)

    @cached_property
    def rows(self) -> tuple[AttendanceRow, ...]:
        """The rows in order of arrival."""
        return tuple(AttendanceRow(person, self.frame, self.client_since) for person in self.people)

    @cached_property
    def client_since(self) -> float | None:
        """Since when the viewer's Zoom client has reported who is there."""
        starts = (record.joined_at for record in self.records if record.source == "sdk")
        return min((start for start in starts if start is not None), default=None)

    @cached_property
    def waiting(self) -> tuple[AttendanceRow, ...]:
        """The rows of the people in the waiting room, in order of arrival."""
        return tuple(row for row in self.rows if row.state == "waiting")

    def axis(self, zone: tzinfo, formats: DateFormats) -> Axis:
        """The time axis from the first arrival to the end, with times of ``zone``."""
        first = min((person.arrived_at for person in self.people), default=self.frame.now)
        live, starts_at = self.frame.ended_at is None, self.frame.starts_at
        return Axis.around(first, self.frame.end, zone, formats, live=live, scheduled=starts_at)

    @cached_property
    def longest_wait_since(self) -> datetime | None:
        """When the person entered who has been in the waiting room for longest."""
        return min((row.waiting_since for row in self.waiting if row.waiting_since), default=None)

    def chosen(self, view: str, query: str, sort: str = "", sorted_at: float | None = None) -> list[AttendanceRow]:
        """The rows that match the filter and the search, in order of arrival or sorted by a key of ``SORTS``.

        They are sorted as they were at ``sorted_at``, and later arrivals come last: a refresh moves no row.
        """
        rows = [row for row in self.rows if row.is_in(view) and (not query or agenda.matches(query, row.person.name))]
        name, at = sort.removeprefix("-"), self.frame.end if sorted_at is None else sorted_at
        if name not in SORTS:
            return rows
        present = [row for row in rows if row.person.arrived_at <= at]
        present.sort(key=lambda row: SORTS[name](row, at), reverse=sort.startswith("-"))
        return [*present, *(row for row in rows if row.person.arrived_at > at)]

    def without_names(self) -> AttendanceTable:
        """The table with initials for names and without e-mail addresses, for a screen that others see."""
        people = tuple(msgspec.structs.replace(person, name=initials(person.name), email="") for person in self.people)
        return replace(self, people=people)
