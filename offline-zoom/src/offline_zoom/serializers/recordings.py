"""Cloud recordings as JSON."""

from __future__ import annotations

from typing import Any

from offline_zoom.dates import DAY_SECONDS, iso
from offline_zoom.model import Recording, RecordingFile, RecordingView
from offline_zoom.world_state import WorldState

JSON = dict[str, Any]
#: files of these types have no id, status, size, recording type or play address
BARE_FILES = ("CC", "TIMELINE")
KEPT_DAYS = 400


def recording_json(recording: Recording, world: WorldState, trashed_files: bool = False) -> JSON:
    """A row of ``GET /users/{userId}/recordings``."""
    files = [file for file in recording.files if (file.trashed_at is not None) == trashed_files]
    return {
        "uuid": recording.uuid,
        "id": recording.meeting_id,
        "account_id": world.users[recording.host_id].account_id,
        "host_id": recording.host_id,
        "topic": recording.topic,
        "type": str(recording.type),
        "start_time": iso(recording.started_at),
        "timezone": recording.timezone,
        "duration": recording.duration_minutes,
        "total_size": sum(file.size_bytes for file in files),
        "recording_count": len(files),
        "share_url": f"{world.base_url}/rec/share/{world.seal(recording.uuid)[:48]}",
        "recording_play_passcode": recording.play_passcode,
        "auto_delete": True,
        "auto_delete_date": iso(recording.started_at + KEPT_DAYS * DAY_SECONDS)[:10],
        "recording_files": [file_json(file, recording, world) for file in files],
    }


def file_json(file: RecordingFile, recording: Recording, world: WorldState, complete: bool = False) -> JSON:
    """One recording file. Its ``meeting_id`` is the UUID. ``complete``: all fields for every type, as in events."""
    fields: JSON = {
        "meeting_id": recording.uuid,
        "recording_start": iso(file.started_at),
        "recording_end": iso(file.ended_at),
        "file_type": file.file_type,
        "file_extension": file.extension,
        "download_url": f"{world.base_url}/rec/download/{file.id}",
    }
    if complete or file.file_type not in BARE_FILES:
        fields |= {
            "id": file.id,
            "file_size": file.size_bytes,
            "play_url": f"{world.base_url}/rec/play/{file.id}",
            "status": "completed",
            "recording_type": file.recording_type,
        }
    trashed_at = file.trashed_at or recording.trashed_at
    if trashed_at is not None:
        fields["deleted_time"] = iso(trashed_at)
    return fields


def recording_settings(recording: Recording) -> JSON:
    """``GET /meetings/{id}/recordings/settings``."""
    return {
        "topic": recording.topic,
        "share_recording": "publicly",
        "recording_authentication": False,
        "authentication_option": "",
        "authentication_name": "",
        "authentication_domains": "",
        "viewer_download": True,
        "password": recording.password,
        "on_demand": bool(recording.registrants),
        "approval_type": 0 if recording.registrants else 2,
        "send_email_to_host": False,
        "show_social_share_buttons": False,
        "auto_delete": True,
        "auto_delete_date": iso(recording.started_at + KEPT_DAYS * DAY_SECONDS)[:10],
    }


def view_json(view: RecordingView) -> JSON:
    """A row of ``GET /meetings/{id}/recordings/analytics_details``."""
    return {"date_time": iso(view.at), "name": view.name, "email": view.email, "duration": view.seconds}
