"""Users of the account, and their tokens for starting meetings."""

from __future__ import annotations

from typing import Any

from flask import request

from offline_zoom.errors import current_world, refuse
from offline_zoom.oauth.scopes import RequiredScopes, admin_only, user_and_admin
from offline_zoom.rest.endpoints import EndpointRule, current_grant, current_user, endpoint, requested_user
from offline_zoom.rest.pagination import page
from offline_zoom.serializers.user_settings import settings_json
from offline_zoom.serializers.users import user_counts, user_item, user_json

JSON = dict[str, Any]


@endpoint("GET", "/users", EndpointRule(admin_only("user:read:list_users", "user:read:admin"), "Medium"))
def list_users() -> JSON:
    """The users of the caller's account."""
    world, me = current_world(), current_user()
    status = request.args.get("status", "active")
    people = [user for user in world.users.values() if me and user.account_id == me.account_id and status == "active"]
    return page(world, current_grant().user_id, people, "users", lambda user: user_item(user, world), numbered=True)


@endpoint("GET", "/users/summary", EndpointRule(admin_only("user:read:summary", "user:read:admin"), "Medium"))
def count_users() -> JSON:
    """How many users of each type the caller's account has."""
    me = current_user()
    return user_counts([user for user in current_world().users.values() if me and user.account_id == me.account_id])


@endpoint("GET", "/users/email", EndpointRule(user_and_admin("user:read:email", "user:read")))
def find_email() -> JSON:
    """Whether a user of any account has this email address."""
    email = request.args.get("email", "")
    if "@" not in email:
        refuse(400, 300, "Email is required.")
    return {"existed_email": any(user.email == email for user in current_world().users.values())}


@endpoint(
    "GET",
    "/users/<user_id>",
    EndpointRule(
        RequiredScopes(
            ("user:read:user", "user:read", "user_info:read", "user_profile"),
            ("user:read:user:admin", "user:read:admin"),
        )
    ),
)
def get_user(user_id: str) -> JSON:
    """One user."""
    return user_json(requested_user(user_id), current_world())


@endpoint(
    "GET",
    "/users/<user_id>/settings",
    EndpointRule(user_and_admin("user:read:settings", "user:read"), "Medium"),
)
def get_settings(user_id: str) -> JSON:
    """A user's settings; ``option`` asks for another part of them."""
    user = requested_user(user_id)
    return settings_json(current_world().account_of(user), request.args.get("option", ""))


@endpoint(
    "GET",
    "/users/<user_id>/permissions",
    EndpointRule(
        RequiredScopes(
            ("user:read:list_permissions", "user:read", "user_profile"),
            ("user:read:list_permissions:admin", "user:read:admin"),
        )
    ),
)
def list_permissions(user_id: str) -> JSON:
    """The permissions of a user's role. Members have none."""
    manages = requested_user(user_id).role_name in ("Owner", "Admin")
    return {"permissions": ["User:Read", "User:Edit", "Recording:Read", "Report:Read"] if manages else []}


@endpoint(
    "GET",
    "/users/<user_id>/presence_status",
    EndpointRule(user_and_admin("user:read:presence_status", "user:read"), "Medium"),
)
def get_presence(user_id: str) -> JSON:
    """Whether a user is in a meeting now."""
    user, world = requested_user(user_id), current_world()
    rows = (row for instance in list(world.instances.values()) for row in instance.present(world.now()))
    return {"status": "In_A_Zoom_Meeting" if any(row.person_id == user.id for row in rows) else "Available"}


@endpoint("GET", "/users/<user_id>/token", EndpointRule(user_and_admin("user:read:token", "user:read")))
def get_token(user_id: str) -> JSON:
    """A ZAK or another token. Neither opens anything."""
    user, kind = requested_user(user_id), request.args.get("type", "token")
    return {"token": f"SANDBOX-{kind}-{current_world().seal(f'{kind} {user.id} {int(current_world().now())}')}"}


@endpoint("GET", "/users/me/zak", EndpointRule(user_and_admin("user:read:zak", "user_zak:read")))
def get_zak() -> JSON:
    """The caller's own ZAK, for user tokens only."""
    if current_grant().kind != "user":
        refuse(404, 2300, "This API endpoint is not recognized.")
    return {
        "token": f"SANDBOX-zak-{current_world().seal(f'zak {current_grant().user_id} {int(current_world().now())}')}"
    }
