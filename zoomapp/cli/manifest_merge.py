"""The manifest to store at Zoom: the app's own fields, and what was entered there beside them."""

from __future__ import annotations

import copy
import difflib
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from zoomapp.cli.manifest_rules import RTMS_EVENT

JSON = dict[str, Any]
WITHHELD = "(not shown)"


def merged(at_zoom: JSON, own: JSON, rtms_scopes: tuple[str, ...]) -> JSON:
    """``own`` with the fields that only Zoom has, such as texts of the listing.

    Lists are the app's own, but RTMS stays: Zoom takes it by hand only. Addresses that the app does not set move from
    the redirect URI's old host to its new one.
    """
    moved = _moved(at_zoom, _origin(at_zoom), _origin(own))
    document: JSON = copy.deepcopy(_merged(moved, own))
    scopes = _part(moved, "oauth_information").get("scopes")
    document["oauth_information"]["scopes"] += _rtms_scopes(scopes if isinstance(scopes, list) else [], rtms_scopes)
    _keep_subscription(_subscriptions(moved), _subscriptions(document))
    return document


def difference(before: JSON, after: JSON) -> list[str]:
    """The lines that change, as a unified diff without regard to the order of lists.

    Custom headers, which may hold a secret, are not shown.
    """
    shown = [_text(_without_headers(document)).splitlines() for document in (before, after)]
    lines = list(difflib.unified_diff(shown[0], shown[1], "at Zoom", "new", lineterm=""))
    return lines if lines or _text(before) == _text(after) else ["A custom header changes."]


def _text(value: Any) -> str:
    """JSON to read. Lists are sorted: their order says nothing, and Zoom may change it."""
    return json.dumps(_sorted(value), indent=2, sort_keys=True, ensure_ascii=False)


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _sorted(part) for name, part in value.items()}
    return sorted(map(_sorted, value), key=_text) if isinstance(value, list) else value


def not_stored(sent: Any, stored: Any, path: str = "") -> Iterator[str]:
    """The paths of the fields that were sent and that Zoom has not, or has otherwise."""
    if isinstance(sent, dict) and isinstance(stored, dict):
        for name, value in sent.items():
            yield from not_stored(value, stored.get(name), f"{path}/{name}")
    elif isinstance(sent, list) and isinstance(stored, list):
        for position, value in enumerate(sent):
            if all(any(not_stored(value, found)) for found in stored):
                yield f"{path}[{position}]"
    elif sent != stored:
        yield path


def _merged(at_zoom: Any, own: Any) -> Any:
    """Objects are merged field by field. For a field without a value the app has no wish."""
    if not isinstance(own, dict) or not isinstance(at_zoom, dict):
        return at_zoom if own is None else own
    return {**at_zoom, **{name: _merged(at_zoom.get(name), value) for name, value in own.items()}}


def _rtms_scopes(at_zoom: list[Any], rtms_scopes: tuple[str, ...]) -> list[Any]:
    return [entry for entry in at_zoom if isinstance(entry, dict) and entry.get("scope") in rtms_scopes]


def _keep_subscription(at_zoom: list[JSON], own: list[JSON]) -> None:
    """Give each subscription what Zoom has of the one of the same name: its id, its headers, its events of RTMS."""
    for position, entry in enumerate(own):
        same_name = (found for found in at_zoom if found.get("subscription_name") == entry["subscription_name"])
        found = next(same_name, at_zoom[0] if len(at_zoom) == len(own) == 1 else {})
        names = found.get("event_types")
        rtms = [name for name in names if RTMS_EVENT.match(str(name))] if isinstance(names, list) else []
        own[position] = {**_merged(found, entry), "event_types": [*entry["event_types"], *rtms]}


def _subscriptions(document: JSON) -> list[JSON]:
    """The list of event subscriptions itself, so that it can be changed."""
    events = _part(_part(document, "features"), "event_subscription").get("events")
    return events if isinstance(events, list) and all(isinstance(entry, dict) for entry in events) else []


def _origin(document: JSON) -> str:
    """Scheme and host of the redirect URI; empty without one."""
    parts = urlsplit(str(_part(document, "oauth_information").get("production_redirect_uri") or ""))
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme and parts.netloc else ""


def _moved(value: Any, old: str, new: str) -> Any:
    """The value with addresses at ``old``, and its host alone, moved to ``new``."""
    if isinstance(value, dict):
        return {name: _moved(part, old, new) for name, part in value.items()}
    if isinstance(value, list):
        return [_moved(part, old, new) for part in value]
    if not isinstance(value, str) or not old or not new:
        return value
    if value == old or value.startswith((f"{old}/", f"{old}?")):
        return new + value.removeprefix(old)
    return new.partition("://")[2] if value == old.partition("://")[2] else value


def _without_headers(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: WITHHELD if name.endswith("custom_header") and part else _without_headers(part)
            for name, part in value.items()
        }
    return [_without_headers(part) for part in value] if isinstance(value, list) else value


def _part(parent: JSON, name: str) -> JSON:
    value = parent.get(name)
    return value if isinstance(value, dict) else {}
