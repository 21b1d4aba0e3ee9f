"""The roster of a series, and who of it came to one session: present, late, absent, or a question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import msgspec

from zoomapp.attendance import intervals
from zoomapp.attendance.attendance_table import AttendanceTable
from zoomapp.attendance.figures import Frame
from zoomapp.attendance.people import Person
from zoomapp.attendance.roster_file import RosterEntry
from zoomapp.attendance.roster_matching import Answer, Matching, Question, match_roster
from zoomapp.csv_export import csv_pieces
from zoomapp.errors import NotAuthorized
from zoomapp.store import key_names
from zoomapp.store.encrypted_records import ROSTER
from zoomapp.store.user_records import UserRecords

COLUMNS = ("id", "name", "email", "present", "minutes", "late_minutes")
Status = Literal["present", "late", "absent", "check"]


class Roster(msgspec.Struct, frozen=True, dict=True):
    """The people who should come to a meeting, and the answers to "Who is this?".

    ``session``: the UUID of the only session that it is for; empty for the whole series.
    """

    entries: tuple[RosterEntry, ...]
    answers: tuple[Answer, ...] = ()
    session: str = ""

    def answered(self, answer: Answer) -> Roster:
        """The roster with this answer. A person is one entry of the roster at most."""
        others = [
            each
            for each in self.without_answer(answer.who, answer.entry).answers
            if not (answer.is_same and each.is_same and each.who == answer.who)
        ]
        return msgspec.structs.replace(self, answers=(*others, answer))

    def without_answer(self, who: str, entry: str) -> Roster:
        others = tuple(answer for answer in self.answers if (answer.who, answer.entry) != (who, entry))
        return msgspec.structs.replace(self, answers=others)

    @cached_property
    def by_key(self) -> dict[str, RosterEntry]:
        return {entry.key: entry for entry in self.entries}


class Rosters:
    """The saved rosters of one user. They are encrypted, and deleted on disconnect."""

    def __init__(self, records: UserRecords, user_id: str, seconds: int) -> None:
        self._records, self._user_id, self._seconds = records, user_id, seconds

    def load(self, number: int, session: str) -> Roster | None:
        """The roster of this session of meeting ``number``, else that of the whole series."""
        return self._load(number, session) or self._load(number, "")

    def save(self, number: int, roster: Roster) -> bool:
        """Save it for its session or the series, and read it back: False if that did not work. Raises NotAuthorized."""
        name = _name(number, roster.session)
        if not self._records.save(self._user_id, ROSTER, msgspec.to_builtins(roster), self._seconds, name):
            raise NotAuthorized("no tokens stored")
        return self._load(number, roster.session) == roster

    def delete(self, number: int, session: str) -> None:
        """Delete the roster of one session; with an empty ``session`` that of the series."""
        self._records.delete(self._user_id, ROSTER, _name(number, session))

    def _load(self, number: int, session: str) -> Roster | None:
        saved = self._records.load(self._user_id, ROSTER, _name(number, session))
        try:
            return msgspec.convert(saved, Roster) if saved else None
        except msgspec.ValidationError:
            return None  # another release saved it in another form


def _name(number: int, session: str) -> str:
    return key_names.digest(f"{number} {session}")


@dataclass(frozen=True)
class RosterRow:
    """One entry of the roster in one session. ``people``: the same person's connections with other names, too."""

    entry: RosterEntry
    people: tuple[Person, ...]
    question: Question | None
    frame: Frame

    @property
    def status(self) -> Status:
        if self.people:
            return "late" if self.late_minutes else "present"
        return "check" if self.question else "absent"

    @cached_property
    def minutes(self) -> int:
        """Whole minutes in the meeting. Two devices at the same time count once."""
        stays = [stay for person in self.people for stay in person.here]
        return int(intervals.seconds(intervals.union(stays), self.frame.end) // 60)

    @cached_property
    def late_minutes(self) -> int:
        """Whole minutes from the scheduled start; 0 if on time, absent, or without a schedule."""
        if self.frame.starts_at is None or not self.people:
            return 0
        late = min(person.arrived_at for person in self.people) - self.frame.starts_at
        return int(late // 60) if late > self.frame.late_seconds else 0


@dataclass(frozen=True)
class RosterReport:
    """The rows of a roster in its order, and how they were matched."""

    rows: tuple[RosterRow, ...]
    matching: Matching
    tells_late: bool

    @property
    def came(self) -> int:
        return sum(1 for row in self.rows if row.people)

    def with_status(self, status: str) -> list[RosterRow]:
        return [row for row in self.rows if row.status == status]


def roster_report(roster: Roster, table: AttendanceTable, session: str) -> RosterReport:
    """Who of the roster came to the session with this attendance."""
    came = [person for person in table.people if person.here]
    matching = match_roster(roster.entries, came, roster.answers, session)
    questions: dict[str, Question] = {}
    for question in matching.questions:
        questions.setdefault(question.entry.key, question)
    rows = tuple(
        RosterRow(entry, tuple(matching.matched.get(index, ())), questions.get(entry.key), table.frame)
        for index, entry in enumerate(roster.entries)
    )
    return RosterReport(rows, matching, table.frame.tells_late)


def roster_csv(report: RosterReport) -> Iterator[str]:
    """One row per entry of the roster, for a grade book. ``late_minutes`` is empty for absent people."""
    rows = (
        (
            *(row.entry.id, row.entry.name, row.entry.email, 1 if row.people else 0, row.minutes),
            row.late_minutes if row.people and report.tells_late else "",
        )
        for row in report.rows
    )
    return csv_pieces(COLUMNS, rows)


def as_lines(entries: Sequence[RosterEntry]) -> str:
    """The entries as text that ``read_roster`` reads, with a line of column names."""
    columns = [name for name in ("id", "name", "email") if any(getattr(entry, name) for entry in entries)]
    lines = ["\t".join(getattr(entry, name) for name in columns) for entry in entries]
    return "\n".join(["\t".join(columns), *lines])
