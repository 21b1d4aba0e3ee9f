"""``POST /zoom/api/batch``: several reads of Zoom's API in one request, side by side, each with its own outcome.

    {"requests": ["/users/me", {"id": "soon", "path": "/users/me/meetings?type=upcoming"}]}
    {"answers": [{"path": …, "status": 200, "headers": {…}, "body": {…}}, {"id": "soon", "path": …, "status": …}]}

A path is written as after ``/zoom/api/v2``, or with ``/v2`` or all of that before it. Each passes the same border as a
call through the proxy; what the proxy would refuse has that refusal's status and JSON as its answer.
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

bp = Blueprint("batch", __name__)

MOST = 20
MOST_BYTES = 64 * 1024
#: Answers that carry text are written as JSON, so they must come uncompressed.
HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity"}


class Wanted(msgspec.Struct, frozen=True):
    """One read: ``id`` comes back beside its answer."""

    path: str
    id: str | int | None = None
    method: str = "GET"


class Batch(msgspec.Struct, frozen=True):
    requests: list[str | Wanted]


@bp.post("/zoom/api/batch")
def run() -> ResponseReturnValue:
    """All answers, in the order of the questions. Raises NotSignedIn, BadRequest, TooLarge, Busy."""
    # Before the body: a stranger may not make us read one.
    who, now = user_client(), services().clock()
    wanted = _wanted()
    # Each call runs in a copy of this request's context: its deadline, its id, the list its calls are noted in.
    answers = services().batch_pool.run(who.user_id, [partial(_answer, who, each, now) for each in wanted])
    parts = [_refusal(answer) if isinstance(answer, Busy) else answer for answer in answers]
    return jsonify(answers=[_told(each, *part) for each, part in zip(wanted, parts, strict=True)])


def _wanted() -> list[Wanted]:
    if (request.content_length or 0) > MOST_BYTES:
        raise TooLarge("a batch that long")
    asked = json_body(Batch).requests
    if not 1 <= len(asked) <= MOST:
        raise BadRequest(f"a batch holds 1 to {MOST} requests")
    return [Wanted(each) if isinstance(each, str) else each for each in asked]


def _answer(who: UserClient, wanted: Wanted, now: float) -> tuple[int, Iterable[tuple[str, str]], Any]:
    """Status, headers and body of one read; a failure of ours in the words the proxy would use."""
    try:
        if wanted.method != "GET":
            raise BadRequest("a batch only reads")
        call = Call("GET", relay_target(_in_full(wanted.path)), HEADERS)
        relayed = incoming(who.send(call), call.method, now)
        return relayed.status, relayed.headers.items(), _body(relayed)
    except ZoomAppError as error:
        return _refusal(error)


def _refusal(error: ZoomAppError) -> tuple[int, Iterable[tuple[str, str]], Any]:
    return error.status, error.headers.items(), error.body(request_id.get())


def _in_full(path: str) -> str:
    """As it would stand in our own address; whether it may go out is not for here to say."""
    below = path.removeprefix(PREFIX)
    return PREFIX + below if below.startswith("/v2/") else f"{PREFIX}/v2{below}"


def _body(relayed: Relayed) -> Any:
    """The body as JSON; None for none, text for what is no JSON. Raises TooLarge."""
    body = relayed.body
    if not isinstance(body, bytes):
        if relayed.close:
            relayed.close()
        raise TooLarge(f"more than {WHOLE_BYTES} bytes: ask for it by itself")
    try:
        return msgspec.json.decode(body) if body.strip() else None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return body.decode("utf-8", "replace")


def _told(wanted: Wanted, status: int, headers: Iterable[tuple[str, str]], body: Any) -> dict[str, Any]:
    named = {} if wanted.id is None else {"id": wanted.id}
    return {**named, "path": wanted.path, "status": status, "headers": dict(headers), "body": body}
