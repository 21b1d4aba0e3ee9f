"""Cloud recordings: lists by day, one meeting's files, and the trash."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import request

from offline_zoom.dates import day_of, month_before, parse_day
from offline_zoom.errors import current_world, refuse
from offline_zoom.model import Recording, User
from offline_zoom.oauth import scopes
from offline_zoom.rest.endpoints import (
    EndpointRule,
    check_host,
    current_grant,
    endpoint,
    meeting_number_or_uuid,
    requested_user,
)
from offline_zoom.rest.pagination import page
from offline_zoom.serializers.recordings import recording_json

JSON = dict[str, Any]
MAX_TTL_SECONDS = 604800
NONE = "There is no recording for this meeting."


@endpoint("GET", "/users/<user_id>/recordings", EndpointRule(scopes.LIST_RECORDINGS, "Medium", "pro"))
def list_recordings(user_id: str) -> JSON:
    """A user's recordings; without dates, those of about one day."""
    world, user = current_world(), requested_user(user_id)
    first, last = span()
    if request.args.get("trash") == "true":
        found = trashed(user)
    else:
        found = [one for one in owned(user) if one.trashed_at is None and first <= day_of(one.started_at) <= last]
    number = request.args.get("meeting_id", type=int)
    found = [one for one in found if number in (None, one.meeting_id)]
    found.sort(key=lambda one: -one.started_at)
    files = request.args.get("trash_type") == "recording_file"
    frame = page(
        world, current_grant().user_id, found, "meetings", lambda one: recording_json(one, world, trashed_files=files)
    )
    return {"from": str(first), "to": str(last), **frame}


def span() -> tuple[date, date]:
    """``from`` and ``to``, by default today and tomorrow; a long span is clamped or honoured."""
    today = day_of(current_world().now())
    first = parse_day(request.args.get("from", "")) or today
    last = parse_day(request.args.get("to", "")) or today + timedelta(days=1)
    if first > last:
        refuse(400, 300, "The from date must not be after the to date.")
    if current_world().switches.recordings_range == "clamp" and (last - first).days > 31:
        first = month_before(last)
    return first, last


def owned(user: User) -> list[Recording]:
    """What is ready of this user's recordings."""
    now = current_world().now()
    return [
        one
        for one in current_world().recordings.values()
        if one.host_id == user.id and one.available_at <= now and not one.deleted
    ]


def trashed(user: User) -> list[Recording]:
    """Whole recordings in the trash, or those of which a file is."""
    if request.args.get("trash_type") == "recording_file":
        return [one for one in owned(user) if any(file.trashed_at for file in one.files)]
    return [one for one in owned(user) if one.trashed_at is not None]


@endpoint("GET", "/meetings/<meeting_id>/recordings", EndpointRule(scopes.READ_RECORDING))
def get_recording(meeting_id: str) -> JSON:
    """The files of one held meeting, or of the latest recorded one of a number."""
    recording = asked(meeting_id)
    told = {**recording_json(recording, current_world()), "password": recording.password, "participant_audio_files": []}
    if "download_access_token" in request.args.get("include_fields", ""):
        lifetime = request.args.get("ttl", MAX_TTL_SECONDS, int)
        if not 0 <= lifetime <= MAX_TTL_SECONDS:
            refuse(400, 300, "Validation Failed.", [{"field": "ttl", "message": "Invalid field."}])
        told["download_access_token"] = current_world().download_token(recording.host_id, lifetime)
    return told


@endpoint("DELETE", "/meetings/<meeting_id>/recordings", EndpointRule(scopes.DELETE_RECORDING))
def delete_recording(meeting_id: str) -> tuple[str, int]:
    """Into the trash, or away for good."""
    action = request.args.get("action", "trash")
    if action not in ("trash", "delete"):
        refuse(400, 300, "Validation Failed.", [{"field": "action", "message": "Invalid field."}])
    recording = asked(meeting_id, in_trash=action == "delete")
    with current_world().lock:
        recording.trashed_at = current_world().now()
        recording.deleted = action == "delete"
        current_world().save()
    return "", 204


def asked(segment: str, in_trash: bool = False) -> Recording:
    """The latest recording of the path's number or UUID."""
    world, key = current_world(), meeting_number_or_uuid(segment)
    named = [
        one
        for one in world.recordings.values()
        if key in (one.uuid, one.meeting_id) and one.available_at <= world.now()
    ]
    kept = [one for one in named if not one.deleted and (in_trash or one.trashed_at is None)]
    if named:
        check_host(named[0].host_id)
    if not kept:
        refuse(404, 3301, NONE)
    return max(kept, key=lambda one: one.started_at)
