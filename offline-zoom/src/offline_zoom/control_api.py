"""The control API: what tests in another process do to the world. JSON, below ``/_sandbox``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from offline_zoom.errors import here
from offline_zoom.faults import PRESETS, Fault
from offline_zoom.stories import STORIES

bp = Blueprint("control", __name__, url_prefix="/_sandbox")
JSON = dict[str, Any]


@bp.errorhandler(ValueError)
@bp.errorhandler(KeyError)
@bp.errorhandler(TypeError)
def wrong(error: Exception) -> ResponseReturnValue:
    """Whoever asks for what there is not is told so."""
    return {"error": str(error)}, 400


def told() -> JSON:
    """The request's JSON object; its content type must say so, which a foreign page cannot."""
    body = request.get_json()
    if not isinstance(body, dict):
        abort(400)
    return body


@bp.get("/")
def state() -> JSON:
    """The world in a few words."""
    world = here()
    return {
        "story": world.story,
        "now": world.now(),
        "me": world.me.key,
        "users": {
            user.key: {"id": user.id, "email": user.email, "account_id": user.account_id}
            for user in world.users.values()
        },
        "meetings": len(world.meetings),
        "live": [one.meeting_id for one in world.instances.values() if one.live(world.now())],
        "grants": [world.users[user_id].key for user_id in world.grants.by_user],
        "calls": world.calls.total,
        "faults": len(world.faults),
    }


@bp.get("/faults")
def list_faults() -> JSON:
    """What is planned, and what can be by name."""
    return {"faults": [fault.as_json() for fault in here().faults], "presets": PRESETS}


@bp.post("/faults")
def add_fault() -> ResponseReturnValue:
    """Plan one: its fields, or a ``preset`` and the fields that differ from it."""
    body = told()
    name = body.pop("preset", None)
    fault = here().faults.add(name, **body) if name else here().faults.add(Fault.from_json(body))
    return fault.as_json(), 201


@bp.delete("/faults")
def clear_faults() -> JSON:
    """Nothing goes wrong any more."""
    here().faults.clear()
    return {"faults": []}


@bp.get("/calls")
def list_calls() -> JSON:
    """The calls of a ``route`` (``GET /v2/users/*``), newest last; tokens are not shown."""
    found = here().calls.matching(request.args.get("route", "* **"))
    shown = [{**asdict(call), "headers": sorted(call.headers)} for call in found[-request.args.get("last", 100, int) :]]
    return {"count": len(found), "calls": shown}


@bp.delete("/calls")
def clear_calls() -> JSON:
    """Count from nothing again."""
    here().calls.clear()
    return {"count": 0}


@bp.post("/clock")
def tick() -> JSON:
    """Let ``tick`` seconds pass."""
    here().tick(float(told()["tick"]))
    return {"now": here().now()}


@bp.post("/story")
def tell() -> JSON:
    """Become another ``story``."""
    here().tell(told()["story"])
    return {"story": here().story, "stories": list(STORIES)}


@bp.post("/me")
def sign_in() -> JSON:
    """Be another ``user``: short name, id or email."""
    return {"me": here().sign_in_as(told()["user"]).key}


@bp.get("/switches")
def switches() -> JSON:
    """How this Zoom behaves."""
    return here().switches.as_json()


@bp.post("/switches")
def switch() -> JSON:
    """Change some of it."""
    here().switches.change(told())
    return here().switches.as_json()


@bp.post("/tokens")
def tokens() -> JSON:
    """``do``: ``expire-access``, ``revoke-access``, ``expire-refresh`` or ``deauthorize`` (a ``user``)."""
    world, body = here(), told()
    deeds: dict[str, Callable[[], None]] = {
        "expire-access": world.expire_access_tokens,
        "revoke-access": world.revoke_access_tokens,
        "expire-refresh": world.expire_refresh_tokens,
        "deauthorize": lambda: world.deauthorize(body.get("user", world.me.id)),
    }
    deeds[body["do"]]()
    return {"done": body["do"]}


@bp.post("/meetings")
def meetings() -> JSON:
    """``start`` or ``end`` the meeting of a number."""
    world, body = here(), told()
    if "start" in body:
        return {"uuid": world.start_meeting(int(body["start"])).uuid}
    running = world.live_instance(int(body["end"]))
    if running:
        world.end_meeting(running)
    return {"uuid": running.uuid if running else None}
