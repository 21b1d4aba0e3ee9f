"""Reads JSON that a client sent. Anything that is not JSON is an error of the client."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from flask import abort, request


def json_value(body: bytes) -> Any:
    """The JSON value of a request's body. None for anything else: other bytes, ``NaN``, a depth that Python refuses."""
    try:
        return json.loads(body, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None


def json_object() -> dict[str, Any]:
    """The request's JSON object, else 400. The content type must be JSON, which a page of another site cannot send."""
    if not request.is_json:
        abort(415)
    body = json_value(request.get_data())
    if not isinstance(body, dict):
        abort(400)
    return body


def object_in(body: dict[str, Any], name: str) -> dict[str, Any]:
    """An object in an object. Empty when it is missing or null. 400 for another value."""
    value = body.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        abort(400)
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
