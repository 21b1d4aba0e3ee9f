"""What this session asked of Zoom, for developers: its last hundred calls, through the proxy and for pages."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, render_template, session

from zoomapp.web.current_user import services, this_session, user_client
from zoomapp.zoom import call_trace

bp = Blueprint("calls", __name__)


@bp.get("/calls")
def show() -> str:
    """The log, newest first."""
    who = user_client().user_id
    return render_template("pages/calls.html", calls=services().call_log.read(who, _session_id()))


def init_app(app: Flask) -> None:
    @app.after_request
    def keep(response: Response) -> Response:
        """Whoever called Zoom has a session that was read already."""
        calls = call_trace.take_calls()
        if calls and "user_id" in session:
            services().call_log.add(session["user_id"], _session_id(), calls)
        return response


def _session_id() -> str:
    sid: str = this_session().sid
    return sid
