"""The AI Companion summary and transcript of a past meeting."""

from __future__ import annotations

from typing import Any

from flask import request

from offline_zoom.dates import iso, parse_start
from offline_zoom.errors import current_world, refuse
from offline_zoom.model import Instance
from offline_zoom.oauth.scopes import admin_only, user_and_admin
from offline_zoom.rest.endpoints import (
    EndpointRule,
    check_host,
    current_grant,
    current_user,
    endpoint,
    meeting_number_or_uuid,
)
from offline_zoom.rest.pagination import page
from offline_zoom.serializers.meeting_content import summary_json, summary_times, transcript_json
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
#: refusals of the list of summaries
LIST_REFUSALS = {name: SUMMARY_REFUSALS[name] for name in ("off", "email-only", "ip-range")}


@endpoint(
    "GET",
    "/meetings/meeting_summaries",
    EndpointRule(admin_only("meeting:read:list_summaries", "meeting_summary:read:admin"), "Medium", "pro"),
)
def list_summaries() -> JSON:
    """The summaries of the account's meetings, without their text."""
    world, me = current_world(), current_user()
    if world.switches.summary in LIST_REFUSALS:
        refuse(*LIST_REFUSALS[world.switches.summary])
    first, last = (requested_time(name, otherwise) for name, otherwise in (("from", 0.0), ("to", world.now())))
    by_creation = request.args.get("time_filter_field") == "summary_created_time"
    found = [
        (instance, instance.summary)
        for instance in world.instances.values()
        if instance.summary and instance.summary.created_at <= world.now() and not is_encrypted(instance)
        if me and world.users[instance.host_id].account_id == me.account_id
        if first <= (instance.summary.created_at if by_creation else instance.started_at) <= last
    ]
    found.sort(key=lambda row: row[0].started_at)
    frame = page(
        world, current_grant().user_id, found, "summaries", lambda row: summary_times(*row, world), counted=False
    )
    return {"from": iso(first), "to": iso(last), **frame}


def requested_time(name: str, otherwise: float) -> float:
    """A time in the query, in UTC. Raises ZoomError for a text that is none."""
    text = request.args.get(name, "")
    try:
        return parse_start(text, "UTC") if text else otherwise
    except ValueError:
        refuse(400, 300, "Validation Failed.", [{"field": name, "message": "Invalid field."}])


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
