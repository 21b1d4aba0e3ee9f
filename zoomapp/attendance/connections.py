"""The connections that were merged into one person, and the reason for the merge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from zoomapp.attendance import Person, Record
from zoomapp.attendance.names import initials

#: What shows that several connections are one person, the strongest first.
REASONS = {
    "user_id": "same Zoom account",
    "registrant_id": "same registration",
    "customer_key": "same customer key",
    "email": "same email address",
}


@dataclass(frozen=True)
class Connection:
    """One connection of a person; ``end`` is None while it lasts."""

    name: str
    device: str
    start: float
    end: float | None


def merged_connections(
    person: Person, records: Iterable[Record], *, hide_names: bool = False
) -> tuple[Connection, ...]:
    """The connections of a person who has several, as Zoom reported them; empty for a single connection."""
    if len(person.connections) < 2:
        return ()
    return tuple(_connections(person, tuple(records), hide_names))


def merge_reason(person: Person) -> str:
    """Why the connections count as one person, in words."""
    if person.by_name:
        return "merged by name"
    kinds = {kind for kind, _value in person.identities}
    return next((words for kind, words in REASONS.items() if kind in kinds), "known to Zoom as one")


def _connections(person: Person, records: tuple[Record, ...], hide_names: bool) -> Iterator[Connection]:
    for connection in person.connections:
        own = [record for record in records if record.connection == connection]
        # A breakout room is left before the meeting.
        found = [record for record in own if not record.breakout_room] or own
        starts = [record.joined_at for record in found if record.joined_at is not None]
        ends = [record.left_at for record in found if record.left_at is not None]
        if not starts and not ends:
            continue
        name = next((record.name for record in found if record.name), "")
        end = max(ends, default=None)
        yield Connection(
            name=initials(name) if hide_names else name,
            device=next((record.device for record in found if record.device), ""),
            start=min(starts or ends),
            end=end if end is not None and end >= max(starts or ends) else None,
        )
