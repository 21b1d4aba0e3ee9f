"""WSGI middleware that logs each call, applies faults and keeps raw paths.

Flask gets a decoded path, in which a meeting UUID with an encoded slash is lost. So below ``/v2`` the
routes match the raw path.
"""

from __future__ import annotations

import io
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from offline_zoom.call_log import Call
from offline_zoom.faults import Fault
from offline_zoom.world import World

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
WSGIApp = Callable[[Environ, StartResponse], Iterable[bytes]]
NOT_ZOOM = ("/_sandbox", "/client")
#: the console's addresses, which are Zoom's own under Zoom's host names
CONSOLE = ("/", "/faults")


class ConnectionDropped(ConnectionError):
    """The connection ends here."""


class CallerTimedOut(TimeoutError):
    """The caller's timeout is over."""


class FaultMiddleware:
    """WSGI middleware around the Flask app."""

    def __init__(self, app: WSGIApp, world: World) -> None:
        self.app, self.world = app, world

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path, query = raw_target(environ)
        method = environ["REQUEST_METHOD"]
        if path.startswith("/v2/"):
            environ["PATH_INFO"] = path
        fault = None
        if is_call(path, environ.get("HTTP_HOST", "")):
            self.world.catch_up()
            call = Call(method, path, query, environ.get("HTTP_HOST", ""), headers_of(environ))
            call.scheme, call.at = environ["wsgi.url_scheme"], self.world.now()
            call.caller = self.world.caller(environ.get("HTTP_AUTHORIZATION", ""))
            self.world.calls.add(call)
            start_response = with_log(call, start_response)
            fault = self.world.faults.take(
                method, path, grant_type(environ, path), environ.get("HTTP_AUTHORIZATION", ""), query
            )
        marked_start = with_marks(start_response)
        return self._run(environ, marked_start) if fault is None else self._run_with_fault(fault, environ, marked_start)

    def _run(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Run the app. API calls run one after the other; pages run in parallel because they may wait."""
        with self.world.lock if environ["PATH_INFO"].startswith(("/v2/", "/oauth/")) else nullcontext():
            return self.app(environ, start_response)

    def _run_with_fault(self, fault: Fault, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """The response with a fault applied. Raises ConnectionDropped or CallerTimedOut."""
        timeout = environ.get("offline_zoom.timeout")
        self._wait(fault.delay, timeout)
        if fault.drop == "before":
            raise ConnectionDropped("dropped before processing")
        if fault.status is not None:
            status, headers, body = fault.answer()
        else:
            status, headers, body = collect(self._run, environ)
        if fault.drop == "after":
            raise ConnectionDropped("dropped after processing")
        self._wait(fault.hold, timeout)
        if timeout is not None and fault.delay + fault.hold >= timeout:
            raise CallerTimedOut("the answer came too late")
        status, headers, body = fault.change(status, headers, body)
        start_response(status, headers)
        return [body] if fault.cut is None else cut(body, fault.cut)

    def _wait(self, seconds: float, timeout: float | None) -> None:
        """Sleep, but not longer than the timeout of a caller in this process."""
        if seconds:
            self.world.sleep(seconds if timeout is None else min(seconds, timeout))


def is_call(path: str, host: str) -> bool:
    """Whether a request is one to Zoom, and not to the console, the control API or the client window."""
    to_console = path in CONSOLE and not host.endswith("zoom.us")
    return not path.startswith(NOT_ZOOM) and not to_console


def raw_target(environ: Environ) -> tuple[str, str]:
    """The undecoded path and query of the request."""
    target: str = environ.get("RAW_URI") or environ.get("REQUEST_URI") or quote(environ.get("PATH_INFO", "/"))
    if not target.startswith("/"):
        parts = urlsplit(target)
        return parts.path or "/", parts.query
    path, _, query = target.partition("?")
    return path, query or environ.get("QUERY_STRING", "")


def headers_of(environ: Environ) -> dict[str, str]:
    """The request's headers with their usual spelling."""
    sent = {key[5:].replace("_", "-").title(): value for key, value in environ.items() if key.startswith("HTTP_")}
    if environ.get("CONTENT_TYPE"):
        sent["Content-Type"] = environ["CONTENT_TYPE"]
    return sent


def grant_type(environ: Environ, path: str) -> str:
    """The grant type of a token request. The body stays readable."""
    if path != "/oauth/token" or environ["REQUEST_METHOD"] != "POST":
        return ""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    fields = parse_qs(f"{environ.get('QUERY_STRING', '')}&{body.decode('latin-1')}")
    return fields.get("grant_type", [""])[0]


def with_marks(start_response: StartResponse) -> StartResponse:
    """A ``start_response`` that adds ``X-Sandbox`` and Zoom's tracking id."""

    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        marks = [("X-Sandbox", "1"), ("x-zm-trackingid", f"v=2.0;clid=sandbox;rid=WEB_{uuid.uuid4().hex}")]
        return start_response(status, [*headers, *marks], *([exc_info] if exc_info else []))

    return start


def with_log(call: Call, start_response: StartResponse) -> StartResponse:
    """A ``start_response`` that adds the response to the logged call."""
    started = time.monotonic()

    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        call.status, call.response_headers = int(status[:3]), list(headers)
        call.milliseconds = round((time.monotonic() - started) * 1000)
        return start_response(status, headers, *([exc_info] if exc_info else []))

    return start


def collect(app: WSGIApp, environ: Environ) -> tuple[str, list[tuple[str, str]], bytes]:
    """Run the app and read its whole body."""
    (status, headers), body = start_app(app, environ)
    try:
        content = b"".join(body)
    finally:
        getattr(body, "close", lambda: None)()
    return status, headers, content


def start_app(app: WSGIApp, environ: Environ) -> tuple[tuple[str, list[tuple[str, str]]], Iterable[bytes]]:
    """Run the app. Returns status and headers, and the unread body."""
    started: list[tuple[str, list[tuple[str, str]]]] = []
    body = app(environ, lambda status, headers, exc_info=None: started.append((status, headers)))
    return started[-1], body


def cut(body: bytes, length: int) -> Iterator[bytes]:
    """The first ``length`` bytes of a body, then a dropped connection."""
    yield body[:length]
    raise ConnectionDropped("cut in the body")
