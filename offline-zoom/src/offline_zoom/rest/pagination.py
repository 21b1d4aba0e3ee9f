"""Pages of a list, and page tokens that fit only the call they came from.

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
    """The size asked for: nonsense becomes the default, too much the maximum."""
    try:
        asked = int(request.args.get("page_size", DEFAULT_SIZE))
    except ValueError:
        return DEFAULT_SIZE
    return min(asked, MAX_SIZE) if asked > 0 else DEFAULT_SIZE


def page(
    world: World, asker: str, items: Sequence[T], name: str, shape: Callable[[T], Any], numbered: bool = False
) -> dict[str, Any]:
    """One page of ``items`` in Zoom's frame. Refuses a token that is not of this call."""
    size = page_size()
    token = request.args.get("next_page_token", "")
    offset = open_token(world, asker, token) if token else 0
    frame: dict[str, Any] = {"page_count": -(-len(items) // size), "page_size": size, "total_records": len(items)}
    if numbered:
        number = max(1, request.args.get("page_number", 1, int))
        offset = offset or (number - 1) * size
        frame["page_number"] = offset // size + 1
    shown = items[offset : offset + size]
    more = offset + size < len(items)
    frame["next_page_token"] = seal_token(world, asker, offset + size) if more else ""
    return {**frame, name: [shape(item) for item in shown]}


def seal_token(world: World, asker: str, offset: int) -> str:
    """A token for the same user, path and query; it lives fifteen minutes."""
    head = struct.pack(">BId", 1, offset, world.now() + world.switches.page_token_lifetime)
    return base64.b64encode(head + _mark(world, asker, head)).decode()


def open_token(world: World, asker: str, token: str) -> int:
    """Where the page begins. Refuses what is stale or belongs to another call."""
    try:
        raw = base64.b64decode(token, validate=True)
        _, offset, expires_at = struct.unpack(">BId", raw[:13])
    except (ValueError, struct.error):
        return _refuse()
    if not hmac.compare_digest(raw[13:], _mark(world, asker, raw[:13])) or world.now() >= expires_at:
        return _refuse()
    return int(offset)


def _mark(world: World, asker: str, head: bytes) -> bytes:
    query = sorted((key, value) for key, value in request.args.items(multi=True) if key != "next_page_token")
    bound = repr((asker, request.path, query)).encode() + head
    return hmac.new(world.client_secret.encode(), bound, hashlib.sha256).digest()[:18]


def _refuse() -> int:
    refuse(400, 300, "The next page token is invalid or expired.")
