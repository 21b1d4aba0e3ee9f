"""Users as JSON."""

from __future__ import annotations

from typing import Any

from offline_zoom.dates import iso
from offline_zoom.model import User
from offline_zoom.world_state import WorldState

JSON = dict[str, Any]
BASIC, LICENSED = 1, 2
#: fields of a user in a list
LISTED = (
    *("id", "email", "first_name", "last_name", "display_name", "type", "role_id", "pmi", "timezone", "dept", "status"),
    *("verified", "created_at", "user_created_at", "last_login_time", "last_client_version", "group_ids"),
    *("im_group_ids", "custom_attributes", "plan_united_type"),
)


def user_json(user: User, world: WorldState) -> JSON:
    """``GET /users/{userId}``."""
    account = world.account_of(user)
    return {
        "id": user.id,
        "account_id": user.account_id,
        "account_number": account.number,
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "display_name": user.display_name,
        "type": user.type,
        "role_id": user.role_id,
        "role_name": user.role_name,
        "pmi": user.pmi,
        "use_pmi": False,
        "personal_meeting_url": f"{world.base_url}/j/{user.pmi}",
        "vanity_url": "",
        "timezone": user.timezone,
        "language": user.language,
        "dept": user.dept,
        "job_title": "",
        "company": account.name,
        "location": "",
        "manager": "",
        "pic_url": "",
        "status": "active",
        "verified": 1,
        "created_at": iso(user.created_at),
        "user_created_at": iso(user.created_at),
        "last_login_time": iso(world.began_at),
        "last_client_version": "6.7.2.12345(mac)",
        "jid": user.jid,
        "group_ids": [],
        "im_group_ids": [],
        "login_types": [100],
        "phone_numbers": [],
        "custom_attributes": [],
        "cluster": "sandbox",
        "plan_united_type": "1",
        "cms_user_id": "",
    }


def user_item(user: User, world: WorldState) -> JSON:
    """One row of ``GET /users``."""
    fields = user_json(user, world)
    return {**{name: fields[name] for name in LISTED}, "phone_number": ""}


def user_counts(users: list[User]) -> JSON:
    """``GET /users/summary``."""
    return {
        "licensed_users_count": len([user for user in users if user.type == LICENSED]),
        "basic_users_count": len([user for user in users if user.type == BASIC]),
        "on_prem_users_count": 0,
        "room_users_count": 0,
        "pending_users_count": 0,
        "join_only_users_count": 0,
        "total_users_count": len(users),
    }
