"""Cloud recordings: lists by day, one meeting's files, and the trash."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import request

from offline_zoom.dates import day_of, month_before, parse_day
from offline_zoom.errors import current_world, refuse
from offline_zoom.model import Recording, User
from offline_zoom.oauth.scopes import user_and_admin
from offline_zoom.rest.endpoints import (
    EndpointRule,
    check_host,
    current_grant,
    endpoint,
    meeting_number_or_uuid,
    requested_user,
)
from offline_zoom.rest.meeting_validation import json_body
from offline_zoom.rest.pagination import page
from offline_zoom.serializers.recordings import recording_json
from offline_zoom.webhooks.recording_events import trash_event

JSON = dict[str, Any]
MAX_TTL_SECONDS = 604800
NONE = "There is no recording for this meeting."


@endpoint(
    "GET",
    "/users/<user_id>/recordings",
    EndpointRule(user_and_admin("cloud_recording:read:list_user_recordings", "recording:read"), "Medium", "pro"),
)
def list_recordings(user_id: str) -> JSON:
    """A user's recordings. Without dates, those of today and tomorrow."""
    world, user = current_world(), requested_user(user_id)
    first, last = requested_range()
    if request.args.get("trash") == "true":
        found = trashed(user)
    else:
        found = [
            recording
            for recording in owned(user)
            if recording.trashed_at is None and first <= day_of(recording.started_at) <= last
        ]
    number = request.args.get("meeting_id", type=int)
    found = [recording for recording in found if number in (None, recording.meeting_id)]
    found.sort(key=lambda recording: -recording.started_at)
    files = request.args.get("trash_type") == "recording_file"
    frame = page(
        world,
        current_grant().user_id,
        found,
        "meetings",
        lambda recording: recording_json(recording, world, trashed_files=files),
    )
    return {"from": str(first), "to": str(last), **frame}


def requested_range() -> tuple[date, date]:
    """``from`` and ``to``, by default today and tomorrow. A switch decides whether a long range is shortened."""
    today = day_of(current_world().now())
    first = parse_day(request.args.get("from", "")) or today
    last = parse_day(request.args.get("to", "")) or today + timedelta(days=1)
    if first > last:
        refuse(400, 300, "The from date must not be after the to date.")
    if current_world().switches.recordings_range == "clamp" and (last - first).days > 31:
        first = month_before(last)
    return first, last


def owned(user: User) -> list[Recording]:
    """The user's recordings that are ready."""
    now = current_world().now()
    return [
        recording
        for recording in current_world().recordings.values()
        if recording.host_id == user.id and recording.available_at <= now and not recording.deleted
    ]


def trashed(user: User) -> list[Recording]:
    """The recordings in the trash, or those with a file in the trash."""
    if request.args.get("trash_type") == "recording_file":
        return [recording for recording in owned(user) if any(file.trashed_at for file in recording.files)]
    return [recording for recording in owned(user) if recording.trashed_at is not None]


@endpoint(
    "GET",
    "/meetings/<meeting_id>/recordings",
    EndpointRule(user_and_admin("cloud_recording:read:list_recording_files", "recording:read")),
)
def get_recording(meeting_id: str) -> JSON:
    """The files of one recording, by UUID or by meeting number (then the latest)."""
    recording = requested_recording(meeting_id)
    recording_fields = {
        **recording_json(recording, current_world()),
        "password": recording.password,
        "participant_audio_files": [],
    }
    if "download_access_token" in request.args.get("include_fields", ""):
        lifetime = request.args.get("ttl", MAX_TTL_SECONDS, int)
        if not 0 <= lifetime <= MAX_TTL_SECONDS:
            refuse(400, 300, "Validation Failed.", [{"field": "ttl", "message": "Invalid field."}])
        recording_fields["download_access_token"] = current_world().download_token(recording.host_id, lifetime)
    return recording_fields


@endpoint(
    "DELETE",
    "/meetings/<meeting_id>/recordings",
    EndpointRule(user_and_admin("cloud_recording:delete:meeting_recording", "recording:write")),
)
def delete_recording(meeting_id: str) -> tuple[str, int]:
    """Move a recording to the trash, or delete it permanently."""
    action = request.args.get("action", "trash")
    if action not in ("trash", "delete"):
        refuse(400, 300, "Validation Failed.", [{"field": "action", "message": "Invalid field."}])
    recording = requested_recording(meeting_id, in_trash=action == "delete")
    world = current_world()
    with world.lock:
        recording.trashed_at = world.now()
        recording.deleted = action == "delete"
        world.save()
    name = "recording.deleted" if recording.deleted else "recording.trashed"
    world.announce(trash_event(name, world.now(), recording, world))
    return "", 204


@endpoint(
    "PUT",
    "/meetings/<meeting_id>/recordings/status",
    EndpointRule(user_and_admin("cloud_recording:update:recover_meeting_recordings", "recording:write")),
)
def recover_recording(meeting_id: str) -> JSON:
    """Bring a recording back from the trash."""
    if json_body().get("action") != "recover":
        refuse(400, 300, "Validation Failed.", [{"field": "action", "message": "Invalid field."}])
    recording, world = requested_recording(meeting_id, in_trash=True), current_world()
    if recording.trashed_at is None:
        refuse(404, 3301, NONE)
    with world.lock:
        recording.trashed_at = None
        world.save()
    world.announce(trash_event("recording.recovered", world.now(), recording, world))
    return {}


def requested_recording(segment: str, in_trash: bool = False) -> Recording:
    """The latest recording with the number or UUID in the path. Raises ZoomError."""
    world, key = current_world(), meeting_number_or_uuid(segment)
    candidates = [
        recording
        for recording in world.recordings.values()
        if key in (recording.uuid, recording.meeting_id) and recording.available_at <= world.now()
    ]
    available = [
        recording for recording in candidates if not recording.deleted and (in_trash or recording.trashed_at is None)
    ]
    if candidates:
        check_host(candidates[0].host_id)
    if not available:
        refuse(404, 3301, NONE)
    return max(available, key=lambda recording: recording.started_at)
