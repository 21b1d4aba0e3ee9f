"""The AI Companion summary and transcript of a past meeting as JSON."""

from __future__ import annotations

from typing import Any

from offline_zoom.dates import DAY_SECONDS, iso
from offline_zoom.model import Instance, Summary, Transcript
from offline_zoom.world_state import WorldState

JSON = dict[str, Any]
KEPT_DAYS = 365


def summary_json(instance: Instance, summary: Summary, world: WorldState) -> JSON:
    """``GET /meetings/{uuid}/meeting_summary``, and the object of ``meeting.summary_completed``."""
    host = world.users[instance.host_id]
    fields: JSON = {
        **summary_times(instance, summary, world),
        "summary_title": summary.title or f"Meeting summary for {instance.topic}",
        "summary_overview": summary.overview,
        "summary_details": [{"label": label, "summary": text} for label, text in summary.details],
        "next_steps": summary.next_steps,
        "summary_content": summary.content,
        "summary_doc_url": summary.doc_url,
    }
    if summary.edited:
        modified_by = {"summary_last_modified_user_id": host.id, "summary_last_modified_user_email": host.email}
        fields |= {**modified_by, "edited_summary": summary.edited}
    return fields


def summary_times(instance: Instance, summary: Summary, world: WorldState) -> JSON:
    """A row of ``GET /meetings/meeting_summaries``: a summary without its text."""
    host = world.users[instance.host_id]
    return {
        "meeting_host_id": host.id,
        "meeting_host_email": host.email,
        "meeting_uuid": instance.uuid,
        "meeting_id": instance.meeting_id,
        "meeting_topic": instance.topic,
        "meeting_start_time": iso(instance.started_at),
        "meeting_end_time": iso(instance.ended_at or world.now()),
        "summary_start_time": iso(instance.started_at + 60),
        "summary_end_time": iso(instance.ended_at or world.now()),
        "summary_created_time": iso(summary.created_at),
        "summary_last_modified_time": iso(summary.created_at + (1680 if summary.edited else 0)),
    }


def transcript_json(instance: Instance, transcript: Transcript | None, restriction: str, world: WorldState) -> JSON:
    """``GET /meetings/{id}/transcript``: a link to the file, or the reason why there is none."""
    created_at = transcript.created_at if transcript else instance.ended_at or world.now()
    fields: JSON = {
        # Zoom's own example has the UUID here.
        "meeting_id": instance.uuid,
        "account_id": world.users[instance.host_id].account_id,
        "meeting_topic": instance.topic,
        "host_id": instance.host_id,
        "transcript_created_time": iso(created_at),
        "can_download": not restriction,
        "auto_delete": True,
        "auto_delete_date": iso(created_at + KEPT_DAYS * DAY_SECONDS)[:10],
    }
    if restriction or transcript is None:
        return {**fields, "download_restriction_reason": restriction}
    return {**fields, "download_url": f"{world.base_url}/rec/download/{transcript.id}"}
