"""Loads all rows of a long list; a browser gets a progress page, which reloads itself, until the last row is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue

from zoomapp.user_api.long_lists import ListIncomplete, load_in_steps
from zoomapp.web.current_user import services, user_client, uses_one_time_link
from zoomapp.web.errors import prefers_html
from zoomapp.web.viewer import user_records
from zoomapp.zoom.pagination import Collected, collect


def init_app(app: Flask) -> None:
    app.register_error_handler(ListIncomplete, show)


def load_all_rows(name: str, fetch: Callable[[str], Any], rows: str) -> Collected:
    """The list ``rows`` of all pages that ``fetch`` gets for this request. Raises ListIncomplete if a page may wait.

    ``name`` identifies the list among those of this user.
    """
    if not may_show_progress():
        return collect(fetch, rows)
    return load_in_steps(user_records(), user_client().user_id, services().clock, name, fetch, rows)


def may_show_progress() -> bool:
    """Whether this request is for a page in a browser. Scripts, forms and one-time links get the whole list."""
    return request.method == "GET" and prefers_html() and not uses_one_time_link()


def show(error: ListIncomplete) -> ResponseReturnValue:
    """The progress page."""
    return render_template("pages/reading.html", done=error.done, total=error.total), 200, {"Refresh": "1"}
