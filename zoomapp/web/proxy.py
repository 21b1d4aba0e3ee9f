"""``/zoom/api/v2/…``: the browser's request ⇄ a call to Zoom as the signed-in user."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from flask import Blueprint, Request, Response, request

from zoomapp.errors import BadRequest, RateLimited, TooLarge, UpstreamError
from zoomapp.logs import request_id
from zoomapp.web.current import asker, gateway, services
from zoomapp.zoom.cacheable import seconds_kept
from zoomapp.zoom.client import Answer, Call, limited
from zoomapp.zoom.target import PREFIX, relay_target

bp = Blueprint("proxy", __name__)

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
MAX_BODY_BYTES = 1024 * 1024
#: What goes up. Everything else stays here: cookies, credentials, addresses, whatever a header may be called next year.
UP = ("Accept", "Accept-Encoding", "Accept-Language", "Content-Type")
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


@bp.route(f"{PREFIX}/", defaults={"_": ""}, methods=METHODS, provide_automatic_options=False)
@bp.route(f"{PREFIX}/<path:_>", methods=METHODS, provide_automatic_options=False)
def forward(_: str) -> Response:
    """Relay one request to Zoom."""
    call = outgoing(request)
    seconds = seconds_kept(call.path) if call.method == "GET" else 0
    wish = request.headers.get("Cache-Control", "").lower() if seconds else ""
    if seconds and "no-store" not in wish:
        return _kept(call, seconds, anew="no-cache" in wish or "max-age=0" in wish)
    return incoming(gateway().send(call), call.method, services().clock())


def _kept(call: Call, seconds: int, anew: bool) -> Response:
    """The answer from a moment ago, or Zoom's; ``X-Cache`` says which. 304 to whoever has it already."""
    way, parts = gateway(), services()
    served = parts.answers.get(asker(), call, seconds, lambda: way.send(call), anew=anew)
    if served.answer is not None:
        response = incoming(served.answer, call.method, parts.clock())
    elif served.kept is not None:
        response = _response(served.kept.body, 200, {**served.kept.headers, "Age": str(served.age)})
    if served.kept is not None:
        if served.kept.etag in request.headers.get("If-None-Match", ""):
            response = _response(b"", 304, {})
        response.headers["ETag"] = served.kept.etag
    response.headers["X-Cache"] = served.state
    return response


def outgoing(request: Request) -> Call:
    """The browser's request as a call to Zoom. Raises BadRequest, UriTooLong, TooLarge."""
    # request.path is percent-decoded, which would break meeting UUIDs: take the target as it came on the wire.
    raw = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI")
    if not raw:
        raise BadRequest("the server does not say what came over the wire")
    headers = {name: request.headers[name] for name in UP if name in request.headers}
    return Call(request.method, relay_target(raw), headers, _body(request))


def _body(request: Request) -> bytes:
    """The whole body, as long as it said it would be."""
    announced = request.content_length
    if announced is not None and announced > MAX_BODY_BYTES:
        raise TooLarge(f"{announced} bytes")
    body: bytes = request.environ["wsgi.input"].read(MAX_BODY_BYTES + 1) if announced or _chunked(request) else b""
    if len(body) > MAX_BODY_BYTES:
        raise TooLarge("more than announced")
    if announced is not None and len(body) != announced:
        raise BadRequest("the body broke off")
    return body


def _chunked(request: Request) -> bool:
    return "chunked" in request.headers.get("Transfer-Encoding", "").lower()


def incoming(answer: Answer, method: str, now: float) -> Response:
    """Zoom's answer for the browser: status, body and the headers of ``DOWN``. Raises UpstreamError."""
    if answer.status == 429:
        return _slow_down(answer, now)
    _refuse_pages(answer)
    headers = {name: answer.headers[name] for name in DOWN if name in answer.headers}
    whole = answer.whole()
    if whole is not None:
        answer.close()
        length = answer.headers.get("Content-Length") if method == "HEAD" else None
        return _response(whole, answer.status, headers | ({"Content-Length": length} if length else {}))
    if "Content-Length" in answer.headers:
        headers["Content-Length"] = answer.headers["Content-Length"]
    response = _response(answer.chunks(), answer.status, headers)
    response.call_on_close(answer.close)
    return response


def _refuse_pages(answer: Answer) -> None:
    """A redirect, or a body that a browser would run as ours. Raises UpstreamError."""
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    redirects = 300 <= answer.status < 400 and answer.status != 304
    if redirects or (kind in ACTIVE and answer.fill(1)):
        answer.close()
        raise UpstreamError(f"Zoom answered {answer.status} {kind}")


def _response(body: bytes | Iterable[bytes], status: int, headers: Mapping[str, str]) -> Response:
    response = Response(body, status, headers)
    if "Content-Type" not in headers:
        # Zoom says what it is; where it says nothing, neither do we.
        del response.headers["Content-Type"]
    return response


def _slow_down(answer: Answer, now: float) -> Response:
    """Zoom's words and number, ours for the wait: whole seconds, whatever form Zoom sent."""
    headers = {name: answer.headers[name] for name in DOWN if name in answer.headers and name.startswith("X-")}
    error = limited(answer, now)
    answer.close()
    return _limited(error, error.detail or error.message, headers)


@bp.errorhandler(RateLimited)
def spared(error: RateLimited) -> Response:
    """The same for what Zoom was not asked."""
    return _limited(error, error.message, {})


def _limited(error: RateLimited, message: str, headers: dict[str, str]) -> Response:
    words = {"error": error.code, "code": 429, "message": message, "request_id": request_id.get()}
    return Response(json.dumps(words), 429, {**headers, **error.headers}, mimetype="application/json")
