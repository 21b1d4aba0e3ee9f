"""The sandbox's own pages: what it is now, what goes wrong, the way into the app."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from offline_zoom.dates import iso
from offline_zoom.errors import current_world
from offline_zoom.faults import PRESETS
from offline_zoom.stories import STORIES

bp = Blueprint("pages", __name__)


@bp.before_app_request
def ours_only() -> ResponseReturnValue | None:
    """A form on somebody else's page changes nothing here."""
    foreign = request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site")
    return ("sandbox: not from another site", 403) if foreign and request.method == "POST" else None


@bp.get("/")
def index() -> str:
    """Which story is told, who is signed in, and where to go."""
    world = current_world()
    return render_template("sandbox/index.html", world=world, stories=STORIES, now=iso(world.now()))


@bp.post("/")
def change() -> Response:
    """Tell another story, be somebody else, let time pass, answer the consent page by itself."""
    world, form = current_world(), request.form
    if form.get("story") in STORIES:
        world.tell(form["story"])
    if form.get("user") in world.users:
        world.sign_in_as(form["user"])
        world.save()
    if form.get("consent"):
        world.switches.auto_consent = form["consent"] == "auto"
    world.tick(form.get("minutes", 0.0, float) * 60)
    return home()


@bp.get("/faults")
def faults() -> str:
    """What is planned to go wrong."""
    return render_template("sandbox/faults.html", world=current_world(), presets=PRESETS)


@bp.post("/faults")
def plan_fault() -> Response:
    """Plan one by name, clear all, or hurt the tokens."""
    world, form = current_world(), request.form
    hurts: dict[str, Any] = {
        "clear": world.faults.clear,
        "expire-access": world.expire_access_tokens,
        "revoke-access": world.revoke_access_tokens,
        "expire-refresh": world.expire_refresh_tokens,
        "deauthorize": lambda: world.deauthorize(world.me),
    }
    if form.get("do") in hurts:
        hurts[form["do"]]()
    if form.get("preset") in PRESETS:
        world.faults.add(
            form["preset"], count=form.get("count", 1, int), **({"route": form["route"]} if form.get("route") else {})
        )
    return redirect("/faults", 303)  # type: ignore[return-value]


@bp.post("/marketplace/add")
def add() -> ResponseReturnValue:
    """Added from the Marketplace: straight to the callback, with a code and no state."""
    world = current_world()
    if not world.redirect_uris:
        return render_template("sandbox/error.html", message="The app has no redirect URI."), 400
    uri = world.redirect_uris[0]
    return redirect(f"{uri}{'&' if '?' in uri else '?'}{urlencode({'code': world.issue_code(world.me, uri)})}", 303)


@bp.get("/launch/<name>")
def launch(name: str) -> ResponseReturnValue:
    """Where a deep link leads: the client opens the app with the link's action."""
    world = current_world()
    if name not in world.deeplinks or world.now() >= world.deeplinks[name][2]:
        return render_template("sandbox/error.html", message="This link is older than five minutes."), 404
    return render_template("sandbox/launch.html", world=world, name=name, action=world.action_of(name))


def home() -> Response:
    return redirect("/", 303)  # type: ignore[return-value]
