"""Which blueprints there are."""

from __future__ import annotations

from flask import Flask, request

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

    @app.before_request
    def begin() -> None:
        if not lane.came_by(request.environ):
            begin_request()

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
    app.wsgi_app = lane.Lane(app.wsgi_app, parts, sessions, begin_request)  # type: ignore[method-assign]


def begin_request() -> None:
    """From here on this context is that of one request."""
    logs.begin()
    deadline.begin()
    noted.begin()
