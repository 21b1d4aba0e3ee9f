"""Webhook deliveries: an event, its attempts, and faults that a test can switch on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from offline_zoom.dates import DAY_SECONDS
from offline_zoom.webhooks.odd_events import ODD_EVENTS

VALIDATION = "endpoint.url_validation"

Event = dict[str, Any]


@dataclass
class DeliveryFaults:
    """Faults of webhook deliveries. By default all are off.

    ``duplicates``: number of extra copies of each event. ``swap``: each event is sent after the next one.
    ``unsigned``: no event and no URL validation is signed; ``unsigned_validation``: only the URL validation is not.
    ``stale_seconds``: age of the timestamp. ``pretty``: JSON with spaces and line breaks.
    ``id_as``: send the meeting id as ``string`` or ``number``.
    ``lost``: the event is never sent. ``odd``: a name from ``ODD_EVENTS``, by which the event is changed.
    """

    duplicates: int = 0
    swap: bool = False
    stale_seconds: int = 0
    bad_signature: bool = False
    unsigned: bool = False
    unsigned_validation: bool = False
    pretty: bool = False
    id_as: str = ""
    lost: bool = False
    odd: str = ""

    def change(self, changes: dict[str, Any]) -> None:
        """Set several faults. Raises ValueError for an unknown name or a value of a wrong type."""
        for name, value in changes.items():
            if name not in ALLOWED or not ALLOWED[name](value):
                raise ValueError(f"{name} cannot be {value!r}")
        for name, value in changes.items():
            setattr(self, name, value)


def is_flag(value: Any) -> bool:
    return isinstance(value, bool)


#: which values a fault can have
ALLOWED: dict[str, Callable[[Any], bool]] = {
    "duplicates": lambda value: type(value) is int and 0 <= value <= 100,
    "swap": is_flag,
    "stale_seconds": lambda value: type(value) is int and 0 <= value <= 10 * 365 * DAY_SECONDS,
    "bad_signature": is_flag,
    "unsigned": is_flag,
    "unsigned_validation": is_flag,
    "pretty": is_flag,
    "id_as": lambda value: value in ("", "string", "number"),
    "lost": is_flag,
    "odd": lambda value: isinstance(value, str) and value in ("", *ODD_EVENTS),
}


@dataclass(frozen=True)
class Attempt:
    """One attempt of a delivery. ``status`` is 0 when there was no response; ``answer`` is the start of its text."""

    at: float
    status: int
    milliseconds: int
    trouble: str = ""
    answer: str = ""

    @property
    def should_retry(self) -> bool:
        """Whether Zoom repeats the attempt: after a 5xx or no response, but not after a 4xx or a redirect."""
        return self.status == 0 or self.status >= 500


@dataclass
class Delivery:
    """The delivery of one event. ``due_at`` is None when no further attempt is planned."""

    event: Event
    body: bytes = field(repr=False)
    due_at: float | None
    number: int = 0
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def delivered(self) -> bool:
        return bool(self.attempts) and self.attempts[-1].status in (200, 204)

    @property
    def failed_validation(self) -> bool:
        """Whether this is a URL validation that failed."""
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
    """The event with its meeting id as a string or a number."""
    meeting = event["payload"].get("object")
    if not kind or not meeting or "id" not in meeting:
        return event
    shaped = {**meeting, "id": str(meeting["id"]) if kind == "string" else int(meeting["id"])}
    return {**event, "payload": {**event["payload"], "object": shaped}}
