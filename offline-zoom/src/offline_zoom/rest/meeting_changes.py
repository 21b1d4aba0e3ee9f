"""What a body makes of a meeting."""

from __future__ import annotations

from typing import Any

from offline_zoom.dates import iso, parse_start
from offline_zoom.identifiers import meeting_uuid, random_text
from offline_zoom.meeting_settings import DEFAULT_SETTINGS
from offline_zoom.model import FIXED_TIME, INSTANT, NO_FIXED_TIME, SCHEDULED, Meeting, Occurrence, User
from offline_zoom.recurrence import occurrences
from offline_zoom.world import World

JSON = dict[str, Any]
#: what may be different for one date of a series
OF_ONE_DATE = ("agenda", "start_time", "duration")
SETTINGS_OF_ONE_DATE = (
    "host_video",
    "participant_video",
    "join_before_host",
    "mute_upon_entry",
    "waiting_room",
    "watermark",
    "auto_recording",
)


def create(world: World, host: User, body: JSON) -> Meeting:
    """A new meeting; a start that is missing or over becomes now."""
    timezone = body.get("timezone") or host.timezone
    kind = body.get("type") or SCHEDULED
    meeting = Meeting(
        id=world.next_meeting_id(),
        uuid=meeting_uuid(),
        host_id=host.id,
        topic=body.get("topic") or "Zoom Meeting",
        type=kind,
        created_at=world.now(),
        duration_minutes=body.get("duration") or 60,
        timezone=timezone,
        agenda=body.get("agenda") or "",
        settings={**DEFAULT_SETTINGS},
        source="open_api",
        edited=True,
    )
    if kind != NO_FIXED_TIME:
        asked = parse_start(body["start_time"], timezone) if body.get("start_time") else 0.0
        meeting.start_at = asked if asked >= world.now() and kind != INSTANT else float(int(world.now()))
    change_settings(meeting, body.get("settings") or {})
    set_password(meeting, body)
    meeting.tracking_fields = body.get("tracking_fields") or []
    if kind == FIXED_TIME:
        set_recurrence(meeting, body["recurrence"])
    world.meetings[meeting.id] = meeting
    return meeting


def change(world: World, meeting: Meeting, body: JSON) -> JSON:
    """Lay a body over a meeting; what was changed. A start that is over is ignored."""
    names = {"topic": "topic", "type": "type", "duration": "duration_minutes", "timezone": "timezone"}
    names |= {"agenda": "agenda", "password": "password", "tracking_fields": "tracking_fields"}
    for sent, kept in names.items():
        if body.get(sent) is not None:
            setattr(meeting, kept, body[sent])
    if body.get("start_time") and meeting.type != NO_FIXED_TIME:
        asked = parse_start(body["start_time"], meeting.timezone)
        meeting.start_at = asked if asked >= world.now() else meeting.start_at
    if body.get("settings"):
        change_settings(meeting, body["settings"])
    if body.get("recurrence") and meeting.start_at is not None:
        meeting.type = FIXED_TIME
        set_recurrence(meeting, body["recurrence"])
    return {key: value for key, value in body.items() if key != "password"}


def change_settings(meeting: Meeting, settings: JSON) -> None:
    """A waiting room overrules joining before the host."""
    meeting.settings = {**meeting.settings, **{key: value for key, value in settings.items() if value is not None}}
    if meeting.settings.get("waiting_room"):
        meeting.settings["join_before_host"] = False


def set_password(meeting: Meeting, body: JSON) -> None:
    """The passcode asked for; one is made up unless a waiting room was asked for instead."""
    asked = body.get("password")
    room = (body.get("settings") or {}).get("waiting_room") is True
    meeting.password = asked or ("" if room and not body.get("default_password") else random_text(6))


def set_recurrence(meeting: Meeting, rule: JSON) -> None:
    """Repeat from the start on, by this rule."""
    assert meeting.start_at is not None
    meeting.recurrence = {"repeat_interval": 1, **rule}
    meeting.occurrences = occurrences(meeting.recurrence, meeting.start_at, meeting.duration_minutes, meeting.timezone)


def change_occurrence(date: Occurrence, body: JSON) -> JSON:
    """Change one date; what else stands in the body is passed over."""
    changes = {key: body[key] for key in OF_ONE_DATE if body.get(key) is not None}
    settings = {key: value for key, value in (body.get("settings") or {}).items() if key in SETTINGS_OF_ONE_DATE}
    if "duration" in changes:
        date.duration_minutes = changes["duration"]
    if "start_time" in changes:
        date.changes["start_at"] = parse_start(changes["start_time"], "UTC")
    if "agenda" in changes:
        date.changes["agenda"] = changes["agenda"]
    if settings:
        date.changes["settings"] = {**date.changes.get("settings", {}), **settings}
    return {**changes, **({"settings": settings} if settings else {})}


def as_occurrence(told: JSON, date: Occurrence) -> JSON:
    """A meeting as it is on one date."""
    changes = date.changes
    return {
        **told,
        "start_time": iso(changes.get("start_at", date.start_at)),
        "duration": date.duration_minutes,
        "agenda": changes.get("agenda", told["agenda"]),
        "settings": {**told["settings"], **changes.get("settings", {})},
    }
