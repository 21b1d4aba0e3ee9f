"""Who of the registrants came, who did not, and who came without a registration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from zoomapp.attendance import Person
from zoomapp.attendance.names import same_name
from zoomapp.zoom.registrants import Registrant

Item = TypeVar("Item")

#: Hosts do not register for their own meeting.
HOSTS = frozenset({"host", "co-host"})


class MatchRule(Enum):
    """Why a person counts as a registrant, the surest rule first."""

    ID, EMAIL, NAME = "Zoom ID", "email", "name"


@dataclass(frozen=True)
class Match:
    """A registrant who came."""

    registrant: Registrant
    person: Person
    rule: MatchRule


@dataclass(frozen=True)
class RegistrantAttendance:
    """The registrants who came, those who did not, and the people who came without a registration."""

    came: tuple[Match, ...] = ()
    no_shows: tuple[Registrant, ...] = ()
    walk_ins: tuple[Person, ...] = ()

    @property
    def registered(self) -> int:
        return len(self.came) + len(self.no_shows)

    @property
    def matched_by(self) -> Mapping[MatchRule, int]:
        """How many people each rule found, without rules that found none."""
        counts = Counter(match.rule for match in self.came)
        return {rule: counts[rule] for rule in MatchRule if counts[rule]}


def match_registrants(
    registrants: Iterable[Registrant], people: Iterable[Person], host_id: str = ""
) -> RegistrantAttendance:
    """Match registrants with the people who were in the meeting, by id, then by email, then by name.

    A name counts only if one registrant and one person without a match have it. ``host_id``: the meeting's host.
    """
    waiting = list(dict.fromkeys(registrants))
    unmatched = [person for person in people if person.here]
    matches: list[Match] = []
    for rule in MatchRule:
        found = _match(rule, waiting, unmatched)
        matches += found
        registrant_keys = {match.registrant for match in found}
        person_keys = {match.person.key for match in found}
        waiting = [registrant for registrant in waiting if registrant not in registrant_keys]
        unmatched = [person for person in unmatched if person.key not in person_keys]
    walk_ins = (person for person in unmatched if not _is_host(person, host_id))
    matches.sort(key=lambda match: match.person.arrived_at)
    return RegistrantAttendance(tuple(matches), tuple(sorted(waiting, key=_sort_key)), tuple(walk_ins))


def _match(rule: MatchRule, registrants: Sequence[Registrant], people: Sequence[Person]) -> list[Match]:
    """The pairs that this rule finds."""
    if rule is MatchRule.NAME:
        named_people = _unique(people, lambda person: same_name(person.name))
        named = _unique(registrants, lambda registrant: same_name(registrant.name) if registrant.first_name else "")
        return [Match(named[name], named_people[name], rule) for name in named if name in named_people]
    kind = "registrant_id" if rule is MatchRule.ID else "email"
    by_identity = {value: person for person in people for name, value in person.identities if name == kind}
    values = [(each, each.id if rule is MatchRule.ID else each.email) for each in registrants]
    return [Match(each, by_identity[value], rule) for each, value in values if value in by_identity]


def _unique(items: Iterable[Item], name_of: Callable[[Item], Hashable]) -> dict[Hashable, Item]:
    """The items whose name no other item has."""
    groups: dict[Hashable, list[Item]] = {}
    for item in items:
        if name := name_of(item):
            groups.setdefault(name, []).append(item)
    return {name: found[0] for name, found in groups.items() if len(found) == 1}


def _is_host(person: Person, host_id: str) -> bool:
    return person.role in HOSTS or (bool(host_id) and ("user_id", host_id) in person.identities)


def _sort_key(registrant: Registrant) -> tuple[str, str]:
    return registrant.name.casefold(), registrant.key
