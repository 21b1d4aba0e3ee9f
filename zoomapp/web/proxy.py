"""The API proxy, ``/zoom/api/v2/…``: sends the browser's request to Zoom as the signed-in user.

``middleware/proxy.py`` serves most calls without Flask, the view here serves the others. Both call ``relay``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

import msgspec
from flask import Blueprint, Response, request
from werkzeug.datastructures import Headers

from zoomapp.errors import BadRequest, NotSignedIn, RateLimited, UpstreamError, ZoomRefused
from zoomapp.log_setup import request_id
from zoomapp.services import Services
from zoomapp.user_api.response_cache import CacheOwner, CacheResult
from zoomapp.web.current_user import services, this_session
from zoomapp.web.middleware.request_body import read_body
from zoomapp.web.sessions import Session
from zoomapp.zoom.client import NO_BODY, WHOLE_BYTES, Answer, Call
from zoomapp.zoom.content_encoding import decoded
from zoomapp.zoom.endpoints import cache_seconds
from zoomapp.zoom.header_values import content_length, sendable
from zoomapp.zoom.refusals import rate_limit_error, redirected
from zoomapp.zoom.request_target import PREFIX, relay_target
from zoomapp.zoom.tolerant_reader import refusal_words

bp = Blueprint("proxy", __name__)

ROUTE = f"{PREFIX}/<path:_>"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
MAX_BODY_BYTES = 1024 * 1024
#: The request headers that Zoom gets, and their WSGI names. Zoom gets no other: no cookies, credentials or addresses.
REQUEST_HEADERS = (
    ("Accept", "HTTP_ACCEPT"),
    ("Accept-Encoding", "HTTP_ACCEPT_ENCODING"),
    ("Accept-Language", "HTTP_ACCEPT_LANGUAGE"),
    ("Content-Type", "CONTENT_TYPE"),
)
#: The response headers that the browser gets: never a cookie, a policy or a redirect.
RESPONSE_HEADERS = (
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
#: Content types that a browser could run as a page of this app. Zoom's API sends none; its error pages do.
ACTIVE_TYPES = ("text/html", "application/xhtml+xml", "image/svg+xml", "text/xml", "application/xml")
#: The environ key of a failure that the middleware met; the view raises it, so that one place answers failures.
FAILURE = "zoomapp.failure"


@dataclass(frozen=True)
class Relayed:
    """The response before this app's own headers are added. ``close`` must be called after a body that is streamed."""

    status: int
    headers: dict[str, str]
    body: bytes | Iterable[bytes] = b""
    close: Callable[[], None] | None = None

    @classmethod
    def whole(cls, status: int, headers: Mapping[str, str], body: bytes) -> Relayed:
        """A response with a body whose length is known."""
        return cls(status, {**headers, "Content-Length": str(len(body))}, body)


@bp.route(f"{PREFIX}/", defaults={"_": ""}, methods=METHODS, provide_automatic_options=False)
@bp.route(ROUTE, methods=METHODS, provide_automatic_options=False)
def forward(_: str) -> Response:
    """Zoom's response. Raises what ``relay`` raises."""
    if FAILURE in request.environ:
        raise request.environ[FAILURE]
    return _response(relay(services(), this_session(), request.environ))


def _response(relayed: Relayed) -> Response:
    response = Response(relayed.body, relayed.status)
    # In place of Werkzeug's default headers.
    response.headers = Headers(relayed.headers)
    if relayed.close:
        response.call_on_close(relayed.close)
    return response


def relay(parts: Services, session: Session, environ: MutableMapping[str, Any]) -> Relayed:
    """Zoom's response for the browser.

    Raises BadRequest, UriTooLong, NotSignedIn and what ``read_body`` and ``send`` raise.
    """
    target = _target(environ)
    # Check the user before the body: a stranger must not make us read one.
    if (user_id := session.user()) is None:
        raise NotSignedIn("no user in the session")
    call = _outgoing(environ, target)
    user_client = parts.user_client(user_id, session.tokens)
    seconds = cache_seconds(call.method, call.path)
    cache_control = environ.get("HTTP_CACHE_CONTROL", "").lower() if seconds else ""
    if not seconds or "no-store" in cache_control:
        return incoming(user_client.send(call), call.method, parts.clock())
    owner = CacheOwner(user_id, parts.tokens.load(user_id, session.tokens).grant_id, session.version)
    reload = "no-cache" in cache_control or "max-age=0" in cache_control
    result = parts.response_cache.get_or_fetch(owner, call, seconds, lambda: user_client.send(call), reload=reload)
    return _from_cache(result, call.method, parts.clock(), environ.get("HTTP_IF_NONE_MATCH", ""))


