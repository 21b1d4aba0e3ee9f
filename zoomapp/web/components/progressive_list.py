"""Lists of many pages, a few seconds of asking at a time: the page says how far it is and asks again by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue

from zoomapp.store import key_names
from zoomapp.store.encrypted_records import PARTIAL_LIST
from zoomapp.web.current_user import came_by_link, services, user_client
from zoomapp.web.errors import prefers_html
from zoomapp.web.viewer import user_records
from zoomapp.zoom.pagination import Collected, collect

#: No request works on a list for much longer.
STEP_SECONDS = 2.0
#: Shorter than Zoom's page tokens live.
KEEP_SECONDS = PARTIAL_LIST.seconds


class ListIncomplete(Exception):
    """There is more to come: ``done`` pages of about ``total``."""

    def __init__(self, done: int, total: int) -> None:
        super().__init__(f"{done} of {total}")
        self.done = done
        self.total = total


def init_app(app: Flask) -> None:
    app.register_error_handler(ListIncomplete, show)


def load_all_rows(name: str, fetch: Callable[[str], Any], rows: str) -> Collected:
    """The list ``rows`` of every page that ``fetch`` gives. Raises StillReading where somebody looks at a page.

    ``name`` tells apart what a user reads. A script waits for all of it, as does a form, or a link that works once.
    """
    if request.method != "GET" or not prefers_html() or came_by_link():
        return collect(fetch, rows)
    who, digest, clock = user_client().user_id, key_names.digest(name), services().clock
    begun = user_records().load(who, PARTIAL_LIST, digest)
    ends_at = clock() + STEP_SECONDS
    found = collect(
        fetch, rows, begun=Collected(**begun) if isinstance(begun, dict) else None, enough=lambda: clock() > ends_at
    )
    if found.token:
        user_records().save(who, PARTIAL_LIST, asdict(found), KEEP_SECONDS, digest)
        raise ListIncomplete(found.pages, max(found.pages + 1, found.pages_in_all))
    if begun:
        user_records().delete(who, PARTIAL_LIST, digest)
    return found


def show(error: ListIncomplete) -> ResponseReturnValue:
    """How far it is."""
    return render_template("pages/reading.html", done=error.done, total=error.total), 200, {"Refresh": "1"}
