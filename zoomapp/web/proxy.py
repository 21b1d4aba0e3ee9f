"""``/zoom/api/v2/…``: the browser's request ⇄ a call to Zoom as the signed-in user.

Most calls are answered in front of Flask (`lane.py`), the rest by the view here; ``relay`` is what both do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

import msgspec
from flask import Blueprint, Response, request
from werkzeug.datastructures import Headers

from zoomapp.errors import BadRequest, NotSignedIn, RateLimited, UpstreamError
from zoomapp.log_setup import request_id
from zoomapp.services import Services
from zoomapp.user_api.response_cache import CacheOwner
from zoomapp.user_api.user_client import UserClient
from zoomapp.web.current_user import services, this_session
from zoomapp.web.middleware.request_body import read_body
from zoomapp.web.sessions import Session
from zoomapp.zoom.cacheable import cache_seconds
from zoomapp.zoom.client import NO_BODY, WHOLE_BYTES, Answer, Call, rate_limit_error
from zoomapp.zoom.content_encoding import decoded
from zoomapp.zoom.request_target import PREFIX, relay_target

bp = Blueprint("proxy", __name__)

ROUTE = f"{PREFIX}/<path:_>"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
MAX_BODY_BYTES = 1024 * 1024
#: What goes up, and where WSGI has it. Everything else stays here: cookies, credentials, addresses, whatever a header
#: may be called next year.
UP = (
    ("Accept", "HTTP_ACCEPT"),
    ("Accept-Encoding", "HTTP_ACCEPT_ENCODING"),
    ("Accept-Language", "HTTP_ACCEPT_LANGUAGE"),
    ("Content-Type", "CONTENT_TYPE"),
)
#: What comes back. Never a cookie, a policy or a place to go.
DOWN = (
    "Content-Type",
    "Content-Encoding",
    "Content-Disposition",
    "Content-Language",
    "X-Zm-Trackingid",
    "X-RateLimit-Category",
    "X-RateLimit-Type",
    "X-RateLimit-Limit",
    "X-RateLimit-Remaining",
    "X-RateLimit-Reset",
)
#: Types a browser could run as a page of ours. Zoom's API sends none; its error pages do.
ACTIVE = ("text/html", "application/xhtml+xml", "image/svg+xml", "text/xml", "application/xml")
#: Where in the environ lies a failure that was met in front of Flask.
MET = "zoomapp.met"


@dataclass(frozen=True)
class Relayed:
    """What the browser gets, before anything of ours is added. ``close``: after a body that is not whole bytes."""

    status: int
    headers: dict[str, str]
    body: bytes | Iterable[bytes] = b""
    close: Callable[[], None] | None = None

    @classmethod
    def whole(cls, status: int, headers: Mapping[str, str], body: bytes) -> Relayed:
        """With a body whose length is known."""
        return cls(status, {**headers, "Content-Length": str(len(body))}, body)


@bp.route(f"{PREFIX}/", defaults={"_": ""}, methods=METHODS, provide_automatic_options=False)
@bp.route(ROUTE, methods=METHODS, provide_automatic_options=False)
def forward(_: str) -> Response:
    """Relay one request to Zoom, or say what kept it from being relayed."""
    if MET in request.environ:
        raise request.environ[MET]
    return _response(relay(services(), this_session(), request.environ))


def _response(relayed: Relayed) -> Response:
    response = Response(relayed.body, relayed.status)
    # In place of Werkzeug's own: of what Zoom says nothing, neither do we.
    response.headers = Headers(relayed.headers)
    if relayed.close:
        response.call_on_close(relayed.close)
    return response


def relay(parts: Services, session: Session, environ: MutableMapping[str, Any]) -> Relayed:
    """Zoom's answer for the browser.

    Raises BadRequest, UriTooLong, NotSignedIn and what ``read_body`` and ``send`` raise.
    """
    target = _target(environ)
    # Before the body: a stranger may not make us read one.
    if (who := session.user()) is None:
        raise NotSignedIn("no user in the session")
    call = _outgoing(environ, target)
    way = parts.user_client(who, session.tokens)
    seconds = cache_seconds(call.path) if call.method == "GET" else 0
    wish = environ.get("HTTP_CACHE_CONTROL", "").lower() if seconds else ""
    if not seconds or "no-store" in wish:
        return incoming(way.send(call), call.method, parts.clock())
    asker = CacheOwner(who, parts.tokens.load(who, session.tokens).grant_id, session.version)
    anew = "no-cache" in wish or "max-age=0" in wish
    return _kept(parts, asker, way, call, seconds, anew=anew, known=environ.get("HTTP_IF_NONE_MATCH", ""))


def _kept(
    parts: Services, asker: CacheOwner, way: UserClient, call: Call, seconds: int, *, anew: bool, known: str
) -> Relayed:
    """The answer from a moment ago, or Zoom's; ``X-Cache`` says which. 304 to whoever has it already."""
    served = parts.response_cache.get_or_fetch(asker, call, seconds, lambda: way.send(call), reload=anew)
    told = {"X-Cache": served.state}
    relayed = incoming(served.answer, call.method, parts.clock()) if served.answer is not None else None
    if served.cached is not None:
        told["ETag"] = served.cached.etag
        if served.cached.etag in known:
            return Relayed(304, told)
        if relayed is None:
            relayed = Relayed.whole(200, {**served.cached.headers, "Age": str(served.age)}, served.cached.body)
    assert relayed is not None  # served has an answer, or a kept one
    return Relayed(relayed.status, relayed.headers | told, relayed.body, relayed.close)


