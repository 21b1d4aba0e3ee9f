"""Pages of a list, and page tokens that are valid only for the same request.

https://developers.zoom.us/docs/api/pagination
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from flask import request

from offline_zoom.errors import refuse
from offline_zoom.world import World

T = TypeVar("T")
DEFAULT_SIZE, MAX_SIZE = 30, 300


def page_size() -> int:
    """The requested page size. An invalid size becomes the default, a large one the maximum."""
    try:
        size = int(request.args.get("page_size", DEFAULT_SIZE))
    except ValueError:
        return DEFAULT_SIZE
    return min(size, MAX_SIZE) if size > 0 else DEFAULT_SIZE


def page(
    world: World,
    user_id: str,
    items: Sequence[T],
    name: str,
    serialize: Callable[[T], Any],
    numbered: bool = False,
    counted: bool = True,
) -> dict[str, Any]:
    """One page of ``items`` as Zoom's JSON. Raises ZoomError for a token of another request.

    ``numbered``: with the number of the page. ``counted``: with the number of pages and items.
    """
    size = page_size()
    token = request.args.get("next_page_token", "")
    offset = open_token(world, user_id, token) if token else 0
    frame: dict[str, Any] = {"page_size": size}
    if counted:
        frame |= {"page_count": -(-len(items) // size), "total_records": len(items)}
    if numbered:
        number = max(1, request.args.get("page_number", 1, int))
        offset = offset or (number - 1) * size
        frame["page_number"] = offset // size + 1
    shown = items[offset : offset + size]
    more = offset + size < len(items)
    frame["next_page_token"] = seal_token(world, user_id, offset + size) if more else ""
    return {**frame, name: [serialize(item) for item in shown]}


def seal_token(world: World, user_id: str, offset: int) -> str:
    """A page token for the same user, path and query, valid for fifteen minutes."""
    head = struct.pack(">BId", 1, offset, world.now() + world.switches.page_token_lifetime)
    return base64.b64encode(head + _signature(world, user_id, head)).decode()


def open_token(world: World, user_id: str, token: str) -> int:
    """The offset in a page token. Raises ZoomError if it is expired or of another request."""
    try:
        raw = base64.b64decode(token, validate=True)
        _, offset, expires_at = struct.unpack(">BId", raw[:13])
    except (ValueError, struct.error):
        return _refuse()
    if not hmac.compare_digest(raw[13:], _signature(world, user_id, raw[:13])) or world.now() >= expires_at:
        return _refuse()
    return int(offset)


def _signature(world: World, user_id: str, head: bytes) -> bytes:
    query = sorted((key, value) for key, value in request.args.items(multi=True) if key != "next_page_token")
    signed = repr((user_id, request.path, query)).encode() + head
    return hmac.new(world.seal_key.encode(), signed, hashlib.sha256).digest()[:18]


def _refuse() -> int:
    refuse(400, 300, "The next page token is invalid or expired.")
