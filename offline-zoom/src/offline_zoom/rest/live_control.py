"""Controls of a running meeting: recording, invitations, waiting room, AI Companion."""

from __future__ import annotations

from typing import Any

from offline_zoom.errors import current_world, refuse
from offline_zoom.model import Instance, Meeting
from offline_zoom.oauth.scopes import user_and_admin
from offline_zoom.rest.endpoints import EndpointRule, current_user, endpoint
from offline_zoom.rest.meeting_validation import json_body
from offline_zoom.rest.meetings import requested_meeting
from offline_zoom.webhooks.content_events import companion_event
from offline_zoom.webhooks.recording_events import Verb

JSON = dict[str, Any]
MAX_INVITED = 10
RECORDING: dict[str, Verb] = {"start": "started", "stop": "stopped", "pause": "paused", "resume": "resumed"}
CALLS_OUT = ("participant.invite.callout", "participant.invite.room_system_callout")
METHODS = (
    *(f"recording.{verb}" for verb in RECORDING),
    "participant.invite",
    *CALLS_OUT,
    "waiting_room.update",
    "ai_companion.start",
    "ai_companion.stop",
    "ai_companion.disable",
)


@endpoint(
    "PATCH",
    "/live_meetings/<meeting_id>/events",
    EndpointRule(user_and_admin("meeting:update:in_meeting_controls", "meeting:write"), "Medium"),
)
def control_meeting(meeting_id: str) -> tuple[str, int]:
    """Control a running meeting. Zoom has no control to admit, mute or remove participants."""
    body = json_body()
    method, params = body.get("method"), body.get("params") or {}
    if method not in METHODS or not isinstance(params, dict):
        refuse(400, 300, "Validation Failed.", [{"field": "method", "message": "Invalid field."}])
    contacts = params.get("contacts")
    if method == "participant.invite" and not (isinstance(contacts, list) and 1 <= len(contacts) <= MAX_INVITED):
        refuse(400, 300, "Validation Failed.", [{"field": "params.contacts", "message": "Invalid field."}])
    meeting = requested_meeting(meeting_id)
    running = current_world().live_instance(meeting)
    if not may_control(meeting) or (running is None and method not in CALLS_OUT):
        refuse(400, 300, "Invalid meetingId, or you do not have permission to control this meeting.")
    if running:
        apply_control(meeting, running, method, params)
    return "", 202


def may_control(meeting: Meeting) -> bool:
    """Whether the caller is the host or an alternative host."""
    me = current_user()
    others = str(meeting.settings.get("alternative_hosts", "")).split(";")
    return me is not None and (meeting.host_id == me.id or me.email in others)


def apply_control(meeting: Meeting, running: Instance, method: str, params: JSON) -> None:
    """Change the world as the control says."""
    world = current_world()
    if method == "waiting_room.update":
        texts: JSON = {key: params[key] for key in ("waiting_room_title", "waiting_room_description") if key in params}
        meeting.settings = {**meeting.settings, **texts}
    kind, _, verb = method.partition(".")
    if kind == "recording" and verb in RECORDING:
        world.control_recording(running, RECORDING[verb])
    if kind == "ai_companion":
        control_companion(running, verb, params)


def control_companion(running: Instance, verb: str, params: JSON) -> None:
    """Announce that the AI Companion was started or stopped, or that what it made was deleted."""
    world, mode = current_world(), params.get("ai_companion_mode") or "all"
    features: JSON = {name: mode in ("all", name) for name in ("questions", "summary")}
    world.announce(companion_event("started" if verb == "start" else "stopped", world.now(), running, features, world))
    if params.get("delete_meeting_assets") is True:
        assets = {"deleted_assets": ["transcripts", "summaries"]}
        world.announce(companion_event("assets_deleted", world.now(), running, assets, world))
