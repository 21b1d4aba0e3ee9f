"""Commands for operators: `flask tokens`, `flask doctor`, `flask scopes`, `flask manifest`, `flask webhooks`,
`flask dossier`, `flask verify`."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import AppGroup, FlaskGroup
from werkzeug.utils import import_string

from zoomapp.errors import ConfigError

COMMANDS = {
    "tokens": "zoomapp.cli.tokens:group",
    "doctor": "zoomapp.cli.doctor:doctor",
    "dossier": "zoomapp.cli.dossier:dossier",
    "scopes": "zoomapp.cli.scopes:scopes",
    "manifest": "zoomapp.cli.manifest:print_manifest",
    "webhooks": "zoomapp.cli.webhooks:webhooks",
    "verify": "zoomapp.cli.verify:verify_command",
}


class Commands(AppGroup):
    """The app's commands beside Flask's. Each is imported when it is used, so a server that starts imports none."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *COMMANDS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in COMMANDS:
            command: click.Command = import_string(COMMANDS[cmd_name])
            return command
        return super().get_command(ctx, cmd_name)


def init_app(app: Flask) -> None:
    app.cli = Commands(app.name)


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
