"""Help and privacy: what each permission is for, what is kept and for how long."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, render_template

from zoomapp.web.components.notice import in_classic_app
from zoomapp.web.current_user import services
from zoomapp.zoom.scopes import ALL

bp = Blueprint("info", __name__)


@bp.get("/help")
def help_page() -> str:
    """How the app works, each scope and its feature, what an admin sets up."""
    host = urlsplit(services().settings.public_url).netloc
    return render_template("pages/help.html", needs=ALL, classic=in_classic_app(), host=host)


@bp.get("/privacy")
def privacy() -> str:
    """What is kept of a person, where, and how it ends."""
    return render_template("pages/privacy.html", settings=services().settings)
