"""The survey after a meeting, and meeting templates."""

from __future__ import annotations

from typing import Any

from offline_zoom.identifiers import file_id
from offline_zoom.oauth.scopes import user_and_admin
from offline_zoom.rest.endpoints import EndpointRule, endpoint, requested_user
from offline_zoom.rest.meetings import requested_meeting

JSON = dict[str, Any]
#: the templates of every user: name, type
TEMPLATES = (("Team meeting", 1), ("Interview", 1), ("All hands", 2))


@endpoint(
    "GET",
    "/meetings/<meeting_id>/survey",
    EndpointRule(user_and_admin("meeting:read:survey", "meeting:read"), "Light", "pro"),
)
def get_survey(meeting_id: str) -> JSON:
    """The survey of a scheduled meeting. Without one, only how it would be shown."""
    survey = requested_meeting(meeting_id).survey
    return survey or {"show_in_the_browser": True}


@endpoint(
    "GET",
    "/users/<user_id>/meeting_templates",
    EndpointRule(user_and_admin("meeting:read:list_templates", "meeting:read"), "Medium"),
)
def list_templates(user_id: str) -> JSON:
    """A user's meeting templates."""
    user = requested_user(user_id)
    templates = [{"id": file_id(f"{user.id} {name}"), "name": name, "type": kind} for name, kind in TEMPLATES]
    return {"total_records": len(templates), "templates": templates}
