"""The style guide: every template macro in all its states. It exists only with an offline Zoom."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, abort, render_template, request

from zoomapp.config import is_loopback
from zoomapp.web.components.report_view import NoShow
from zoomapp.web.current_user import services
from zoomapp.web.pages import styleguide_samples
from zoomapp.web.viewer import THEMES, now, theme

bp = Blueprint("styleguide", __name__)


@bp.get("/_styleguide")
def show() -> str:
    """The style guide. ``theme=dark`` and ``theme=light`` override the theme of the browser."""
    if not is_loopback(urlsplit(services().settings.zoom_host).hostname):
        abort(404)
    chosen = request.args.get("theme", "")
    return render_template(
        "pages/styleguide.html",
        theme=chosen if chosen in THEMES else theme(),
        meetings=styleguide_samples.meetings(now()),
        recordings=styleguide_samples.recordings(now()),
        attendance=styleguide_samples.attendance(now()),
        no_shows=[NoShow("Amara Diallo", "amara@northwind.example")],
        notices=styleguide_samples.notices(now()),
        storage=styleguide_samples.STORAGE,
        sentence=styleguide_samples.SENTENCE,
        filters=styleguide_samples.filters(),
        faults={"topic": "Enter a topic", "date": "The start is in the past: choose 10:45 or later today"},
    )
