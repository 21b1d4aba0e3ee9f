"""A meeting's people as the page writes them: one row each, with the figures and the axis they share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
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
from zoomapp.attendance.people import FINAL
from zoomapp.attendance.records import Source
from zoomapp.charts import Axis
from zoomapp.meetings import agenda
from zoomapp.web.components.filters import initials
from zoomapp.web.viewer import viewer

VIEWS = ("here", "waiting", "left", "late")
#: How people may be sorted as they are at a moment, besides in order of arrival.
SORTS: dict[str, Callable[[Person, float], Any]] = {
    "name": lambda person, at: agenda.fold(person.name),
    "time": lambda person, at: -intervals.seconds(intervals.until_moment(person.here, at), at),
    "waiting": lambda person, at: waiting_since(person, at) or inf,
}


def late_seconds() -> float:
    """How much later than planned the viewer calls late."""
    return 60.0 * viewer().chosen.late_minutes


@dataclass(frozen=True)
class AttendanceRow:
    """One person. Of a thousand a page shows a hundred: what it says of each is found out when it is asked for."""

    person: Person
    frame: Frame

    @cached_property
    def state(self) -> Status:
        return status(self.person)

    @cached_property
    def joined_at(self) -> datetime:
        return datetime.fromtimestamp(self.person.arrived_at, UTC)

    @cached_property
    def left_at(self) -> datetime | None:
        """Only of those who left."""
        person = self.person
        left = person.here[-1][1] if person.here else person.waiting[-1][1]
        return datetime.fromtimestamp(left, UTC) if self.state == "left" and left is not None else None

    @property
    def waiting_since(self) -> datetime | None:
        """When who is at the door now came there, be it for the second time."""
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

    def is_in(self, view: str) -> bool:
        return view not in VIEWS or self.state == view or (view == "late" and self.late_minutes > 0)


@dataclass(frozen=True)
class AttendanceTable:
    """Everything the page says about one meeting's people, and the ``records`` it is made of.

    ``total``: how many rows Zoom has, if it told. ``version``: a name for what was told, while the meeting runs.
    """

    people: tuple[Person, ...]
    frame: Frame
    complete: bool = True
    total: int = 0
    records: tuple[Record, ...] = ()
    version: str = ""

    @classmethod
    def of(
        cls, records: Iterable[Record], frame: Frame, *, complete: bool = True, total: int = 0, version: str = ""
    ) -> AttendanceTable:
        """From whatever was told; where there is a final list, its records are those that count."""
        told = tuple(records)
        final = tuple(each for each in told if each.source in FINAL)
        return cls(merge(told, ended_at=frame.ended_at), frame, complete, total, final or told, version)

    @cached_property
    def sources(self) -> frozenset[Source]:
        """Where it is from; a final list stands alone."""
        return frozenset(source for person in self.people for source in person.sources)

    @cached_property
    def figures(self) -> Figures:
        return count(self.people, self.frame)

    @cached_property
    def attended(self) -> int:
        """How many were in the meeting at any time."""
        return sum(1 for each in self.people if each.here)

    @cached_property
    def rows(self) -> tuple[AttendanceRow, ...]:
        """In order of arrival."""
        return tuple(AttendanceRow(each, self.frame) for each in self.people)

    @cached_property
    def waiting(self) -> tuple[AttendanceRow, ...]:
        """Who is at the door, in order of arrival."""
        return tuple(each for each in self.rows if each.state == "waiting")

    @cached_property
    def axis(self) -> Axis:
        first = min((each.arrived_at for each in self.people), default=self.frame.now)
        live, chosen, starts_at = self.frame.ended_at is None, viewer().chosen, self.frame.starts_at
        return Axis.around(first, self.frame.end, viewer().zone, live=live, scheduled=starts_at, hour12=chosen.hour12)

    @cached_property
    def longest_wait_since(self) -> datetime | None:
        """Since when the first of those who are at the door waits."""
        return min((row.waiting_since for row in self.waiting if row.waiting_since), default=None)

    def chosen(self, view: str, query: str, sort: str = "", sorted_at: float | None = None) -> list[AttendanceRow]:
        """Those a filter and a search leave, in order of arrival or as ``SORTS`` has it.

        Sorted as they were at that moment, with newcomers behind: under a reader's eyes nobody changes places.
        """
        found = [
            each for each in self.rows if each.is_in(view) and (not query or agenda.matches(query, each.person.name))
        ]
        if sort not in SORTS:
            return found
        at, key = self.frame.end if sorted_at is None else sorted_at, SORTS[sort]
        return sorted(found, key=lambda row: (1,) if row.person.arrived_at > at else (0, key(row.person, at)))

    def without_names(self) -> AttendanceTable:
        """The same for a screen that others see: initials, and no address."""
        people = tuple(msgspec.structs.replace(each, name=initials(each.name), email="") for each in self.people)
        return replace(self, people=people)
