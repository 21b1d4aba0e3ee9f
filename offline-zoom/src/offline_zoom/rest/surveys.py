"""The survey after a meeting, one poll of it, and meeting templates."""

from __future__ import annotations

from typing import Any

from offline_zoom.errors import current_world, refuse
from offline_zoom.identifiers import file_id
from offline_zoom.oauth.scopes import user_and_admin
from offline_zoom.rest.endpoints import EndpointRule, check_host, endpoint, meeting_number, requested_user
from offline_zoom.rest.meetings import requested_meeting
from offline_zoom.serializers.polls import poll_json

JSON = dict[str, Any]
POLL_NOT_FOUND = "Meeting poll not found"
#: the templates of every user: name, type
TEMPLATES = (("Team meeting", 1), ("Interview", 1), ("All hands", 2))


@endpoint(
    "GET",
    "/meetings/<meeting_id>/polls/<poll_id>",
    EndpointRule(user_and_admin("meeting:read:poll", "meeting:read"), "Light", "pro"),
)
def get_poll(meeting_id: str, poll_id: str) -> JSON:
    """One poll of a scheduled meeting."""
    world, number = current_world(), meeting_number(meeting_id)
    meeting = world.meetings.get(number or 0)
    if meeting is None or meeting.deleted:
        refuse(404, 404, "Meeting not found.")
    check_host(meeting.host_id)
    if world.switches.polls == "off":
        refuse(400, 4400, "Meeting polls disabled. To enable this feature, enable the Meeting Polls setting.")
    found = next((poll for poll in meeting.polls if poll.id == poll_id), None)
    if found is None or world.switches.polls == "deleted":
        refuse(404, 404, POLL_NOT_FOUND)
    return poll_json(found)


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
