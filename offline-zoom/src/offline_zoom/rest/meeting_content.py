"""The AI Companion summary and transcript of a past meeting."""

from __future__ import annotations

from typing import Any

from offline_zoom.errors import current_world, refuse
from offline_zoom.model import Instance
from offline_zoom.oauth.scopes import user_and_admin
from offline_zoom.rest.endpoints import EndpointRule, check_host, endpoint, meeting_number_or_uuid
from offline_zoom.serializers.meeting_content import summary_json, transcript_json
from offline_zoom.switches import RESTRICTIONS

JSON = dict[str, Any]
#: refusals of a summary by the name of the switch: status, code, message
SUMMARY_REFUSALS = {
    "missing": (404, 3001, "Meeting summary does not exist: {uuid}."),
    "off": (400, 3000, "Meeting summary disabled. Enable the feature in Zoom's web portal."),
    "trashed": (403, 2305, "This meeting summary is in the trash. Recover it in Zoom's web portal first."),
    "email-only": (403, 2305, "Your account shares meeting summaries by email only."),
    "ip-range": (403, 2305, "Your account allows meeting summaries only from certain IP address ranges."),
    "unclear": (403, 2305, "Not allowed to read this meeting summary."),
    "not-shared": (403, 403, "The authenticated user has not permitted access to the targeted resource."),
}


@endpoint(
    "GET",
    "/meetings/<meeting_id>/meeting_summary",
    EndpointRule(user_and_admin("meeting:read:summary", "meeting_summary:read"), "Light", "pro"),
)
def get_summary(meeting_id: str) -> JSON:
    """The summary of one past meeting. The path takes a UUID only."""
    world, uuid = current_world(), meeting_number_or_uuid(meeting_id)
    if not isinstance(uuid, str):
        refuse(400, 300, f"Invalid meeting UUID: {meeting_id}.")
    instance = past_instance(uuid)
    if instance is None:
        refuse(404, 3001, f"Meeting does not exist: {uuid}.")
    check_host(instance.host_id)
    summary = instance.summary
    if world.switches.summary or summary is None or summary.created_at > world.now() or is_encrypted(instance):
        status, code, message = SUMMARY_REFUSALS[world.switches.summary or "missing"]
        refuse(status, code, message.format(uuid=uuid))
    return summary_json(instance, summary, world)


@endpoint(
    "GET",
    "/meetings/<meeting_id>/transcript",
    EndpointRule(
        user_and_admin("cloud_recording:read:meeting_transcript", "recording:read", "recording:write"), "Medium"
    ),
)
def get_transcript(meeting_id: str) -> JSON:
    """The transcript of one past meeting by UUID, or the latest of a meeting number."""
    world, key = current_world(), meeting_number_or_uuid(meeting_id)
    instance, state = past_instance(key), world.switches.transcript
    if instance:
        check_host(instance.host_id)
    if state == "not-shared":
        refuse(*SUMMARY_REFUSALS["not-shared"])
    found = instance.transcript if instance and state != "missing" and not is_encrypted(instance) else None
    if instance is None or (found is None and state not in RESTRICTIONS):
        refuse(404, 3322, "This meeting transcript does not exist.")
    if not state and found and found.created_at > world.now():
        state = "NOT_READY"
    return transcript_json(instance, found, state, world)


def past_instance(key: int | str | None) -> Instance | None:
    """The past meeting with this UUID, or the latest with this number."""
    world, now = current_world(), current_world().now()
    past = [found for found in world.instances.values() if key in (found.uuid, found.meeting_id) and found.ended(now)]
    return max(past, key=lambda found: found.started_at, default=None)


def is_encrypted(instance: Instance) -> bool:
    """Whether the meeting is end-to-end encrypted, so that Zoom cannot read along."""
    meeting = current_world().meetings.get(instance.meeting_id)
    return meeting is not None and meeting.settings.get("encryption_type") == "e2ee"