def _target(environ: Mapping[str, Any]) -> str:
    """What to ask Zoom for. Raises BadRequest, UriTooLong."""
    # PATH_INFO is percent-decoded, which would break meeting UUIDs: take the target as it came on the wire.
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    if not raw:
        raise BadRequest("the server does not say what came over the wire")
    return relay_target(raw)


def _outgoing(environ: MutableMapping[str, Any], target: str) -> Call:
    """The browser's request as a call to Zoom. Raises what ``read_body`` raises."""
    headers = {name: environ[key] for name, key in UP if environ.get(key)}
    return Call(environ["REQUEST_METHOD"], target, headers, read_body(environ, MAX_BODY_BYTES))


def incoming(answer: Answer, method: str, now: float) -> Relayed:
    """Zoom's answer for the browser: status, body and the headers of ``DOWN``. Raises UpstreamError."""
    if answer.status == 429:
        return _slow_down(answer, now)
    kind = answer.headers.get("Content-Type", "")
    _refuse_pages(answer, kind.partition(";")[0].strip().lower())
    headers = {name: value for name in DOWN if (value := answer.headers.get(name)) is not None}
    whole = answer.whole()
    if answer.status >= 500:
        _refuse_without_json(answer, whole, method)
    length = answer.headers.get("Content-Length")
    if whole is None:
        if length is not None:
            headers["Content-Length"] = length
        return Relayed(answer.status, headers, answer.chunks(), answer.close)
    answer.close()
    if method == "HEAD" or answer.status in NO_BODY:
        return Relayed(answer.status, headers | ({"Content-Length": length} if method == "HEAD" and length else {}))
    return Relayed.whole(answer.status, headers, whole)


def _refuse_pages(answer: Answer, kind: str) -> None:
    """A redirect, or a body that a browser would run as ours. Raises UpstreamError."""
    redirects = 300 <= answer.status < 400 and answer.status != 304
    if redirects or (kind in ACTIVE and answer.fill(1)):
        answer.close()
        raise UpstreamError(f"Zoom answered {answer.status} {kind}")


def _refuse_without_json(answer: Answer, body: bytes | None, method: str) -> None:
    """A failure of Zoom's that does not say what is wrong. Raises UpstreamError."""
    is_json = "json" in answer.headers.get("Content-Type", "").lower()
    if is_json and method != "HEAD":
        text = decoded(answer.headers.get("Content-Encoding", ""), body or b"", WHOLE_BYTES)
        try:
            msgspec.json.decode(text or b"")
        except (msgspec.DecodeError, ValueError, RecursionError):
            is_json = False
    if not is_json:
        answer.close()
        raise UpstreamError(f"Zoom answered {answer.status} without JSON")


def _slow_down(answer: Answer, now: float) -> Relayed:
    """Zoom's words and number, ours for the wait: whole seconds, whatever form Zoom sent."""
    headers = {name: answer.headers[name] for name in DOWN if name.startswith("X-") and name in answer.headers}
    error = rate_limit_error(answer, now)
    answer.close()
    return _limited(error, error.detail or error.message, headers)


@bp.errorhandler(RateLimited)
def spared(error: RateLimited) -> Response:
    """The same for what Zoom was not asked."""
    return _response(_limited(error, error.message, {}))


def _limited(error: RateLimited, message: str, headers: dict[str, str]) -> Relayed:
    words = {**error.body(request_id.get()), "code": 429, "message": message}
    told = {**headers, **error.headers, "Content-Type": "application/json"}
    return Relayed.whole(429, told, msgspec.json.encode(words))
