"""Odd webhook events that Zoom was seen to send, by name."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from offline_zoom.json_text import raw_json, stringify
from offline_zoom.oddities import with_suffix, wrong_types

Event = dict[str, Any]
TIMES = ("join_time", "leave_time", "date_time")


def timestamp_as_text(event: Event) -> None:
    event["event_ts"] = str(event["event_ts"])


def without_timestamp(event: Event) -> None:
    del event["event_ts"]


def without_times(event: Event) -> None:
    """Neither ``event_ts`` nor the participant's time."""
    del event["event_ts"]
    participant = event["payload"].get("object", {}).get("participant", {})
    for name in TIMES:
        participant.pop(name, None)


def change_objects(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Event], None]:
    """An oddity that changes the event's object and its participant."""

    def apply(event: Event) -> None:
        thing = event["payload"].get("object", {})
        participant = {"participant": change(thing["participant"])} if "participant" in thing else {}
        event["payload"]["object"] = {**change(thing), **participant}

    return apply


def no_object(event: Event) -> None:
    event["payload"]["object"] = None


def no_payload(event: Event) -> None:
    event["payload"] = "text"


ODD_EVENTS: dict[str, Callable[[Event], None]] = {
    "timestamp-as-text": timestamp_as_text,
    "no-timestamp": without_timestamp,
    "no-times": without_times,
    "wrong-types": change_objects(wrong_types),
    "not-utf8": change_objects(with_suffix(" \udcf0\udc9f")),
    "lone-surrogate": change_objects(with_suffix(" \ud83d")),
    "null-object": no_object,
    "text-payload": no_payload,
}


def odd_body(event: Event, name: str) -> bytes:
    """The body of an event with an oddity; without a name, as it is. The event itself stays unchanged."""
    if not name:
        return stringify(event)
    odd = copy.deepcopy(event)
    ODD_EVENTS[name](odd)
    return raw_json(odd) if name == "not-utf8" else stringify(odd)
