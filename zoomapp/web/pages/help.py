"""The help page, with each Zoom permission and its use, and the privacy page."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, render_template

from zoomapp.store.encrypted_records import privacy_notes
from zoomapp.web.components.notice import in_classic_app
from zoomapp.web.current_user import services
from zoomapp.zoom.endpoints import IN_USE

bp = Blueprint("info", __name__)


@bp.get("/help")
def help_page() -> str:
    """How the app works, what each scope is for, and what an admin sets up."""
    settings = services().settings
    host, has_account = urlsplit(settings.public_url).netloc, bool(settings.zoom_account_id)
    classic = in_classic_app()
    return render_template("pages/help.html", needs=IN_USE, classic=classic, host=host, has_account=has_account)


@bp.get("/privacy")
def privacy() -> str:
    """The privacy page: what the app stores, for how long, and how it ends."""
    notes = privacy_notes(services().settings)
    return render_template("pages/privacy.html", notes=notes)
