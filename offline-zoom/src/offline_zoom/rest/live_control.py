"""Invitations, live controls, Team Chat messages, deep links."""

from __future__ import annotations

from typing import Any

from flask import request

from offline_zoom.dates import iso
from offline_zoom.errors import current_world, refuse
from offline_zoom.identifiers import random_text
from offline_zoom.model import Instance, Meeting
from offline_zoom.oauth import scopes
from offline_zoom.rest.endpoints import EndpointRule, current_grant, current_user, endpoint
from offline_zoom.rest.meeting_validation import json_body
from offline_zoom.rest.meetings import existing
from offline_zoom.serializers.meetings import meeting_json
from offline_zoom.webhooks import events

JSON = dict[str, Any]
MAX_INVITED = 10
RECORDING = {"start": "started", "stop": "stopped", "pause": "paused", "resume": "resumed"}
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


@endpoint("GET", "/meetings/<meeting_id>/invitation", EndpointRule(scopes.READ_INVITATION))
def get_invitation(meeting_id: str) -> JSON:
    """What a host mails to people, as one text."""
    meeting, world = existing(meeting_id), current_world()
    told = meeting_json(meeting, world)
    lines = [
        f"{world.users[meeting.host_id].display_name} is inviting you to a scheduled Zoom meeting.",
        "",
        f"Topic: {meeting.topic}",
        f"Time: {told.get('start_time', '')}",
        "",
        "Join Zoom Meeting",
        told["join_url"],
        "",
        f"Meeting ID: {meeting.id}",
        f"Passcode: {told['password']}",
    ]
    return {"invitation": "\r\n".join(lines)}


@endpoint("PATCH", "/live_meetings/<meeting_id>/events", EndpointRule(scopes.CONTROL_LIVE, "Medium"))
def control_meeting(meeting_id: str) -> tuple[str, int]:
    """Steer a running meeting; there is no way to admit, mute or remove anybody."""
    body = json_body()
    method, params = body.get("method"), body.get("params") or {}
    if method not in METHODS or not isinstance(params, dict):
        refuse(400, 300, "Validation Failed.", [{"field": "method", "message": "Invalid field."}])
    if method == "participant.invite" and not 1 <= len(params.get("contacts", [])) <= MAX_INVITED:
        refuse(400, 300, "Validation Failed.", [{"field": "params.contacts", "message": "Invalid field."}])
    meeting = existing(meeting_id)
    running = current_world().live_instance(meeting)
    if not controls(meeting) or (running is None and method not in CALLS_OUT):
        refuse(400, 300, "Invalid meetingId, or you do not have permission to control this meeting.")
    if running:
        obey(meeting, running, method, params)
    return "", 202


def controls(meeting: Meeting) -> bool:
    """Whether the caller is the host or an alternative host."""
    me = current_user()
    others = str(meeting.settings.get("alternative_hosts", "")).split(";")
    return me is not None and (meeting.host_id == me.id or me.email in others)


def obey(meeting: Meeting, running: Instance, method: str, params: JSON) -> None:
    """What the controls change in the world."""
    world = current_world()
    if method == "waiting_room.update":
        texts: JSON = {key: params[key] for key in ("waiting_room_title", "waiting_room_description") if key in params}
        meeting.settings = {**meeting.settings, **texts}
    verb = RECORDING.get(method.removeprefix("recording."))
    if method.startswith("recording.") and verb:
        running.recording = running.recording or verb == "started"
        now = world.now()
        times = {"recording_start": iso(running.started_at), "recording_end": iso(now) if verb == "stopped" else ""}
        thing = {**events.meeting_object(running, world), "id": running.meeting_id, "recording_file": times}
        account = world.users[running.host_id].account_id
        world.announce(events.envelope(f"recording.{verb}", now, account, thing))


@endpoint("POST", "/im/chat/messages", EndpointRule(scopes.CHAT, "Medium"))
def send_chat() -> JSON:
    """A chatbot's message to Team Chat; it cannot reach a meeting."""
    body = request.get_json(force=True, silent=True)
    needed = ("robot_jid", "to_jid", "account_id", "content")
    if not isinstance(body, dict) or not all(body.get(name) for name in needed) or "head" not in body["content"]:
        refuse(400, 7001, "Body format error.")
    if "@" not in body["robot_jid"]:
        refuse(404, 7002, "Invalid robot_jid.")
    if not body["robot_jid"].startswith("v1"):
        refuse(403, 7003, "No chatbot can be found with the given robot_jid.")
    world = current_world()
    if body["account_id"] not in world.accounts or body["to_jid"] not in {user.jid for user in world.users.values()}:
        refuse(403, 7004, "Not authorized, or no such to_jid.")
    sent = {"message_id": random_text(32), "robot_jid": body["robot_jid"], "to_jid": body["to_jid"]}
    return {**sent, "user_jid": body.get("user_jid", ""), "sent_time": iso(world.now())}


@endpoint("POST", "/zoomapp/deeplink", EndpointRule(scopes.DEEPLINK))
def make_deeplink() -> JSON:
    """An address that opens the app in the client, with an action in its context."""
    body = json_body()
    action = body.get("action", "")
    if not isinstance(action, str):
        refuse(400, 300, "Validation Failed.", [{"field": "action", "message": "Invalid field."}])
    return {"deeplink": current_world().deeplink(current_grant().user_id, action)}
