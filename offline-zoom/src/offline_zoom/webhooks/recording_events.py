"""The JSON of the webhook events of recordings. Their meeting id is a number, and their type too."""

from __future__ import annotations

from typing import Any, Literal

from offline_zoom.dates import DAY_SECONDS, iso
from offline_zoom.model import Instance, Recording
from offline_zoom.serializers.recordings import file_json, recording_json
from offline_zoom.webhooks.events import Event, envelope, meeting_object
from offline_zoom.world_state import WorldState

JSON = dict[str, Any]
Verb = Literal["started", "paused", "resumed", "stopped"]
#: fields of a recording in every event
COMMON = (
    *("uuid", "id", "account_id", "host_id", "topic", "start_time", "timezone", "duration", "share_url"),
    *("total_size", "recording_count"),
)


def recording_control_event(verb: Verb, at: float, instance: Instance, world: WorldState) -> Event:
    """``recording.started`` and the like: the recording of a running meeting."""
    times = {"recording_start": iso(instance.started_at), "recording_end": iso(at) if verb == "stopped" else ""}
    thing = {**meeting_object(instance, world), "id": instance.meeting_id, "recording_file": times}
    return envelope(f"recording.{verb}", at, world.users[instance.host_id].account_id, thing)


def recording_event(at: float, recording: Recording, world: WorldState) -> Event:
    """``recording.completed``, with a token that opens its files for a day. The transcript has its own event."""
    names = [file.file_type for file in recording.files if file.file_type != "TRANSCRIPT"]
    fields = recording_json(recording, world)
    more = {name: fields[name] for name in ("recording_play_passcode", "auto_delete", "auto_delete_date")}
    thing = {**recording_object(recording, names, world), **more, "on_prem": False, "participant_audio_files": []}
    return with_token("recording.completed", at, recording, thing, world)


def recording_transcript_event(at: float, recording: Recording, world: WorldState) -> Event:
    """``recording.transcript_completed``: the transcript alone."""
    return with_token(
        "recording.transcript_completed", at, recording, recording_object(recording, ["TRANSCRIPT"], world), world
    )


def with_token(name: str, at: float, recording: Recording, thing: JSON, world: WorldState) -> Event:
    """An event with a download token and the passcode."""
    host = world.users[recording.host_id]
    event = envelope(name, at, host.account_id, {**thing, "host_email": host.email, "password": recording.password})
    return {**event, "download_token": world.download_token(recording.host_id, DAY_SECONDS)}


def trash_event(name: str, at: float, recording: Recording, world: WorldState) -> Event:
    """``recording.trashed``, ``recording.recovered`` or ``recording.deleted``."""
    host = world.users[recording.host_id]
    thing = recording_object(recording, [file.file_type for file in recording.files], world)
    return envelope(name, at, host.account_id, thing, operator=host.email, operator_id=host.id)


def recording_renamed_event(at: float, recording: Recording, old_topic: str, world: WorldState) -> Event:
    """``recording.renamed``: the new and the old topic."""
    host = world.users[recording.host_id]
    names = {"uuid": recording.uuid, "id": recording.meeting_id, "host_id": host.id, "type": recording.type}
    more = {"time_stamp": int(at * 1000), "old_object": {**names, "topic": old_topic}}
    thing = {**names, "topic": recording.topic}
    return envelope("recording.renamed", at, host.account_id, thing, operator=host.email, operator_id=host.id, **more)


def recording_object(recording: Recording, file_types: list[str], world: WorldState) -> JSON:
    """A recording with its files of some types. Here each file has an id, a status, a size and a type."""
    fields = recording_json(recording, world)
    files = [
        {**file_json(file, recording, world, complete=True), "meeting_id": recording.uuid}
        for file in recording.files
        if file.file_type in file_types
    ]
    for file in files:
        file.pop("deleted_time", None)
    return {
        **{name: fields[name] for name in COMMON},
        "type": recording.type,
        "total_size": sum(file["file_size"] for file in files),
        "recording_count": len(files),
        "recording_files": files,
    }
