"""What people do in Zoom's web portal, and before a host comes. No operation of the API does it."""

from __future__ import annotations

from offline_zoom.live_meetings import LiveMeetings
from offline_zoom.meeting_content import summary_of
from offline_zoom.model import Instance, Meeting, Recording
from offline_zoom.webhooks.content_events import SummaryVerb, summary_change_event
from offline_zoom.webhooks.events import BeforeHost, before_host_event
from offline_zoom.webhooks.recording_events import recording_renamed_event
from offline_zoom.webhooks.schedule_events import removed_event


def change_summary(world: LiveMeetings, instance: Instance, verb: SummaryVerb) -> None:
    """Let the host edit, share or delete the summary of a meeting. Raises ValueError if there is none."""
    if instance.summary is None:
        raise ValueError("the meeting has no summary")
    if verb == "updated" and instance.summary.edited is None:
        instance.summary = summary_of(instance, instance.summary.created_at, edited=True)
    world.announce(summary_change_event(verb, world.now(), instance, instance.summary, world))


def rename_recording(world: LiveMeetings, recording: Recording, topic: str) -> None:
    """Let the host rename a recording."""
    old, recording.topic = recording.topic, topic
    world.announce(recording_renamed_event(world.now(), recording, old, world))


def delete_permanently(world: LiveMeetings, meeting: Meeting) -> None:
    """Let the host delete a meeting that has not run, so that it cannot be recovered."""
    with world.lock:
        del world.meetings[meeting.id]
    world.announce(removed_event("meeting.permanently_deleted", world.now(), meeting, None, world))


def come_before_host(world: LiveMeetings, meeting: Meeting, step: BeforeHost, name: str) -> None:
    """Let somebody wait for the host, stop waiting, or join before the host."""
    world.announce(before_host_event(step, world.now(), meeting, name, world))
