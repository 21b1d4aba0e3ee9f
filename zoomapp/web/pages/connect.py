"""The pages to connect with Zoom and to disconnect."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from zoomapp.web.current_user import services, user_id

bp = Blueprint("connect", __name__)

DELETED = "Your data is deleted."
#: What the page says after signing out or disconnecting, by the ``left`` argument of its address.
GOODBYE = {
    "signed-out": ("You’re signed out on this device", "The app stays connected to Zoom."),
    "disconnected": ("Disconnected from Zoom", DELETED),
    "deleted": (
        "Disconnected on our side",
        f"{DELETED} Zoom did not confirm that access was revoked. Also remove the app in the Zoom App Marketplace.",
    ),
}


@bp.get("/connect")
def show() -> ResponseReturnValue:
    """The page that explains what connecting means, with the button."""
    if user_id() is not None:
        return redirect(url_for("overview.show"))
    # A script that just started a sign-in adds ``began``. The browser must have sent the session cookie then.
    blocked = "began" in request.args and current_app.config["SESSION_COOKIE_NAME"] not in request.cookies
    return render_template(
        "pages/connect.html",
        blocked=blocked,
        public_url=services().settings.public_url,
        done=GOODBYE.get(request.args.get("left", "")),
    )


@bp.get("/disconnect")
def leave() -> str:
    """The page that says what a disconnect deletes, with the button."""
    return render_template("pages/disconnect.html")
