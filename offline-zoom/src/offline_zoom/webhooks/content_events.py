"""The JSON of the webhook events of summaries, transcripts and the AI Companion.."""

from __future__ import annotations

from typing import Any, Literal

from offline_zoom.dates import iso
from offline_zoom.model import Instance, Summary, Transcript
from offline_zoom.serializers.meeting_content import summary_json, summary_times
from offline_zoom.webhooks.events import Event, envelope
from offline_zoom.world_state import WorldState

SummaryVerb = Literal["updated", "shared", "trashed", "recovered", "deleted"]
AssetKind = Literal["started", "stopped", "assets_deleted"]
#: fields of an edited summary
EDITED = ("summary_last_modified_user_id", "summary_last_modified_user_email", "edited_summary")


def summary_event(at: float, instance: Instance, summary: Summary, world: WorldState) -> Event:
    """``meeting.summary_completed``: the summary as the API gives it. The host is ``meeting_host_id`` here."""
    thing = {name: value for name, value in summary_json(instance, summary, world).items() if name not in EDITED}
    return envelope("meeting.summary_completed", at, world.users[instance.host_id].account_id, thing)


def summary_change_event(
    verb: SummaryVerb, at: float, instance: Instance, summary: Summary, world: WorldState
) -> Event:
    """``meeting.summary_updated`` with the whole summary; the others without its text."""
    host = world.users[instance.host_id]
    thing = summary_json(instance, summary, world)
    if verb != "updated":
        thing = {**summary_times(instance, summary, world), "summary_title": thing["summary_title"]}
    if verb == "shared":
        thing["share_with_users"] = [{"user_email": host.email}]
    name = f"meeting.summary_{verb}"
    return envelope(name, at, host.account_id, thing, operator=host.email, operator_id=host.id)


def transcript_event(at: float, instance: Instance, transcript: Transcript, world: WorldState) -> Event:
    """``meeting.aic_transcript_completed``: the transcript of the AI Companion is ready."""
    thing = {
        "host_id": instance.host_id,
        "meeting_uuid": instance.uuid,
        "meeting_id": instance.meeting_id,
        "meeting_topic": instance.topic,
        "meeting_start_time": iso(instance.started_at),
        "file_id": transcript.id,
        "attach_type": "durable_transcript",
    }
    return envelope("meeting.aic_transcript_completed", at, world.users[instance.host_id].account_id, thing)


def companion_event(
    kind: AssetKind, at: float, instance: Instance, features: dict[str, Any], world: WorldState
) -> Event:
    """``meeting.ai_companion_started`` and the like. ``features`` says which features or files it is about."""
    thing = {
        "meeting_number": instance.meeting_id,
        "meeting_uuid": instance.uuid,
        "host_id": instance.host_id,
        "ai_companion": features,
    }
    return envelope(f"meeting.ai_companion_{kind}", at, world.users[instance.host_id].account_id, thing)
