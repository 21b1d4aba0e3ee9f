"""A meeting over its sessions: one row per person, who missed the last two, who is often late, who is new.

People are the same over sessions if they share a user id, an email address or another id. Guests, who have none, are
the same if they have an equal display name that no two guests of one session have.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import mean, median
from typing import Any, Literal

import msgspec

from zoomapp.attendance.names import same_name
from zoomapp.meetings import agenda

#: Late in this many sessions is often.
OFTEN = 3
#: A person with this many sessions or fewer, in a longer series, is new.
NEW = 3
#: As in ``Frame``: leaving this much before the end counts as early.
EARLY_SECONDS = 600.0

SessionState = Literal["loaded", "no data", "failed", "loading"]


class Visit(msgspec.Struct, frozen=True):
    """One person in one session. ``key``: of the person in that session.

    ``late_seconds``: from the scheduled start to the arrival; ``early_seconds``: from leaving to the end. Either is
    negative for a person who came before or stayed longer, and None if there is no schedule. ``stays``: when the person
    was there, in seconds after the scheduled start, or after the first arrival without a schedule; empty if another
    release saved the visit.
    """

    key: str
    name: str
    email: str = ""
    identities: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0
    late_seconds: float | None = None
    early_seconds: float | None = None
    stays: tuple[tuple[float, float], ...] = ()

    def is_late(self, late_after: float) -> bool:
        return self.late_seconds is not None and self.late_seconds > late_after

    @property
    def left_early(self) -> bool:
        return self.early_seconds is not None and self.early_seconds > EARLY_SECONDS


class Session(msgspec.Struct, frozen=True):
    """One session. ``planned_seconds``: its scheduled length, None without a schedule. Moments in epoch seconds."""

    uuid: str
    started_at: float
    state: SessionState = "loaded"
    planned_seconds: float | None = None
    length_seconds: float = 0.0
    visits: tuple[Visit, ...] = ()

    @property
    def has_data(self) -> bool:
        return self.state == "loaded"

    @property
    def full_seconds(self) -> float:
        """The time that counts as the whole session."""
        return self.planned_seconds or self.length_seconds


@dataclass(frozen=True)
class SeriesPerson:
    """One person. ``visits``: by session, oldest first; None for a session that the person did not come to.

    ``counted``: whether each session has data. Sessions before the person's first visit do not count, unless all of
    them are ``compared``.
    """

    name: str
    email: str
    visits: tuple[Visit | None, ...]
    counted: tuple[bool, ...]
    late_after: float
    compared: bool = False

    @cached_property
    def first(self) -> int:
        """The index of the first session that counts."""
        return 0 if self.compared else next(index for index, visit in enumerate(self.visits) if visit)

    @cached_property
    def since_first(self) -> tuple[Visit | None, ...]:
        """The visits of the sessions that count."""
        pairs = zip(self.visits, self.counted, strict=True)
        return tuple(visit for visit, counted in list(pairs)[self.first :] if counted)

    @property
    def of(self) -> int:
        """How many sessions count for this person."""
        return len(self.since_first)

    @cached_property
    def came(self) -> int:
        return sum(1 for visit in self.visits if visit)

    @cached_property
    def seconds(self) -> float:
        return sum(visit.seconds for visit in self.visits if visit)

    @cached_property
    def late(self) -> int:
        """How many times the person was late."""
        return sum(1 for visit in self.visits if visit and visit.is_late(self.late_after))

    @cached_property
    def left_early(self) -> int:
        """How many times the person left early."""
        return sum(1 for visit in self.visits if visit and visit.left_early)

    @property
    def last(self) -> int:
        """The index of the newest session that the person came to."""
        return max(index for index, visit in enumerate(self.visits) if visit)

    @cached_property
    def missed_last(self) -> int:
        """How many sessions in a row the person missed, up to the newest one."""
        return next((index for index, visit in enumerate(reversed(self.since_first)) if visit), 0)

    @property
    def missed_none(self) -> bool:
        return self.came == self.of

    @property
    def missed_last_two(self) -> bool:
        return self.of > 2 and not any(self.since_first[-2:])

    @property
    def often_late(self) -> bool:
        return self.late >= OFTEN

    @property
    def is_new(self) -> bool:
        """Whether the person first came a few sessions ago, after the first session."""
        return self.of <= NEW and any(self.counted[: self.first]) and not self.came_once

    @property
    def came_once(self) -> bool:
        """Whether the person came once and then missed two sessions or more."""
        return self.came == 1 and self.of > 2 and not self.compared


#: The filters of the list. The first one leaves out people who came once.
FILTERS: dict[str, Callable[[SeriesPerson], bool]] = {
    "": lambda person: not person.came_once,
    "none": lambda person: person.missed_none,
    "two": lambda person: person.missed_last_two and not person.came_once,
    "late": lambda person: person.often_late,
    "new": lambda person: person.is_new,
    "once": lambda person: person.came_once,
}
#: Sort keys of the list; equal people are in order of their names.
SORTS: dict[str, Callable[[SeriesPerson], Any]] = {
    "": lambda person: (-person.came / person.of, -person.came),
    "name": lambda person: 0,
    "minutes": lambda person: -person.seconds,
    "late": lambda person: -person.late,
}


def chosen(people: Iterable[SeriesPerson], show: str = "", query: str = "", sort: str = "") -> list[SeriesPerson]:
    """The people of a filter of ``FILTERS`` who match the search, in an order of ``SORTS``."""
    is_in, key = FILTERS.get(show, FILTERS[""]), SORTS.get(sort, SORTS[""])
    found = [person for person in people if is_in(person) and (not query or agenda.matches(query, person.name))]
    return sorted(found, key=lambda person: (key(person), agenda.fold(person.name)))


@dataclass(frozen=True)
class Averages:
    """Of the sessions with data: how many people came, how long each stayed, the usual scheduled length (or None)."""

    people: float
    stay_seconds: float
    planned_seconds: float | None


def averages(sessions: Iterable[Session]) -> Averages:
    loaded = [session for session in sessions if session.has_data]
    stays = [visit.seconds for session in loaded for visit in session.visits]
    planned = [session.planned_seconds for session in loaded if session.planned_seconds]
    people = mean([len(session.visits) for session in loaded] or [0])
    return Averages(people, mean(stays or [0]), median(planned) if planned else None)


def match_people(sessions: Sequence[Session], late_after: float, *, compared: bool = False) -> list[SeriesPerson]:
    """The people of these sessions, which are oldest first. ``late_after``: seconds that are not late yet.

    ``compared``: whether somebody chose the sessions, so that all of them count for everyone.
    """
    groups = _by_identity(sessions)
    _add_guests(groups, sessions)
    counted = tuple(session.has_data for session in sessions)
    return [_person(group, counted, late_after, compared=compared) for group in groups]


#: The visits of one person by the index of the session.
_Group = dict[int, Visit]


def _by_identity(sessions: Sequence[Session]) -> list[_Group]:
    """One group for all visits that share an identity, also by way of a third visit."""
    group_of: dict[tuple[str, str], _Group] = {}
    for index, session in enumerate(sessions):
        for visit in session.visits:
            if not visit.identities:
                continue
            group: _Group = {}
            for other in {id(found): found for each in visit.identities if (found := group_of.get(each))}.values():
                for at, visited in other.items():
                    group[at] = _longer(group.get(at), visited)
            group[index] = _longer(group.get(index), visit)
            for each in {each for visited in group.values() for each in visited.identities} | set(visit.identities):
                group_of[each] = group
    return list({id(group): group for group in group_of.values()}.values())


def _longer(first: Visit | None, second: Visit) -> Visit:
    return first if first and first.seconds > second.seconds else second


def _add_guests(groups: list[_Group], sessions: Sequence[Session]) -> None:
    """Add the visits without an identity, by name: to the one person of that name, or as people of their own."""
    by_name: dict[str, list[tuple[int, Visit]]] = defaultdict(list)
    for index, session in enumerate(sessions):
        for visit in session.visits:
            if not visit.identities:
                by_name[same_name(visit.name)].append((index, visit))
    with_name: dict[str, list[_Group]] = defaultdict(list)
    for group in groups:
        for name in {same_name(visit.name) for visit in group.values()}:
            with_name[name].append(group)
    for name, visits in by_name.items():
        is_unique = bool(name) and max(Counter(index for index, _ in visits).values()) == 1
        same = with_name.get(name, [])
        if not is_unique:
            groups.extend({index: visit} for index, visit in visits)
        elif len(same) == 1 and not same[0].keys() & {index for index, _ in visits}:
            same[0].update(visits)
        else:
            groups.append(dict(visits))


def _person(group: _Group, counted: tuple[bool, ...], late_after: float, *, compared: bool) -> SeriesPerson:
    """The person of a group, with the newest name and address."""
    newest_first = [group[index] for index in sorted(group, reverse=True)]
    email = next((visit.email for visit in newest_first if visit.email), "")
    visits = tuple(group.get(index) for index in range(len(counted)))
    return SeriesPerson(newest_first[0].name, email, visits, counted, late_after, compared)
