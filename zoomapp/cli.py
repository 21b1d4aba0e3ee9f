"""Commands for whoever runs the app: thin doors on what a view could also call."""

from __future__ import annotations

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from zoomapp.services import Services

tokens = AppGroup("tokens", help="What is kept of users.")


def init_app(app: Flask) -> None:
    app.cli.add_command(tokens)


@tokens.command("forget")
@click.argument("user_id")
def forget(user_id: str) -> None:
    """Forget the tokens of USER_ID; that person authorizes again."""
    parts: Services = current_app.extensions["zoomapp"]
    if not parts.tokens.forget(user_id):
        raise click.ClickException(f"no tokens are kept for {user_id}")
    click.echo(f"Forgot the tokens of {user_id}.")
