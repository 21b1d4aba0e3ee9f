"""The JSON of the webhook events of scheduled meetings: created, updated, deleted, recovered. Their id is a number."""

from __future__ import annotations

from typing import Any

from offline_zoom.dates import iso
from offline_zoom.model import Meeting, Occurrence
from offline_zoom.serializers.meetings import meeting_json, occurrence_json
from offline_zoom.webhooks.events import Event, envelope
from offline_zoom.world_state import WorldState

JSON = dict[str, Any]
#: fields of a meeting that ``meeting.updated`` can name
UPDATED = (
    *("topic", "type", "start_time", "duration", "timezone", "password", "agenda"),
    *("settings", "recurrence", "tracking_fields"),
)
#: settings that ``meeting.updated`` can name
UPDATED_SETTINGS = (
    *("host_video", "participant_video", "join_before_host", "jbh_time", "mute_upon_entry", "audio", "auto_recording"),
    *("use_pmi", "waiting_room", "watermark", "enforce_login", "enforce_login_domains", "approval_type"),
    *("registration_type", "alternative_hosts", "meeting_authentication", "authentication_option"),
    *("authentication_name", "authentication_domains", "meeting_invitees", "language_interpretation"),
    *("continuous_meeting_chat", "auto_start_meeting_summary", "who_will_receive_summary"),
    *("auto_start_ai_companion_questions", "who_can_ask_questions", "summary_template_id"),
    *("allow_host_control_participant_mute_state", "email_in_attendee_report"),
)
#: settings that ``meeting.created`` names
CREATED_SETTINGS = ("use_pmi", "alternative_hosts", "meeting_invitees", "join_before_host", "jbh_time")


def created_event(at: float, meeting: Meeting, world: WorldState) -> Event:
    """``meeting.created``."""
    fields = meeting_json(meeting, world)
    names = ("join_url", "password", "creation_source", "occurrences", "recurrence", "tracking_fields", "pmi")
    thing = {**schedule_object(meeting), **{name: fields[name] for name in names if name in fields}}
    thing["settings"] = {name: meeting.settings[name] for name in CREATED_SETTINGS if name in meeting.settings}
    return by_host("meeting.created", at, meeting, thing, world, operation="all")


def removed_event(name: str, at: float, meeting: Meeting, date: Occurrence | None, world: WorldState) -> Event:
    """``meeting.deleted``, ``permanently_deleted`` or ``recovered``, of a meeting or of one occurrence."""
    thing = schedule_object(meeting)
    if name != "meeting.deleted":
        thing.setdefault("start_time", iso(meeting.created_at))
    if date:
        thing["occurrences"] = [occurrence_json(date)]
    return by_host(name, at, meeting, thing, world, operation="single" if date else "all")


def updated_event(
    at: float, meeting: Meeting, date: Occurrence | None, world: WorldState, changes: JSON, before: JSON
) -> Event:
    """``meeting.updated``: the changed fields. ``before`` is the meeting's JSON before the change."""
    thing: JSON = {"id": meeting.id, "uuid": meeting.uuid, **updated_fields(changes)}
    start_at = date.current_start_at if date else meeting.start_at
    if "start_time" in thing and start_at is not None:
        # A request may have the local time.
        thing["start_time"] = iso(start_at)
    old = {"id": meeting.id, "uuid": meeting.uuid, **old_fields(thing, before)}
    if date:
        thing["occurrences"] = [occurrence_json(date)]
    more = {"scope": "single" if date else "all", "time_stamp": int(at * 1000), "old_object": old}
    return by_host("meeting.updated", at, meeting, thing, world, **more)


def updated_fields(changes: JSON) -> JSON:
    """The changes that the event can name."""
    fields = {name: value for name, value in changes.items() if name in UPDATED and value is not None}
    if isinstance(fields.get("settings"), dict):
        fields["settings"] = {name: value for name, value in fields["settings"].items() if name in UPDATED_SETTINGS}
    return fields


def old_fields(thing: JSON, before: JSON) -> JSON:
    """The same fields as they were before."""
    old = {name: before[name] for name in thing if name in before and name not in ("id", "uuid")}
    if "settings" in old:
        old["settings"] = {name: old["settings"][name] for name in thing["settings"] if name in old["settings"]}
    return old


def schedule_object(meeting: Meeting) -> JSON:
    """A scheduled meeting."""
    thing: JSON = {
        "id": meeting.id,
        "uuid": meeting.uuid,
        "host_id": meeting.host_id,
        "topic": meeting.topic,
        "type": meeting.type,
        "duration": meeting.duration_minutes,
        "timezone": meeting.timezone,
    }
    return thing if meeting.start_at is None else {**thing, "start_time": iso(meeting.start_at)}


def by_host(name: str, at: float, meeting: Meeting, thing: JSON, world: WorldState, **more: Any) -> Event:
    """An event whose operator is the meeting's host."""
    host = world.users[meeting.host_id]
    return envelope(name, at, host.account_id, thing, operator=host.email, operator_id=host.id, **more)
