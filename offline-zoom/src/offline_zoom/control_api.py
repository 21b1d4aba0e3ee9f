"""The control API for tests in other processes: JSON below ``/_sandbox``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from offline_zoom.errors import current_world
from offline_zoom.faults import PRESETS, Fault
from offline_zoom.har import har
from offline_zoom.oddities import ODDITIES
from offline_zoom.request_json import json_object
from offline_zoom.seed.export import export, story_of
from offline_zoom.stories import STORIES

bp = Blueprint("control", __name__, url_prefix="/_sandbox")
JSON = dict[str, Any]


@bp.errorhandler(ValueError)
@bp.errorhandler(KeyError)
@bp.errorhandler(TypeError)
@bp.errorhandler(OverflowError)
def bad_request(error: Exception) -> ResponseReturnValue:
    """A 400 response for an unknown name or a wrong value."""
    return {"error": str(error)}, 400


@bp.get("/")
def state() -> JSON:
    """A summary of the world."""
    world = current_world()
    return {
        "story": world.story,
        "now": world.now(),
        "me": world.me.key,
        "users": {
            user.key: {"id": user.id, "email": user.email, "account_id": user.account_id}
            for user in world.users.values()
        },
        "meetings": len(world.meetings),
        "live": [instance.meeting_id for instance in world.instances.values() if instance.live(world.now())],
        "grants": [world.users[user_id].key for user_id in world.grants.by_user],
        "calls": world.calls.total,
        "faults": len(world.faults),
    }


@bp.get("/faults")
def list_faults() -> JSON:
    """The planned faults, and the names of the presets."""
    faults = current_world().faults
    return {
        "faults": [fault.as_json() for fault in faults],
        "of_story": [fault.as_json() for fault in faults.of_story],
        "presets": PRESETS,
        "oddities": list(ODDITIES),
    }


@bp.post("/faults")
def add_fault() -> ResponseReturnValue:
    """Add a fault: its fields, or a ``preset`` and the fields that differ from it."""
    body = json_object()
    name = body.pop("preset", None)
    if name is not None and not isinstance(name, str):
        raise ValueError("preset must be a text")
    fault = current_world().faults.add(name, **body) if name else current_world().faults.add(Fault.from_json(body))
    return fault.as_json(), 201


@bp.delete("/faults")
def clear_faults() -> JSON:
    """Remove all faults."""
    current_world().faults.clear()
    return {"faults": []}


@bp.get("/calls")
def list_calls() -> JSON:
    """The calls of a ``route`` (``GET /v2/users/*``), newest last, without header values."""
    found = current_world().calls.matching(request.args.get("route", "* **"))
    shown = found[max(0, len(found) - max(0, request.args.get("last", 100, int))) :]
    return {"count": len(found), "calls": [call.as_json() for call in shown]}


@bp.get("/calls.har")
def calls_as_har() -> JSON:
    """The calls of a ``route`` as an HTTP archive (HAR 1.2), without secrets and bodies."""
    return har(current_world().calls.matching(request.args.get("route", "* **")))


@bp.delete("/calls")
def clear_calls() -> JSON:
    """Clear the call log."""
    current_world().calls.clear()
    return {"count": 0}


@bp.post("/clock")
def tick() -> JSON:
    """Let ``tick`` seconds pass."""
    current_world().tick(float(json_object()["tick"]))
    return {"now": current_world().now()}


@bp.post("/story")
def load_story() -> JSON:
    """Load another ``story``."""
    current_world().load_story(json_object()["story"])
    return {"story": current_world().story, "stories": list(STORIES)}


@bp.get("/seed")
def seed() -> Response:
    """The world as a seed file, without grants, tokens and secrets."""
    world = current_world()
    with world.lock:
        text = export(story_of(world))
    return Response(text.encode("utf-8", "surrogatepass"), mimetype="application/toml")


@bp.post("/me")
def sign_in() -> JSON:
    """Sign in another ``user``: short name, id or email."""
    return {"me": current_world().sign_in_as(json_object()["user"]).key}


@bp.get("/switches")
def switches() -> JSON:
    """All switches and their values."""
    return current_world().switches.as_json()


@bp.post("/switches")
def switch() -> JSON:
    """Change some switches."""
    current_world().switches.change(json_object())
    return current_world().switches.as_json()


@bp.post("/tokens")
def tokens() -> JSON:
    """``do``: ``expire-access``, ``revoke-access``, ``expire-refresh`` or ``deauthorize`` (a ``user``)."""
    world, body = current_world(), json_object()
    actions: dict[str, Callable[[], None]] = {
        "expire-access": world.expire_access_tokens,
        "revoke-access": world.revoke_access_tokens,
        "expire-refresh": world.expire_refresh_tokens,
        "deauthorize": lambda: world.deauthorize(body.get("user", world.me.id)),
    }
    actions[body["do"]]()
    return {"done": body["do"]}


@bp.post("/secret")
def rotate_secret() -> JSON:
    """Give the app a ``new`` client secret. The one before stays valid for ``overlap`` seconds (a day)."""
    world, body = current_world(), json_object()
    world.rotate_client_secret(body["new"], float(body.get("overlap", 86400)))
    return {"valid": len(world.client_secrets)}


@bp.post("/meetings")
def meetings() -> JSON:
    """``start`` or ``end`` a meeting by number."""
    world, body = current_world(), json_object()
    if "start" in body:
        return {"uuid": world.start_meeting(int(body["start"])).uuid}
    running = world.live_instance(int(body["end"]))
    if running:
        world.end_meeting(running)
    return {"uuid": running.uuid if running else None}
