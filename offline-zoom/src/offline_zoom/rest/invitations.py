"""The invitation text of a meeting."""

from __future__ import annotations

from typing import Any

from offline_zoom.errors import current_world
from offline_zoom.oauth.scopes import user_and_admin
from offline_zoom.rest.endpoints import EndpointRule, endpoint
from offline_zoom.rest.meetings import requested_meeting
from offline_zoom.serializers.meetings import meeting_json

JSON = dict[str, Any]


@endpoint(
    "GET", "/meetings/<meeting_id>/invitation", EndpointRule(user_and_admin("meeting:read:invitation", "meeting:read"))
)
def get_invitation(meeting_id: str) -> JSON:
    """The invitation text that a host sends by email."""
    meeting, world = requested_meeting(meeting_id), current_world()
    fields = meeting_json(meeting, world)
    lines = [
        f"{world.users[meeting.host_id].display_name} is inviting you to a scheduled Zoom meeting.",
        "",
        f"Topic: {meeting.topic}",
        f"Time: {fields.get('start_time', '')}",
        "",
        "Join Zoom Meeting",
        fields["join_url"],
        "",
        f"Meeting ID: {meeting.id}",
    ]
    if meeting.password:
        lines.append(f"Passcode: {meeting.password}")
    return {"invitation": "\r\n".join(lines)}
