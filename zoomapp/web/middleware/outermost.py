"""The outermost WSGI middleware: starts each request, and returns 500 for an exception that Flask did not handle."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from markupsafe import escape

from zoomapp import deadline, log_setup
from zoomapp.config import Settings
from zoomapp.errors import ZoomAppError
from zoomapp.web.middleware import security_headers
from zoomapp.zoom import call_trace

log = logging.getLogger(__name__)

WsgiApp = Callable[[dict[str, Any], Any], Iterable[bytes]]
Fields = list[tuple[str, str]]

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title} · {app_name}</title>
</head>
<body>
<main id="main">
<h1>{title}</h1>
<p>{message}</p>
<p><a href="/">Back to the overview</a></p>
<p>Reference <b>{reference}</b></p>
</main>
</body>
</html>
"""


def plain_page(error: ZoomAppError, app_name: str, reference: str) -> str:
    """An error page that needs no template, no session, no store and no Zoom."""
    words = {"title": error.title, "message": error.message, "app_name": app_name, "reference": reference}
    return PAGE.format_map({name: escape(value) for name, value in words.items()})


def begin_request(traceparent: str = "") -> None:
    """Give this context's request its id and its deadline, and start the trace of its calls to Zoom."""
    log_setup.start_request(traceparent)
    deadline.start()
    call_trace.start()


class OutermostMiddleware:
    """Begins each request, before its session is read, so that every failure has the request's id.

    Answers 500 with a reference when ``app`` raises, also inside the error page. Completes the header fields of every
    5xx response: Flask leaves some out when an ``after_request`` function fails.
    """

    def __init__(self, app: WsgiApp, settings: Settings) -> None:
        self.app = app
        self._app_name = settings.app_name
        self._headers = security_headers.of_answers(settings)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        begin_request(environ.get("HTTP_TRACEPARENT", ""))
        started = False

        def start(status: str, fields: Fields, exc_info: Any = None) -> Any:
            nonlocal started
            started = True
            return start_response(status, self._complete(fields) if status[0] == "5" else fields, exc_info)

        try:
            return self.app(environ, start)
        except Exception as failure:
            log.error("unexpected failure", exc_info=(type(failure), failure, failure.__traceback__))
            kind, body = self._body(environ.get("HTTP_ACCEPT", ""))
            fields = [("Content-Type", kind), ("Content-Length", str(len(body)))]
            # If the head of another response was already sent, the server raises the exception again (PEP 3333).
            start("500 Internal Server Error", fields, sys.exc_info() if started else None)
            return [] if environ.get("REQUEST_METHOD") == "HEAD" else [body]

    def _complete(self, fields: Fields) -> Fields:
        present = {name.lower() for name, _ in fields}
        required = (*self._headers, ("X-Request-Id", log_setup.request_id.get()))
        return [*fields, *(field for field in required if field[0].lower() not in present)]

    def _body(self, accept: str) -> tuple[str, bytes]:
        error, reference = ZoomAppError(), log_setup.request_id.get()
        if "text/html" in accept:
            return "text/html; charset=utf-8", plain_page(error, self._app_name, reference).encode()
        return "application/json", msgspec.json.encode(error.body(reference))
