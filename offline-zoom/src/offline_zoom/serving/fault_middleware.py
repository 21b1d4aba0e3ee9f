"""The outermost skin: counts each call, lets faults happen, keeps paths as they came.

Flask sees a decoded path, and a meeting UUID with an encoded slash would be lost in it. So below
``/v2`` the routes match the path as it stood on the wire.
"""

from __future__ import annotations

import io
import json
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
OURS = ("/_sandbox", "/client")


class ConnectionDropped(ConnectionError):
    """The connection ends here, without a word more."""


class CallerTimedOut(TimeoutError):
    """The caller has stopped waiting."""


class FaultMiddleware:
    """A WSGI app around the app."""

    def __init__(self, app: WSGIApp, world: World) -> None:
        self.app, self.world = app, world

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path, query = raw_target(environ)
        method = environ["REQUEST_METHOD"]
        if path.startswith("/v2/"):
            environ["PATH_INFO"] = path
        fault = None
        if not path.startswith(OURS):
            self.world.catch_up()
            self.world.calls.add(Call(method, path, query, environ.get("HTTP_HOST", ""), headers_of(environ)))
            fault = self.world.faults.take(method, path, grant_type(environ, path))
        answer = stamped(start_response)
        return self._run(environ, answer) if fault is None else self._failing(fault, environ, answer)

    def _run(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Calls of the API happen one after the other; pages, which may wait for something, do not."""
        with self.world.lock if environ["PATH_INFO"].startswith(("/v2/", "/oauth/")) else nullcontext():
            return self.app(environ, start_response)

    def _failing(self, fault: Fault, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """The answer as this fault spoils it. Raises ConnectionDropped or CallerTimedOut."""
        timeout = environ.get("sandbox.timeout")
        self._wait(fault.delay, timeout)
        if fault.drop == "before":
            raise ConnectionDropped("dropped before processing")
        if fault.status is not None:
            status, headers, body = planned(fault)
        else:
            status, headers, body = collect(self._run, environ)
        if fault.drop == "after":
            raise ConnectionDropped("dropped after processing")
        self._wait(fault.hold, timeout)
        if timeout is not None and fault.delay + fault.hold >= timeout:
            raise CallerTimedOut("the answer came too late")
        if fault.bad_gzip:
            headers = [*without(headers, "content-encoding"), ("Content-Encoding", "gzip")]
        start_response(status, headers)
        return [body] if fault.cut is None else cut(body, fault.cut)

    def _wait(self, seconds: float, timeout: float | None) -> None:
        """Sleep, but not longer than a caller in this process would wait."""
        if seconds:
            self.world.sleep(seconds if timeout is None else min(seconds, timeout))


def raw_target(environ: Environ) -> tuple[str, str]:
    """Path and query as they stood on the wire, byte for byte."""
    target: str = environ.get("RAW_URI") or environ.get("REQUEST_URI") or quote(environ.get("PATH_INFO", "/"))
    if not target.startswith("/"):
        parts = urlsplit(target)
        return parts.path or "/", parts.query
    path, _, query = target.partition("?")
    return path, query or environ.get("QUERY_STRING", "")


def headers_of(environ: Environ) -> dict[str, str]:
    """The request's headers under their usual names."""
    sent = {key[5:].replace("_", "-").title(): value for key, value in environ.items() if key.startswith("HTTP_")}
    if environ.get("CONTENT_TYPE"):
        sent["Content-Type"] = environ["CONTENT_TYPE"]
    return sent


def grant_type(environ: Environ, path: str) -> str:
    """The grant type of a token request; the body is put back as it was."""
    if path != "/oauth/token" or environ["REQUEST_METHOD"] != "POST":
        return ""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    fields = parse_qs(f"{environ.get('QUERY_STRING', '')}&{body.decode('latin-1')}")
    return fields.get("grant_type", [""])[0]


def stamped(start_response: StartResponse) -> StartResponse:
    """``start_response`` that marks the answer as ours and gives it Zoom's tracking id."""

    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        marks = [("X-Sandbox", "1"), ("x-zm-trackingid", f"v=2.0;clid=sandbox;rid=WEB_{uuid.uuid4().hex}")]
        return start_response(status, [*headers, *marks], *([exc_info] if exc_info else []))

    return start


def planned(fault: Fault) -> tuple[str, list[tuple[str, str]], bytes]:
    """The canned answer of a fault."""
    text = json.dumps(fault.body) if isinstance(fault.body, dict) else fault.body or ""
    kind = "application/json;charset=UTF-8" if isinstance(fault.body, dict) else "text/plain"
    body = text.encode()
    headers = [*fault.headers.items(), ("Content-Length", str(len(body)))]
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", kind))
    return f"{fault.status} Sandbox", headers, body


def collect(app: WSGIApp, environ: Environ) -> tuple[str, list[tuple[str, str]], bytes]:
    """Run the app to its end, so that all it does is done."""
    (status, headers), body = begin(app, environ)
    try:
        whole = b"".join(body)
    finally:
        getattr(body, "close", lambda: None)()
    return status, headers, whole


def begin(app: WSGIApp, environ: Environ) -> tuple[tuple[str, list[tuple[str, str]]], Iterable[bytes]]:
    """Run the app; its status and headers, and the body still to be read."""
    started: list[tuple[str, list[tuple[str, str]]]] = []
    body = app(environ, lambda status, headers, exc_info=None: started.append((status, headers)))
    return started[-1], body


def cut(body: bytes, length: int) -> Iterator[bytes]:
    """The beginning of a body, and then nothing: its declared length is not reached."""
    yield body[:length]
    raise ConnectionDropped("cut in the body")


def without(headers: list[tuple[str, str]], name: str) -> list[tuple[str, str]]:
    return [(key, value) for key, value in headers if key.lower() != name]
