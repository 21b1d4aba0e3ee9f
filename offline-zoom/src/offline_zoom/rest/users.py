"""Users: who am I, who is in the account, and tokens that start meetings."""

from __future__ import annotations

from typing import Any

from flask import request

from offline_zoom.errors import here, refuse
from offline_zoom.oauth import scopes
from offline_zoom.rest.endpoints import Rule, asker, endpoint, grant, target
from offline_zoom.rest.pagination import page
from offline_zoom.serializers.users import user_item, user_json

JSON = dict[str, Any]


@endpoint("GET", "/users", Rule(scopes.LIST_USERS, "Medium"))
def list_users() -> JSON:
    """The people of the caller's account."""
    world, me = here(), asker()
    status = request.args.get("status", "active")
    people = [user for user in world.users.values() if me and user.account_id == me.account_id and status == "active"]
    return page(world, grant().user_id, people, "users", lambda user: user_item(user, world), numbered=True)


@endpoint("GET", "/users/<user_id>", Rule(scopes.READ_USER))
def get_user(user_id: str) -> JSON:
    """One person."""
    return user_json(target(user_id), here())


@endpoint("GET", "/users/<user_id>/token", Rule(scopes.READ_TOKEN))
def get_token(user_id: str) -> JSON:
    """A ZAK or a plain token; neither opens anything here."""
    user, kind = target(user_id), request.args.get("type", "token")
    return {"token": f"SANDBOX-{kind}-{here().seal(f'{kind} {user.id} {int(here().now())}')}"}


@endpoint("GET", "/users/me/zak", Rule(scopes.READ_ZAK))
def get_zak() -> JSON:
    """The caller's own ZAK; only user tokens reach this."""
    if grant().kind != "user":
        refuse(404, 2300, "This API endpoint is not recognized.")
    return {"token": f"SANDBOX-zak-{here().seal(f'zak {grant().user_id} {int(here().now())}')}"}
