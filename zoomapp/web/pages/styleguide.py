"""Every macro in all its states, for whoever works on the pages: there only beside the sandbox."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, abort, render_template, request

from zoomapp.config import is_loopback
from zoomapp.web.current_user import services
from zoomapp.web.pages import styleguide_samples
from zoomapp.web.viewer import THEMES, now, theme

bp = Blueprint("styleguide", __name__)


@bp.get("/_styleguide")
def show() -> str:
    """``theme=dark`` and ``theme=light`` show it so, whatever the browser chose."""
    if not is_loopback(urlsplit(services().settings.zoom_host).hostname):
        abort(404)
    asked = request.args.get("theme", "")
    return render_template(
        "pages/styleguide.html",
        theme=asked if asked in THEMES else theme(),
        meetings=styleguide_samples.meetings(now()),
        recordings=styleguide_samples.recordings(now()),
        attendance=styleguide_samples.attendance(now()),
        troubles=styleguide_samples.troubles(now()),
        storage=styleguide_samples.STORAGE,
        faults={"topic": "Enter a topic", "date": "The start is in the past: choose 10:45 or later today"},
    )