def _from_cache(result: CacheResult, method: str, now: float, if_none_match: str) -> Relayed:
    """The cached response or Zoom's; ``X-Cache`` says which. 304 if the browser has it already."""
    headers = {"X-Cache": result.state}
    relayed = incoming(result.answer, method, now) if result.answer is not None else None
    if result.cached is not None:
        headers["ETag"] = result.cached.etag
        if result.cached.etag in if_none_match:
            return Relayed(304, headers)
        if relayed is None:
            cached_headers = sendable(result.cached.headers, result.cached.headers)
            relayed = Relayed.whole(200, {**cached_headers, "Age": str(result.age)}, result.cached.body)
    assert relayed is not None  # a result has an answer or a cached response
    return Relayed(relayed.status, relayed.headers | headers, relayed.body, relayed.close)


def _target(environ: Mapping[str, Any]) -> str:
    """The request target for Zoom. Raises BadRequest, UriTooLong."""
    # PATH_INFO is percent-decoded, which would break meeting UUIDs. Take the target as the client sent it.
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    if not raw:
        raise BadRequest("the server does not give the raw request target")
    return relay_target(raw)


def _outgoing(environ: MutableMapping[str, Any], target: str) -> Call:
    """The browser's request as a call to Zoom. Raises what ``read_body`` raises."""
    headers = {name: environ[key] for name, key in REQUEST_HEADERS if environ.get(key)}
    return Call(environ["REQUEST_METHOD"], target, headers, read_body(environ, MAX_BODY_BYTES))


def incoming(answer: Answer, method: str, now: float) -> Relayed:
    """Zoom's response for the browser: status, body and the headers of ``RESPONSE_HEADERS``. Raises UpstreamError."""
    if answer.status == 429:
        return _rate_limited(answer, now)
    if 400 <= answer.status < 500 and method != "HEAD" and _is_page(answer):
        return _refused_as_page(answer)
    kind = answer.headers.get("Content-Type", "")
    _refuse_pages(answer, kind.partition(";")[0].strip().lower())
    headers = sendable(answer.headers, RESPONSE_HEADERS)
    whole = answer.whole()
    if answer.status >= 500:
        _refuse_without_json(answer, whole, method)
    length = content_length(answer.headers)
    if whole is None:
        if length:
            headers["Content-Length"] = length
        return Relayed(answer.status, headers, answer.chunks(), answer.close)
    answer.close()
    if method == "HEAD" or answer.status in NO_BODY:
        return Relayed(answer.status, headers | ({"Content-Length": length} if method == "HEAD" and length else {}))
    return Relayed.whole(answer.status, headers, whole)


def _refused_as_page(answer: Answer) -> Relayed:
    """A refusal of Zoom's that is an HTML page, as JSON with Zoom's status and the words of the page."""
    code, words = refusal_words(answer.refusal())
    answer.close()
    error = ZoomRefused(answer.status, code, words)
    body = {**error.body(request_id.get()), "code": code, "message": words or error.message}
    return Relayed.whole(answer.status, {"Content-Type": "application/json"}, msgspec.json.encode(body))


def _is_page(answer: Answer) -> bool:
    return answer.headers.get("Content-Type", "").partition(";")[0].strip().lower() in ACTIVE_TYPES


def _refuse_pages(answer: Answer, kind: str) -> None:
    """Refuse a redirect, or a body that a browser would run as a page of this app. Raises UpstreamError."""
    redirects = 300 <= answer.status < 400 and answer.status != 304
    if redirects or (kind in ACTIVE_TYPES and answer.fill(1)):
        answer.close()
        raise redirected(answer) if redirects else UpstreamError(f"Zoom answered {answer.status} {kind}")


def _refuse_without_json(answer: Answer, body: bytes | None, method: str) -> None:
    """Refuse a 5xx without JSON. Raises UpstreamError."""
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


def _rate_limited(answer: Answer, now: float) -> Relayed:
    """Zoom's 429, with its message, and ``Retry-After`` in whole seconds also if Zoom sent a date."""
    headers = sendable(answer.headers, (name for name in RESPONSE_HEADERS if name.startswith("X-")))
    error = rate_limit_error(answer, now)
    answer.close()
    return _limited(error, error.detail or error.message, headers)


@bp.errorhandler(RateLimited)
def rate_limited(error: RateLimited) -> Response:
    """429 for a call that was not sent to Zoom."""
    return _response(_limited(error, error.message, {}))


def _limited(error: RateLimited, message: str, headers: dict[str, str]) -> Relayed:
    body = {**error.body(request_id.get()), "code": 429, "message": message}
    all_headers = {**headers, **error.headers, "Content-Type": "application/json"}
    return Relayed.whole(429, all_headers, msgspec.json.encode(body))
