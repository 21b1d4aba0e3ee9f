"""Registers blueprints and middleware with the Flask app."""

from __future__ import annotations

from flask import Flask

from zoomapp.services import Services
from zoomapp.web import auth, batch, errors, health, one_time_links, proxy, webhook
from zoomapp.web.components import page_context, progressive_list
from zoomapp.web.frontend import build as frontend
from zoomapp.web.middleware import (
    access_log,
    browser_prefetch,
    compression,
    csrf,
    outermost,
    request_body,
    security_headers,
)
from zoomapp.web.middleware import proxy as proxy_middleware
from zoomapp.web.pages import page_blueprints
from zoomapp.web.sessions import EncryptedSessions


def init_app(app: Flask) -> None:
    parts: Services = app.extensions["zoomapp"]
    # Two slashes are two slashes: a redirect that folds them would break a meeting UUID.
    app.url_map.merge_slashes = False
    app.url_map.strict_slashes = False
    app.session_interface = sessions = EncryptedSessions(app, parts.redis, parts.key_ring, parts.clock)

    csrf.init_app(app, parts.settings.public_url)
    request_body.init_app(app)
    security_headers.init_app(app, parts.settings)
    errors.init_app(app)
    progressive_list.init_app(app)
    access_log.init_app(app, parts.settings.metrics_token)
    compression.init_app(app)
    page_context.init_app(app)
    browser_prefetch.init_app(app, parts.settings)
    for part in (health, access_log, auth, proxy, batch, frontend, webhook, one_time_links):
        app.register_blueprint(part.bp)
    for blueprint in page_blueprints():
        app.register_blueprint(blueprint)
    wsgi_app: proxy_middleware.App = app.wsgi_app
    if parts.settings.fast_path:
        wsgi_app = proxy_middleware.ProxyMiddleware(wsgi_app, parts, sessions)
    app.wsgi_app = outermost.OutermostMiddleware(wsgi_app, parts.settings)  # type: ignore[method-assign]
