"""Users as JSON."""

from __future__ import annotations

from typing import Any

from offline_zoom.dates import iso
from offline_zoom.model import User
from offline_zoom.world_state import WorldState

JSON = dict[str, Any]


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
    left_out = (
        "account_id",
        "account_number",
        "role_name",
        "jid",
        "use_pmi",
        "personal_meeting_url",
        "vanity_url",
        "company",
    )
    return {key: value for key, value in fields.items() if key not in left_out}
