"""The offline Zoom's own pages: story, faults, Marketplace, deep links."""

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
def refuse_cross_site() -> ResponseReturnValue | None:
    """Refuse a POST from a page of another site."""
    foreign = request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site")
    return ("offline Zoom: not from another site", 403) if foreign and request.method == "POST" else None


@bp.get("/")
def index() -> str:
    """The start page: the story, who is signed in, links."""
    world = current_world()
    return render_template("sandbox/index.html", world=world, stories=STORIES, now=iso(world.now()))


@bp.post("/")
def change() -> ResponseReturnValue:
    """Load another story, sign in another user, let time pass, or set the consent page."""
    world, form = current_world(), request.form
    try:
        world.tick(form.get("minutes", 0.0, float) * 60)
    except ValueError:
        return render_template("sandbox/error.html", message="That is too much time."), 400
    if form.get("story") in STORIES:
        world.load_story(form["story"])
    if form.get("user") in world.users:
        world.sign_in_as(form["user"])
        world.save()
    if form.get("consent"):
        world.switches.auto_consent = form["consent"] == "auto"
    return home()


@bp.get("/faults")
def faults() -> str:
    """The list of planned faults."""
    return render_template("sandbox/faults.html", world=current_world(), presets=PRESETS)


@bp.post("/faults")
def plan_fault() -> Response:
    """Add a preset fault, clear all faults, or expire tokens."""
    world, form = current_world(), request.form
    actions: dict[str, Any] = {
        "clear": world.faults.clear,
        "expire-access": world.expire_access_tokens,
        "revoke-access": world.revoke_access_tokens,
        "expire-refresh": world.expire_refresh_tokens,
        "deauthorize": lambda: world.deauthorize(world.me),
    }
    if form.get("do") in actions:
        actions[form["do"]]()
    if form.get("preset") in PRESETS:
        world.faults.add(
            form["preset"], count=form.get("count", 1, int), **({"route": form["route"]} if form.get("route") else {})
        )
    return redirect("/faults", 303)  # type: ignore[return-value]


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


def home() -> Response:
    return redirect("/", 303)  # type: ignore[return-value]
