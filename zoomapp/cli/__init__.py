"""Commands for whoever runs the app: thin doors on what a view could also call."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import FlaskGroup

from zoomapp.cli import tokens
from zoomapp.cli.doctor import doctor
from zoomapp.cli.manifest import print_manifest
from zoomapp.cli.scopes import scopes
from zoomapp.errors import ConfigError


def init_app(app: Flask) -> None:
    for command in (tokens.group, doctor, scopes, print_manifest):
        app.cli.add_command(command)


def asked_for() -> bool:
    """Whether one of our commands is looked for, rather than a server started."""
    context = click.get_current_context(silent=True)
    return context is not None and isinstance(context.command, FlaskGroup)


def unconfigured(error: ConfigError) -> Flask:
    """An app that serves nothing, so that the doctor can say what its settings lack."""
    app = Flask("zoomapp")
    app.extensions["zoomapp.config_error"] = error
    init_app(app)
    return app
