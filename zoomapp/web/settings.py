"""What a person may choose: zone, clock, theme, refresh, announcements."""

from __future__ import annotations

from dataclasses import replace
from gettext import gettext as _

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from zoomapp import preferences, times
from zoomapp.errors import NotSignedIn
from zoomapp.preferences import Preferences
from zoomapp.web.current import user_id
from zoomapp.web.frame import done, say_done
from zoomapp.web.viewer import THEMES, kept, viewer

bp = Blueprint("settings", __name__)


@bp.get("/settings")
def show() -> str:
    """The choices as they stand."""
    chosen = viewer().chosen
    zones = [("", _("As in my Zoom profile")), *((name, name) for name in times.zone_choices())]
    return render_template("pages/settings.html", chosen=chosen, zones=zones, done=done())


@bp.post("/settings")
def save() -> ResponseReturnValue:
    """Keep the choices; a value that is not on offer becomes the default."""
    if (who := user_id()) is None:
        raise NotSignedIn("settings belong to a user")
    chosen = Preferences.of(request.form.to_dict())
    preferences.save(kept(), who, replace(chosen, hour12=request.form.get("hour12") == "12"))
    _keep_theme(request.form.get("theme", ""))
    say_done(_("Settings saved"))
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


def _keep_theme(theme: str) -> None:
    if theme in (*THEMES, "automatic"):
        session["theme"] = theme
