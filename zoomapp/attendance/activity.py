"""The last events of a meeting as sentences: who joined, waits or left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from zoomapp import dates
from zoomapp.attendance import Person

MAX_EVENTS = 5


@dataclass(frozen=True)
class Event:
    """A person joined, waits, or left. ``state``: here, waiting or left; ``words``: what happened."""

    at: datetime
    name: str
    state: str
    words: str


def latest(people: Sequence[Person], max_events: int = MAX_EVENTS) -> list[Event]:
    """The last events, newest first."""
    events = [event for person in people for event in _events(person)]
    return sorted(events, key=lambda event: event.at, reverse=True)[:max_events]


def _events(person: Person) -> Iterator[Event]:
    for start, _end in person.waiting:
        yield _event(start, person, "waiting", "is in the waiting room")
    for place, (start, end) in enumerate(person.here):
        yield _event(start, person, "here", "rejoined" if place else "joined")
        if end is not None:
            yield _event(end, person, "left", f"left after {dates.duration(end - start)}")


def _event(at: float, person: Person, state: str, words: str) -> Event:
    return Event(datetime.fromtimestamp(at, UTC), person.name or "Someone", state, words)
