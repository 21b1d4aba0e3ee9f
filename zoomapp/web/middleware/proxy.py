"""The short way of a proxied call: answered in front of Flask, which would cost as much again.

It does nothing of its own: the session, the guard, the relaying, the headers, the log line are those of Flask's way.
Whatever is not plain goes that way, and so does every failure, to be answered in the one place where failures are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from http import HTTPStatus
from typing import Any

from zoomapp import log_setup
from zoomapp.services import Services
from zoomapp.web.middleware import access_log, csrf, request_body, security_headers
from zoomapp.web.proxy import FAILURE, METHODS, ROUTE, relay
from zoomapp.web.sessions import EncryptedSessions
from zoomapp.zoom import call_trace
from zoomapp.zoom.request_target import PREFIX

App = Callable[[dict[str, Any], Any], Iterable[bytes]]

UNDER = f"{PREFIX}/v2/"
#: Where in the environ it is noted that a request came by here.
CAME_BY = "zoomapp.lane"
STATUS_LINES = {each.value: f"{each.value} {each.phrase}" for each in HTTPStatus}


class ProxyMiddleware:
    """In front of ``app``, Flask's own WSGI callable. ``begin``: what every request begins with."""

    def __init__(self, app: App, parts: Services, sessions: EncryptedSessions, begin: Callable[[], None]) -> None:
        self.app = app
        self._parts = parts
        self._sessions = sessions
        self._begin = begin
        self._always = [*security_headers.of_answers(parts.settings), ("Vary", "Cookie")]

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if not path.startswith(UNDER) or environ["REQUEST_METHOD"] not in METHODS:
            return self.app(environ, start_response)
        self._begin()
        environ[CAME_BY] = True
        session = self._sessions.load(path, environ)
        if session.modified:  # it is to be renewed, which takes a cookie
            return self.app(environ, start_response)
        try:
            csrf.refuse_cross_site(path, environ, self._parts.settings.public_url)
            relayed = relay(self._parts, session, environ)
        except Exception as failure:
            environ[FAILURE] = failure
            return self.app(environ, start_response)
        request_body.release(environ)
        line = STATUS_LINES.get(relayed.status) or f"{relayed.status} Unknown"
        told = [*relayed.headers.items(), *self._always, ("X-Request-Id", log_setup.request_id.get())]
        start_response(line, told)
        user_id, calls = session["user_id"], call_trace.take_calls()
        if calls:
            self._parts.call_log.add(user_id, session.sid, calls)
        tell = partial(
            access_log.tell,
            environ["REQUEST_METHOD"],
            ROUTE,
            relayed.status,
            user_id,
            calls,
            log_setup.elapsed_seconds(),
        )
        return _then(relayed.body, tell)


def _then(body: bytes | Iterable[bytes], tell: Callable[[], None]) -> Iterator[bytes]:
    """The body; once it is sent, nobody waits for the line about it. One in pieces lets go of Zoom itself."""
    try:
        if isinstance(body, bytes):
            yield body
        else:
            yield from body
    finally:
        tell()


def came_by(environ: dict[str, Any]) -> bool:
    """Whether this request has begun already."""
    return CAME_BY in environ
