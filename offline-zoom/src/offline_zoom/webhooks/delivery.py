"""One event on its way to the app, and what may go wrong with it there."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

VALIDATION = "endpoint.url_validation"

Event = dict[str, Any]


@dataclass
class DeliveryFaults:
    """What may go wrong on the way; all off is a well-behaved Zoom.

    ``duplicates``: so many more copies of each event. ``swap``: each event waits for the next and goes after it.
    ``stale_seconds``: the timestamp is that old. ``pretty``: JSON with spaces and line breaks, as nobody
    promised there are none. ``id_as``: the meeting id as ``string`` or ``number``, whatever the event has.
    ``lost``: the event is never sent.
    """

    duplicates: int = 0
    swap: bool = False
    stale_seconds: int = 0
    bad_signature: bool = False
    unsigned: bool = False
    pretty: bool = False
    id_as: str = ""
    lost: bool = False

    def change(self, changes: dict[str, Any]) -> None:
        """Set several at once. Raises ValueError for a name or a kind of value it does not know."""
        for name, value in changes.items():
            if type(value) is not type(getattr(self, name, None)):
                raise ValueError(f"{name} cannot be {value!r}")
            setattr(self, name, value)


@dataclass(frozen=True)
class Attempt:
    """One try at one delivery; ``status`` is 0 when there was no answer."""

    at: float
    status: int
    milliseconds: int
    trouble: str = ""

    @property
    def worth_repeating(self) -> bool:
        """Zoom repeats a 5xx and a silence; a 4xx, and a redirect too, loses the event."""
        return self.status == 0 or self.status >= 500


@dataclass
class Delivery:
    """One event on its way. ``due_at`` is None once nothing more will be tried."""

    event: Event
    body: bytes = field(repr=False)
    due_at: float | None
    number: int = 0
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def delivered(self) -> bool:
        return bool(self.attempts) and self.attempts[-1].status in (200, 204)

    @property
    def vain_question(self) -> bool:
        """A validation that was not answered."""
        return self.event["event"] == VALIDATION and not self.delivered

    def as_json(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "event": self.event["event"],
            "body": self.event,
            "delivered": self.delivered,
            "due_at": self.due_at,
            "attempts": [asdict(attempt) for attempt in self.attempts],
        }


def with_id_as(event: Event, kind: str) -> Event:
    """The event with its meeting id as text or as a number."""
    meeting = event["payload"].get("object")
    if not kind or not meeting or "id" not in meeting:
        return event
    shaped = {**meeting, "id": str(meeting["id"]) if kind == "string" else int(meeting["id"])}
    return {**event, "payload": {**event["payload"], "object": shaped}}
