"""The way in and the way out, as pages."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from zoomapp.web.current_user import services, user_id

bp = Blueprint("connect", __name__)


@bp.get("/connect")
def show() -> ResponseReturnValue:
    """What connecting means, and the button."""
    if user_id() is not None:
        return redirect(url_for("overview.show"))
    # A script that began a sign-in just now comes with ``began``; its session must have come along.
    blocked = "began" in request.args and current_app.config["SESSION_COOKIE_NAME"] not in request.cookies
    public_url, done = services().settings.public_url, _left(request.args.get("left", ""))
    return render_template("pages/connect.html", blocked=blocked, public_url=public_url, done=done)


@bp.get("/disconnect")
def leave() -> str:
    """What disconnecting deletes, and the button."""
    return render_template("pages/disconnect.html")


def _left(how: str) -> tuple[str, str] | None:
    """What a person who left just now is told."""
    deleted = "What we kept of you is deleted."
    by_hand = "Zoom did not confirm that it took the permission back. Remove the app in the Zoom App Marketplace, too."
    return {
        "signed-out": ("You are signed out here", "The app stays connected with Zoom for the next time."),
        "disconnected": ("Disconnected from Zoom", deleted),
        "deleted": ("Disconnected here", f"{deleted} {by_hand}"),
    }.get(how)
