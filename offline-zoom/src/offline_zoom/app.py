"""Creates the Flask app of the offline Zoom."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue

from offline_zoom import control_api, pages, rest
from offline_zoom.client_window import views as client_window
from offline_zoom.console import views as console
from offline_zoom.errors import ZoomError
from offline_zoom.oauth import views as oauth
from offline_zoom.recordings import downloads
from offline_zoom.serving.fault_middleware import FaultMiddleware
from offline_zoom.world import World


def create_app(world: World) -> Flask:
    """The Flask app that serves one world."""
    app = Flask(
        "offline_zoom", root_path=str(Path(__file__).parent), static_folder="assets", static_url_path="/_sandbox/assets"
    )
    app.extensions["world"] = world
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.url_map.merge_slashes = False
    for part in (oauth, rest, downloads, console, pages, control_api, client_window):
        app.register_blueprint(part.bp)
    app.before_request(check_api)
    app.after_request(rest.with_rate_headers)
    app.register_error_handler(ZoomError, zoom_error)
    app.wsgi_app = FaultMiddleware(app.wsgi_app, world)  # type: ignore[method-assign]
    return app


def check_api() -> None:
    """Check every request below ``/v2``, also for unknown paths."""
    if request.path.startswith("/v2/"):
        rest.check()


def zoom_error(error: ZoomError) -> ResponseReturnValue:
    """The JSON error response of a ``ZoomError``."""
    return jsonify(error.body), error.status, error.headers
