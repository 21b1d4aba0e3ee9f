"""Compares two meetings: who came to both and who to one of them. Also who registered but did not come."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from zoomapp.attendance.names import same_name
from zoomapp.attendance.people import Person


@dataclass(frozen=True)
class Pair:
    """One person in the first and in the second meeting; None where they did not come."""

    first: Person | None
    second: Person | None
    by_name: bool = False


def compare(first: Sequence[Person], second: Sequence[Person]) -> tuple[Pair, ...]:
    """Each person once: in the order of the first meeting, then the people of the second meeting only.

    People with the same identity are the same. People without any identity are the same if they have an equal
    display name and each meeting has only one person of that name.
    """
    by_identity = {identity: person for person in second for identity in person.identities}
    unique_in_first, unique_in_second = _unique_names(first), _unique_names(second)
    pairs: list[Pair] = []
    paired: set[str] = set()
    for person in first:
        match = next((by_identity[identity] for identity in sorted(person.identities) if identity in by_identity), None)
        by_name = match is None and unique_in_first.get(same_name(person.name)) is person
        if by_name:
            match = unique_in_second.get(same_name(person.name))
        if match is None or match.key in paired:
            pairs.append(Pair(person, None))
        else:
            paired.add(match.key)
            pairs.append(Pair(person, match, by_name))
    return (*pairs, *(Pair(None, person) for person in second if person.key not in paired))


def _unique_names(people: Iterable[Person]) -> dict[str, Person]:
    """The people without an identity, by their name, if no other of them has it."""
    names: dict[str, list[Person]] = {}
    for person in people:
        if person.name and not person.identities:
            names.setdefault(same_name(person.name), []).append(person)
    return {name: found[0] for name, found in names.items() if len(found) == 1}


def no_shows(registrants: Iterable[Mapping[str, object]], people: Iterable[Person]) -> list[Mapping[str, object]]:
    """The registrants who never arrived."""
    came = {identity for person in people for identity in person.identities}
    return [
        row
        for row in registrants
        if ("registrant_id", str(row.get("id"))) not in came and ("email", str(row.get("email")).lower()) not in came
    ]
