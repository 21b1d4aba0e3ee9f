"""Pages of Zoom's websites: the Marketplace and deep links. The console is in ``console``."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from offline_zoom.errors import current_world

bp = Blueprint("pages", __name__)


@bp.before_app_request
def refuse_cross_site() -> ResponseReturnValue | None:
    """Refuse a POST from a page of another site."""
    foreign = request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site")
    return ("offline Zoom: not from another site", 403) if foreign and request.method == "POST" else None


@bp.post("/marketplace/add")
def add() -> ResponseReturnValue:
    """Add the app from the Marketplace: redirect to the callback with a code and without a state."""
    world = current_world()
    if not world.redirect_uris:
        return render_template("sandbox/error.html", message="The app has no redirect URI."), 400
    uri = world.redirect_uris[0]
    return redirect(f"{uri}{'&' if '?' in uri else '?'}{urlencode({'code': world.issue_code(world.me, uri)})}", 303)


@bp.get("/launch/<name>")
def launch(name: str) -> ResponseReturnValue:
    """The page of a deep link: opens the app in the client with the link's action."""
    world = current_world()
    if name not in world.deeplinks or world.now() >= world.deeplinks[name][2]:
        return render_template("sandbox/error.html", message="This link is older than five minutes."), 404
    return render_template("sandbox/launch.html", world=world, name=name, action=world.action_of(name))
