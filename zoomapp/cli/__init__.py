"""Commands for whoever runs the app: thin doors on what a view could also call."""

from __future__ import annotations

from flask import Flask

from zoomapp.cli import tokens


def init_app(app: Flask) -> None:
    for command in (tokens.group,):
        app.cli.add_command(command)
