"""Any file of ours for the system browser, which knows nobody here: by a link that works once."""

from __future__ import annotations

from urllib.parse import unquote

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from zoomapp.errors import BadRequest
from zoomapp.store.one_time_links import OneTimeLinks
from zoomapp.web.components.notice import Notice
from zoomapp.web.current_user import act_by_link, services, user_client
from zoomapp.web.middleware.request_json import json_object

bp = Blueprint("handover", __name__)

#: What a link may fetch: these answer with a file, and change nothing.
FILES = frozenset({"files.show", "recordings.spreadsheet", "download.one_file", "meeting.calendar"})


@bp.post("/files")
def hand_over() -> ResponseReturnValue:
    """A link to one of our files for a browser that nobody is signed in to: good once, for a minute."""
    who = user_client().user_id
    path, _mark, query = str(json_object().get("address", "")).partition("?")
    if not _is_file(unquote(path)):
        raise BadRequest("not the address of a file")
    secret = _handed().create(who, f"{unquote(path)}?{query}")
    query = f"{query}&once={secret}" if query else f"once={secret}"
    return {"url": f"{services().settings.public_url}{path}?{query}"}


@bp.before_app_request
def by_link() -> ResponseReturnValue | None:
    """Whoever has the link gets the file, as the person who left it would."""
    secret = request.args.get("once")
    if secret is None or request.endpoint not in FILES:
        return None
    query = request.query_string.decode(errors="replace").removesuffix(f"once={secret}").removesuffix("&")
    # What only looks at an address first, as some browsers and scanners do, must not use it up.
    who = _handed().redeem(secret, f"{request.path}?{query}") if request.method == "GET" else None
    if who is None:
        words = "It works once, and for a minute. Ask for a new one in Zoom."
        notice = Notice("info", "info", "This link was used, or is too old", words)
        return render_template("pages/trouble.html", title="Download", notice=notice), 410
    act_by_link(who)
    return None


def _is_file(path: str) -> bool:
    try:
        endpoint, _values = current_app.url_map.bind("").match(path, method="GET")
    except HTTPException:
        return False
    return endpoint in FILES


def _handed() -> OneTimeLinks:
    return OneTimeLinks(services().redis, services().key_ring)
