"""Decodes the JSON of request bodies; no other module does."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from flask import request

from zoomapp.errors import BadRequest

Shape = TypeVar("Shape")


def json_object() -> dict[str, Any]:
    """The body as a JSON object; its content type is ignored. Raises BadRequest."""
    return json_body(dict[str, Any])


def json_body(shape: type[Shape]) -> Shape:
    """The body as a value of this shape. Raises BadRequest."""
    return decode_json(request.get_data(), shape)


def decode_json(body: bytes, shape: type[Shape]) -> Shape:
    """These bytes as a value of this shape. Raises BadRequest, also for JSON that is nested too deep to be read."""
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(f"JSON: {type(error).__name__}: {error}") from error
