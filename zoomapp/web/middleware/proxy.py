"""WSGI middleware that serves proxied API calls without Flask's request machinery, which costs as much as the call.

It uses the same functions as Flask's route (``web/proxy.py``) for session, CSRF check, relaying, headers and log line.
A call that needs more, and every failure, goes on to Flask. ``FAST_PATH=0`` leaves this middleware out.
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
STATUS_LINES = {each.value: f"{each.value} {each.phrase}" for each in HTTPStatus}


class ProxyMiddleware:
    """Serves proxied calls, and passes other requests to ``app``."""

    def __init__(self, app: App, parts: Services, sessions: EncryptedSessions) -> None:
        self.app = app
        self._parts = parts
        self._sessions = sessions
        self._always = [*security_headers.of_answers(parts.settings), ("Vary", "Cookie")]

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if not path.startswith(UNDER) or environ["REQUEST_METHOD"] not in METHODS:
            return self.app(environ, start_response)
        session = self._sessions.load(path, environ)
        if session.modified:  # it must be renewed, which needs a cookie
            return self.app(environ, start_response)
        try:
            csrf.refuse_cross_site(path, environ, self._parts.settings.public_url)
            relayed = relay(self._parts, session, environ)
        except Exception as failure:
            environ[FAILURE] = failure
            return self.app(environ, start_response)
        request_body.release(environ)
        line = STATUS_LINES.get(relayed.status) or f"{relayed.status} Unknown"
        fields = [*relayed.headers.items(), *self._always, ("X-Request-Id", log_setup.request_id.get())]
        start_response(line, fields)
        user_id, calls = session["user_id"], call_trace.take_calls()
        if calls:
            self._parts.call_log.add(user_id, session.sid, calls)
        record = partial(
            access_log.record_request,
            environ["REQUEST_METHOD"],
            ROUTE,
            relayed.status,
            user_id,
            calls,
            log_setup.elapsed_seconds(),
        )
        return _with_callback(relayed.body, record)


def _with_callback(body: bytes | Iterable[bytes], callback: Callable[[], None]) -> Iterator[bytes]:
    """The body; ``callback`` is called after it was sent, so that the client does not wait for the log line."""
    try:
        if isinstance(body, bytes):
            yield body
        else:
            yield from body
    finally:
        callback()
