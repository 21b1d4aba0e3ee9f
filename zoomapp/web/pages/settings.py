"""What a person may choose: zone, clock, theme, refresh, announcements."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from zoomapp import dates
from zoomapp.errors import NotAuthorized, NotSignedIn
from zoomapp.store import preferences
from zoomapp.store.preferences import Preferences
from zoomapp.web.components.page_context import done, say_done
from zoomapp.web.current_user import user_id
from zoomapp.web.viewer import THEMES, theme, user_records, viewer

bp = Blueprint("settings", __name__)


@bp.get("/settings")
def show() -> str:
    """The choices as they stand."""
    return _page(viewer().chosen, theme())


@bp.post("/settings")
def save() -> ResponseReturnValue:
    """Keep the choices, or say what is wrong with what was typed; what is not on a list's offer becomes the default."""
    if (who := user_id()) is None:
        raise NotSignedIn("settings belong to a user")
    given = request.form.to_dict()
    chosen = Preferences.of(given)
    if faults := preferences.faults(given):
        return _page(chosen, given.get("theme", ""), given.get("late_minutes", ""), faults), 422
    if not preferences.save(user_records(), who, chosen):
        raise NotAuthorized("no tokens kept")
    _keep_theme(given.get("theme", ""))
    say_done("Settings saved")
    return redirect(url_for("settings.show"), 303)


@bp.post("/settings/theme")
def switch_theme() -> ResponseReturnValue:
    """The switch in the footer: keep the theme and go back to where it was pressed."""
    _keep_theme(request.form.get("theme", ""))
    return redirect(own_path(request.form.get("back", "")), 303)


def own_path(address: str) -> str:
    """The address if it is a plain path of ours, else the start: nobody is sent elsewhere from here."""
    plain = address.startswith("/") and not address.startswith("//") and "\\" not in address and address.isprintable()
    return address if plain else url_for("overview.show")


def _page(chosen: Preferences, look: str, late: str | None = None, faults: dict[str, str] | None = None) -> str:
    """``look``: the theme; ``late``: what was typed for late after, if it is no number of minutes."""
    zones = [("", "As in my Zoom profile"), *((name, name) for name in dates.zone_choices())]
    return render_template(
        "pages/settings.html",
        chosen=chosen,
        look=look,
        late=chosen.late_minutes if late is None else late,
        faults=faults or {},
        zones=zones,
        done=done(),
    )


def _keep_theme(chosen: str) -> None:
    if chosen in (*THEMES, "automatic"):
        session["theme"] = chosen
