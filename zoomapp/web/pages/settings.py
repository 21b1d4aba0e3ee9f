"""The settings page: time zone, date formats, clock, theme, refresh and announcements."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from zoomapp import dates
from zoomapp.errors import NotAuthorized, NotSignedIn
from zoomapp.regions import REGIONS, DateFormats
from zoomapp.store import preferences
from zoomapp.store.preferences import Preferences
from zoomapp.web.components.page_context import done, say_done
from zoomapp.web.current_user import user_id
from zoomapp.web.return_path import own_path
from zoomapp.web.viewer import THEMES, now, theme, user_records, viewer

bp = Blueprint("settings", __name__)


@bp.get("/settings")
def show() -> str:
    """The form with the current settings."""
    return _page(viewer().chosen, theme(), viewer().chosen.late_minutes)


@bp.post("/settings")
def save() -> ResponseReturnValue:
    """Save the settings, or show what is wrong with them."""
    if (current_user_id := user_id()) is None:
        raise NotSignedIn("settings belong to a user")
    form = request.form.to_dict()
    chosen = Preferences.parse(form)
    if faults := preferences.faults(form):
        return _page(chosen, form.get("theme", ""), form.get("late_minutes", ""), faults), 422
    if not preferences.save(user_records(), current_user_id, chosen):
        raise NotAuthorized("no tokens stored")
    _save_theme(form.get("theme", ""))
    say_done("Settings saved")
    return redirect(url_for("settings.show"), 303)


@bp.post("/settings/theme")
def switch_theme() -> ResponseReturnValue:
    """The theme switch in the footer: save the theme and return to the page it was on."""
    _save_theme(request.form.get("theme", ""))
    return redirect(own_path(request.form.get("back", "")) or url_for("overview.show"), 303)


def _page(chosen: Preferences, theme: str, late_minutes: int | str, faults: dict[str, str] | None = None) -> str:
    """The form. ``late_minutes`` is the text as typed if it is not valid."""
    zones = [("", "Same as Zoom profile"), *((name, name) for name in dates.zone_choices())]
    return render_template(
        "pages/settings.html",
        chosen=chosen,
        chosen_theme=theme,
        late_minutes=late_minutes,
        faults=faults or {},
        zones=zones,
        regions=_regions(),
        done=done(),
    )


def _regions() -> list[tuple[str, str]]:
    """The choices of a region, each with an example."""
    sample = now()
    names = [(region, f"{name} ({DateFormats(region).short_day(sample.date())})") for region, name in REGIONS.items()]
    return [("", "Same as Zoom profile"), *names]


def _save_theme(chosen: str) -> None:
    if chosen in (*THEMES, "automatic"):
        session["theme"] = chosen
