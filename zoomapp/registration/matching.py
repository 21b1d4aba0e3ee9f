"""Who of the registrants came, who did not, and who came without a registration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from zoomapp.attendance import Person
from zoomapp.attendance.names import same_name
from zoomapp.attendance.roster_matching import resembles, who
from zoomapp.attendance.series import Visit
from zoomapp.registration.hand_matches import HandMatch
from zoomapp.zoom.registrants import Registrant

Item = TypeVar("Item")

#: Hosts do not register for their own meeting.
HOSTS = frozenset({"host", "co-host"})


class MatchRule(Enum):
    """Why a person counts as a registrant, the surest rule first."""

    ID, EMAIL, HAND, NAME = "Zoom ID", "email", "hand", "name"


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
    registrants: Iterable[Registrant],
    people: Iterable[Person],
    host_id: str = "",
    hand_matches: Sequence[HandMatch] = (),
    session: str = "",
) -> RegistrantAttendance:
    """Match registrants with the people who were in the meeting: by id, by email, as the host said, by name.

    A name counts only if one registrant and one person without a match have it. A person who registered twice with an
    email address counts once. ``host_id``: the meeting's host. ``session``: the UUID of the meeting.
    """
    waiting = list(dict.fromkeys(registrants))
    unmatched = [person for person in people if person.here]
    matches: list[Match] = []
    for rule in MatchRule:
        if rule is MatchRule.HAND:
            found = _match_by_hand(waiting, unmatched, hand_matches, session)
        else:
            found = _match(rule, waiting, unmatched)
        matches += found
        identities = {match.registrant.identity for match in found}
        person_keys = {match.person.key for match in found}
        waiting = [registrant for registrant in waiting if registrant.identity not in identities]
        unmatched = [person for person in unmatched if person.key not in person_keys]
    waiting = list({registrant.identity: registrant for registrant in reversed(waiting)}.values())
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
    found = (Match(each, by_identity[value], rule) for each, value in values if value in by_identity)
    return _first_per_person(found)


def _match_by_hand(
    registrants: Sequence[Registrant], people: Sequence[Person], hand_matches: Sequence[HandMatch], session: str
) -> list[Match]:
    """The pairs that the host named. A name such as "iPhone" may be somebody else in another session."""
    said = {match.who: match for match in hand_matches}
    if not said:
        return []
    by_identity = {registrant.identity: registrant for registrant in registrants}
    found: dict[str, Match] = {}
    for name, person in _unique(people, who).items():
        match = said.get(str(name))
        registrant = by_identity.get(match.registrant) if match else None
        if match and registrant and (match.session == session or is_same_everywhere(person, registrant)):
            found.setdefault(registrant.identity, Match(registrant, person, MatchRule.HAND))
    return list(found.values())


def is_same_everywhere(person: Person | Visit, registrant: Registrant) -> bool:
    """Whether an id, a name of several words, or a name like the registrant's says who the person is."""
    words = person.name.split()
    has_full_name = len(words) > 1 and not any(char.isdigit() for char in person.name)
    return has_full_name or resembles(person, registrant.name)


def _first_per_person(matches: Iterable[Match]) -> list[Match]:
    """The first match of each person: someone may have registered twice."""
    people: dict[str, Match] = {}
    for match in matches:
        people.setdefault(match.person.key, match)
    return list(people.values())


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
