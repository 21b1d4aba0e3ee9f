"""The last hundred Zoom calls of this session: saved after each request, and shown on a page for developers."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, render_template, session

from zoomapp.web.current_user import services, this_session, user_client
from zoomapp.zoom import call_trace

bp = Blueprint("calls", __name__)


@bp.get("/calls")
def show() -> str:
    """The calls, newest first."""
    calls = services().call_log.read(user_client().user_id, this_session().sid)
    return render_template("pages/calls.html", calls=calls)


def init_app(app: Flask) -> None:
    @app.after_request
    def save_calls(response: Response) -> Response:
        """Add the Zoom calls of this request to the log. They belong to a session, which is loaded already."""
        calls = call_trace.take_calls()
        if calls and "user_id" in session:
            services().call_log.add(session["user_id"], this_session().sid, calls)
        return response
