"""Values of the console as people read them. Times are UTC."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from offline_zoom.call_log import Call
from offline_zoom.fault import Fault
from offline_zoom.fault_presets import EFFECTS
from offline_zoom.har import JSON, pairs, without_secrets

UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def time_of_day(at: float) -> str:
    """``11:00:03``."""
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M:%S")


def day(at: float) -> str:
    """``Wed, Mar 4, 2026``."""
    moment = datetime.fromtimestamp(at, UTC)
    return f"{moment:%a, %b} {moment.day}, {moment.year}"


def span(seconds: float) -> str:
    """A duration in its two largest units: ``2 h 5 min``."""
    parts: list[str] = []
    rest = max(0, int(seconds))
    for size, unit in UNITS:
        number, rest = divmod(rest, size)
        if number or (parts and rest):
            parts.append(f"{number} {unit}")
    return " ".join(parts[:2]) or "0 s"


def until(at: float, now: float) -> str:
    """When something expires: ``in 59 min``, ``expired 2 min ago``."""
    return f"in {span(at - now)}" if at > now else f"expired {span(now - at)} ago"


def masked(token: str) -> str:
    """The last four characters of a token. No other part of it is on the page."""
    return f"…{token[-4:]}" if len(token) > 16 else "none"


def target(call: Call) -> str:
    """Path and query of a call, without secrets."""
    return without_secrets(call.target)


def headers_of(call: Call) -> list[tuple[str, list[JSON]]]:
    """The headers of a call and of its answer, without secrets."""
    return [("Request", pairs(call.headers.items())), ("Answer", pairs(call.response_headers))]


def effect(fault: Fault) -> str:
    """What a fault does: the sentence of its preset, or else its fields."""
    if fault.name in EFFECTS:
        return EFFECTS[fault.name]
    usual = {**Fault().as_json(), "route": fault.route, "count": fault.count}
    changed = {name: value for name, value in fault.as_json().items() if value != usual[name]}
    return ", ".join(f"{name} {shown(value)}" for name, value in changed.items())


def shown(value: Any) -> str:
    """A field of a fault in one line."""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def payload(body: bytes) -> str:
    """The body of a webhook with line breaks, or as it is if it is not JSON. A token in it is masked."""
    try:
        fields = json.loads(body.decode("utf-8", "surrogateescape"), object_hook=with_masked_token)
    except ValueError:
        return body.decode("utf-8", "backslashreplace")
    return json.dumps(fields, indent=2, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()


def with_masked_token(fields: JSON) -> JSON:
    """An object of a webhook, without the token that opens recordings."""
    if "download_token" not in fields:
        return fields
    return {**fields, "download_token": masked(str(fields["download_token"]))}


def about(event: JSON) -> str:
    """The person or the topic of an event."""
    thing = event["payload"].get("object") or {}
    person = thing.get("participant") or thing.get("registrant") or {}
    named = (person.get("user_name"), person.get("email"), thing.get("topic"), thing.get("meeting_topic"))
    return next((str(name) for name in named if name), "")
