"""The way in and the way out, as pages."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from zoomapp.web.current import services, user_id

bp = Blueprint("connect", __name__)


@bp.get("/connect")
def show() -> ResponseReturnValue:
    """What connecting means, and the button."""
    if user_id() is not None:
        return redirect(url_for("overview.show"))
    # A script that began a sign-in just now comes with ``began``; its session must have come along.
    blocked = "began" in request.args and current_app.config["SESSION_COOKIE_NAME"] not in request.cookies
    return render_template("pages/connect.html", blocked=blocked, public_url=services().settings.public_url)


@bp.get("/disconnect")
def leave() -> str:
    """What disconnecting deletes, and the button."""
    return render_template("pages/disconnect.html")
