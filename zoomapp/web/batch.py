"""``POST /zoom/api/batch``: several reads of Zoom's API in one request, in parallel.

    {"requests": ["/users/me", {"id": "soon", "path": "/users/me/meetings?type=upcoming"}]}
    {"answers": [{"path": …, "status": 200, "headers": {…}, "body": {…}}, {"id": "soon", "path": …, "status": …}]}

A path begins after ``/zoom/api/v2``, with ``/v2``, or with all of that. Each read is checked like a call through the
proxy. A read that the proxy would refuse has the status and the JSON of that refusal as its answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

import msgspec
from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from zoomapp.errors import BadRequest, Busy, TooLarge, ZoomAppError
from zoomapp.log_setup import request_id
from zoomapp.user_api.user_client import UserClient
from zoomapp.web.current_user import services, user_client
from zoomapp.web.middleware.request_json import json_body
from zoomapp.web.proxy import Relayed, incoming
from zoomapp.zoom.client import WHOLE_BYTES, Call
from zoomapp.zoom.request_target import PREFIX, relay_target
from zoomapp.zoom.tolerant_reader import decode

bp = Blueprint("batch", __name__)

MAX_REQUESTS = 20
MAX_BYTES = 64 * 1024
#: The answers become part of one JSON document, so they must come uncompressed.
HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity"}


class Read(msgspec.Struct, frozen=True):
    """One read. Its answer has the same ``id``."""

    path: str
    id: str | int | None = None
    method: str = "GET"


class Batch(msgspec.Struct, frozen=True):
    """The body of the request."""

    requests: list[str | Read]


@bp.post("/zoom/api/batch")
def run() -> ResponseReturnValue:
    """The answers in the order of the requests. Raises NotSignedIn, BadRequest, TooLarge, Busy."""
    # Check the user before the body: a stranger must not make us read one.
    client, now = user_client(), services().clock()
    reads = _reads()
    # Each call runs in a copy of this request's context, with its deadline, its id and its call trace.
    answers = services().batch_pool.run(client.user_id, [partial(_answer, client, read, now) for read in reads])
    parts = [_refusal(answer) if isinstance(answer, Busy) else answer for answer in answers]
    return jsonify(answers=[_entry(read, *part) for read, part in zip(reads, parts, strict=True)])


def _reads() -> list[Read]:
    if (request.content_length or 0) > MAX_BYTES:
        raise TooLarge("a batch of that size")
    requests = json_body(Batch).requests
    if not 1 <= len(requests) <= MAX_REQUESTS:
        raise BadRequest(f"a batch holds 1 to {MAX_REQUESTS} requests")
    return [Read(entry) if isinstance(entry, str) else entry for entry in requests]


def _answer(client: UserClient, read: Read, now: float) -> tuple[int, Iterable[tuple[str, str]], Any]:
    """Status, headers and body of one read, or of the failure that the proxy would answer."""
    try:
        if read.method != "GET":
            raise BadRequest("a batch only reads")
        call = Call("GET", relay_target(_full_path(read.path)), HEADERS)
        relayed = incoming(client.send(call), call.method, now)
        return relayed.status, relayed.headers.items(), _body(relayed)
    except ZoomAppError as error:
        return _refusal(error)


def _refusal(error: ZoomAppError) -> tuple[int, Iterable[tuple[str, str]], Any]:
    return error.status, error.headers.items(), error.body(request_id.get())


def _full_path(path: str) -> str:
    """The path as in this app's own address. ``relay_target`` checks it."""
    below = path.removeprefix(PREFIX)
    return PREFIX + below if below.startswith("/v2/") else f"{PREFIX}/v2{below}"


def _body(relayed: Relayed) -> Any:
    """The body as JSON, None for an empty one, text if it is not JSON. Raises TooLarge."""
    body = relayed.body
    if not isinstance(body, bytes):
        if relayed.close:
            relayed.close()
        raise TooLarge(f"more than {WHOLE_BYTES} bytes: request it alone")
    try:
        return decode(body) if body.strip() else None
    except ValueError:
        return body.decode("utf-8", "replace")


def _entry(read: Read, status: int, headers: Iterable[tuple[str, str]], body: Any) -> dict[str, Any]:
    id_field = {} if read.id is None else {"id": read.id}
    return {**id_field, "path": read.path, "status": status, "headers": dict(headers), "body": body}
