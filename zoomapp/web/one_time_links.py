"""One-time links: a file's own address plus ``?once=…``, which makes one request act as the user who created it.

Zoom's client cannot save a download, so the app opens the link in the system browser, which has no session here.
"""

from __future__ import annotations

from urllib.parse import unquote

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from zoomapp.errors import BadRequest
from zoomapp.store.one_time_links import OneTimeLinks
from zoomapp.web.components.notice import Notice
from zoomapp.web.current_user import act_as_link_user, services, user_client
from zoomapp.web.middleware.request_json import json_object

bp = Blueprint("one_time_links", __name__)

#: The endpoints that a link can be for. They answer with a file and change nothing.
FILE_ENDPOINTS = frozenset({"files.show", "recordings.spreadsheet", "download.send", "meeting.calendar", "own.record"})


@bp.post("/files")
def create_link() -> ResponseReturnValue:
    """Create a link to a file: {"address": …} → {"url": …}. It works once, within a minute."""
    user_id = user_client().user_id
    path, _, query = str(json_object().get("address", "")).partition("?")
    if not _is_file(unquote(path)):
        raise BadRequest("not the address of a file")
    secret = _links().create(user_id, f"{unquote(path)}?{query}")
    query = f"{query}&once={secret}" if query else f"once={secret}"
    return {"url": f"{services().settings.public_url}{path}?{query}"}


@bp.before_app_request
def use_link() -> ResponseReturnValue | None:
    """Let a request with a valid ``once`` act as the user who created the link."""
    secret = request.args.get("once")
    if secret is None or request.endpoint not in FILE_ENDPOINTS:
        return None
    query = request.query_string.decode(errors="replace").removesuffix(f"once={secret}").removesuffix("&")
    # Some browsers and scanners send HEAD before GET. That must not use the link up.
    user_id = _links().redeem(secret, f"{request.path}?{query}") if request.method == "GET" else None
    if user_id is None:
        text = "It works once, and for a minute. Ask for a new one in Zoom."
        notice = Notice("info", "info", "This link was used or has expired", text)
        return render_template("pages/trouble.html", title="Download", notice=notice), 410
    act_as_link_user(user_id)
    return None


def _is_file(path: str) -> bool:
    """Whether the path is one of the files that a link can be for."""
    try:
        endpoint, _values = current_app.url_map.bind("").match(path, method="GET")
    except HTTPException:
        return False
    return endpoint in FILE_ENDPOINTS


def _links() -> OneTimeLinks:
    return services().one_time_links
