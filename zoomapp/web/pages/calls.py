"""The last hundred Zoom calls of this session, on a page for developers."""

from __future__ import annotations

from flask import Blueprint, render_template

from zoomapp.web.current_user import services, this_session, user_client

bp = Blueprint("calls", __name__)


@bp.get("/calls")
def show() -> str:
    """The calls, newest first."""
    calls = services().call_log.read(user_client().user_id, this_session().sid)
    return render_template("pages/calls.html", calls=calls)
