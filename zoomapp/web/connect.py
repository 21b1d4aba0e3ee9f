"""The way in and the way out, as pages."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from zoomapp.web.current import user_id

bp = Blueprint("connect", __name__)


@bp.get("/connect")
def show() -> ResponseReturnValue:
    """What connecting means, and the button."""
    if user_id() is not None:
        return redirect(url_for("overview.show"))
    return render_template("pages/connect.html", error=None)


@bp.get("/disconnect")
def leave() -> str:
    """What disconnecting deletes, and the button."""
    return render_template("pages/disconnect.html")
