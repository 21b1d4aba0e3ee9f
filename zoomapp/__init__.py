"""A Zoom App: sign-in, tokens, the API proxy, and pages for participants, meetings and recordings."""

from __future__ import annotations

import os

from flask import Flask

from zoomapp import cli, log_setup, services, web
from zoomapp.config import Settings


class App(Flask):
    """Flask without what this app does not need."""

    def log_exception(self, exc_info: object) -> None:
        """Nothing: ``web.errors`` logs it, without the address that Flask's own line would hold."""


def create_app(parts: services.Services | None = None) -> Flask:
    """Assemble the app: from ``parts``, or else from the environment.

    Raises ConfigError when the environment is incomplete.
    """
    parts = parts or services.build(Settings.from_env(os.environ))
    app = App(__name__, template_folder="../templates", static_folder="../static")
    app.config.from_mapping(parts.flask_config)
    app.extensions["zoomapp"] = parts
    log_setup.configure(parts.settings.log_level)
    web.init_app(app)
    cli.init_app(app)
    return app
