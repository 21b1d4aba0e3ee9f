"""Which blueprints there are."""

from __future__ import annotations

import secrets

from flask import Flask

from zoomapp import deadline, logs
from zoomapp.services import Services
from zoomapp.web import (
    batch,
    calls,
    connect,
    download,
    errors,
    files,
    frame,
    frontend,
    guard,
    headers,
    health,
    info,
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
    app.session_interface = SealedSessions(app, parts.redis, parts.ring)

    @app.before_request
    def begin() -> None:
        logs.request_id.set(secrets.token_hex(8))
        deadline.begin()
        observed.begin()

    guard.init_app(app, parts.settings.public_url)
    headers.init_app(app, parts.settings)
    errors.init_app(app)
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
