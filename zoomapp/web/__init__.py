"""Which blueprints there are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Flask

from zoomapp import deadline, logs, noted
from zoomapp.services import Services
from zoomapp.web import (
    batch,
    body,
    calls,
    connect,
    download,
    errors,
    files,
    frame,
    frontend,
    guard,
    handover,
    headers,
    health,
    info,
    lane,
    last_resort,
    live,
    meeting,
    meetings,
    oauth,
    observed,
    occurrences,
    overview,
    participants,
    person,
    proxy,
    recordings,
    schedule,
    settings,
    sighted,
    steps,
    styleguide,
    tools,
    webhook,
    zipped,
)
from zoomapp.web.sessions import SealedSessions


def init_app(app: Flask) -> None:
    parts: Services = app.extensions["zoomapp"]
    # Two slashes are two slashes: a redirect that folds them would break a meeting UUID.
    app.url_map.merge_slashes = False
    app.url_map.strict_slashes = False
    app.session_interface = sessions = SealedSessions(app, parts.redis, parts.ring)

    guard.init_app(app, parts.settings.public_url)
    body.init_app(app)
    headers.init_app(app, parts.settings)
    errors.init_app(app)
    steps.init_app(app)
    calls.init_app(app)
    # Told before the call log takes what was noted.
    observed.init_app(app, parts.settings.metrics_token)
    zipped.init_app(app)
    frame.init_app(app)
    for part in (health, observed, oauth, proxy, batch, frontend, webhook):
        app.register_blueprint(part.bp)
    for page in (
        overview,
        participants,
        person,
        live,
        sighted,
        files,
        handover,
        occurrences,
        meetings,
        meeting,
        schedule,
        recordings,
        download,
    ):
        app.register_blueprint(page.bp)
    for page in (connect, settings, info, tools, calls, styleguide):
        app.register_blueprint(page.bp)
    flask_app = app.wsgi_app

    def begin_and_answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Flask's WSGI app; a request begins before its session is read, so that every failure has its id."""
        if not lane.came_by(environ):
            begin_request()
        return flask_app(environ, start_response)

    front = lane.Lane(begin_and_answer, parts, sessions, begin_request)
    app.wsgi_app = last_resort.LastResort(front, parts.settings)  # type: ignore[method-assign]


def begin_request() -> None:
    """From here on this context is that of one request."""
    logs.begin()
    deadline.begin()
    noted.begin()
