"""Loads all rows of a long list; a browser gets a progress page, which reloads itself, until the last row is there."""

from __future__ import annotations

from flask import Flask, render_template
from flask.typing import ResponseReturnValue

from zoomapp.user_api.long_lists import ListIncomplete


def init_app(app: Flask) -> None:
    app.register_error_handler(ListIncomplete, show)


def show(error: ListIncomplete) -> ResponseReturnValue:
    """The progress page."""
    return render_template("pages/reading.html", done=error.done, total=error.total), 200, {"Refresh": "1"}
