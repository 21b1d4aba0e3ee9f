"""Two meetings side by side: who came to both, who to one; and who registered but never came."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from zoomapp.attendance.people import Person, same_name


@dataclass(frozen=True)
class Pair:
    """One person in the first and in the second meeting; None where they did not come."""

    first: Person | None
    second: Person | None
    by_name: bool = False


def compare(first: Sequence[Person], second: Sequence[Person]) -> tuple[Pair, ...]:
    """Everybody once: in the order of the first meeting, then who only came to the second.

    People are the same by anything that tells who they are. Those whom nothing does are the same by an equal
    display name, if each meeting has only one of that name.
    """
    known = {identity: person for person in second for identity in person.identities}
    named = _only_named(second)
    alone = _only_named(first)
    pairs: list[Pair] = []
    taken: set[str] = set()
    for person in first:
        match = next((known[one] for one in sorted(person.identities) if one in known), None)
        by_name = match is None and alone.get(same_name(person.name)) is person
        if by_name:
            match = named.get(same_name(person.name))
        if match is None or match.key in taken:
            pairs.append(Pair(person, None))
        else:
            taken.add(match.key)
            pairs.append(Pair(person, match, by_name))
    return (*pairs, *(Pair(None, person) for person in second if person.key not in taken))


def _only_named(people: Iterable[Person]) -> dict[str, Person]:
    """Those without an identity, by a name that is theirs alone."""
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
