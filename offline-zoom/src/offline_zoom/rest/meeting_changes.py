"""Creates and changes meetings from the JSON of a request."""

from __future__ import annotations

from typing import Any

from offline_zoom.dates import iso, parse_start
from offline_zoom.identifiers import meeting_uuid, random_text
from offline_zoom.meeting_settings import DEFAULT_SETTINGS
from offline_zoom.model import FIXED_TIME, INSTANT, NO_FIXED_TIME, SCHEDULED, Meeting, Occurrence, User
from offline_zoom.recurrence import occurrences
from offline_zoom.world import World

JSON = dict[str, Any]
#: fields that one occurrence of a series may change
OF_OCCURRENCE = ("agenda", "start_time", "duration")
SETTINGS_OF_OCCURRENCE = (
    "host_video",
    "participant_video",
    "join_before_host",
    "mute_upon_entry",
    "waiting_room",
    "watermark",
    "auto_recording",
)


def create(world: World, host: User, body: JSON) -> Meeting:
    """Create a meeting. A start that is missing or in the past becomes now."""
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
        requested = parse_start(body["start_time"], timezone) if body.get("start_time") else 0.0
        meeting.start_at = requested if requested >= world.now() and kind != INSTANT else float(int(world.now()))
    change_settings(meeting, body.get("settings") or {})
    set_password(meeting, body)
    meeting.tracking_fields = body.get("tracking_fields") or []
    if kind == FIXED_TIME:
        set_recurrence(meeting, body["recurrence"])
    world.meetings[meeting.id] = meeting
    return meeting


def change(world: World, meeting: Meeting, body: JSON) -> JSON:
    """Change a meeting. Returns the changed fields. A start in the past is ignored."""
    names = {"topic": "topic", "type": "type", "duration": "duration_minutes", "timezone": "timezone"}
    names |= {"agenda": "agenda", "password": "password", "tracking_fields": "tracking_fields"}
    for key, attribute in names.items():
        if body.get(key) is not None:
            setattr(meeting, attribute, body[key])
    set_timing(world, meeting, body)
    if body.get("settings"):
        change_settings(meeting, body["settings"])
    return {key: value for key, value in body.items() if key != "password"}


def lacks_recurrence(world: World, meeting: Meeting, body: JSON) -> bool:
    """Whether this change of a whole series needs a recurrence rule: with a new start, or if it becomes a series."""
    kind = body.get("type") or meeting.type
    if kind != FIXED_TIME or body.get("recurrence") is not None:
        return False
    timezone = body.get("timezone") or meeting.timezone
    has_new_start = bool(body.get("start_time")) and parse_start(body["start_time"], timezone) >= world.now()
    return has_new_start or meeting.type != FIXED_TIME


def set_timing(world: World, meeting: Meeting, body: JSON) -> None:
    """Set the start and the occurrences. Occurrences that are over stay; those to come follow the rule."""
    if body.get("recurrence") and meeting.type != NO_FIXED_TIME:
        meeting.type = FIXED_TIME
    if meeting.type == NO_FIXED_TIME:
        meeting.start_at, meeting.recurrence, meeting.occurrences = None, None, []
        return
    if body.get("start_time"):
        requested = parse_start(body["start_time"], meeting.timezone)
        meeting.start_at = requested if requested >= world.now() else meeting.start_at
    if meeting.start_at is None and body.get("type"):
        meeting.start_at = float(int(world.now()))
    if meeting.type != FIXED_TIME:
        meeting.recurrence, meeting.occurrences = None, []
    elif body.get("recurrence") and meeting.start_at is not None:
        past = [date for date in meeting.occurrences if date.is_over(world.now())]
        set_recurrence(meeting, body["recurrence"])
        meeting.occurrences = past + [date for date in meeting.occurrences if not date.is_over(world.now())]
    elif body.get("duration"):
        for date in meeting.occurrences:
            if not date.is_over(world.now()):
                date.duration_minutes = body["duration"]


def change_settings(meeting: Meeting, settings: JSON) -> None:
    """Change settings. A waiting room turns off joining before the host."""
    meeting.settings = {**meeting.settings, **{key: value for key, value in settings.items() if value is not None}}
    if meeting.settings.get("waiting_room"):
        meeting.settings["join_before_host"] = False


def set_password(meeting: Meeting, body: JSON) -> None:
    """Set the requested passcode, or a random one unless a waiting room is requested."""
    requested = body.get("password")
    room = (body.get("settings") or {}).get("waiting_room") is True
    meeting.password = requested or ("" if room and not body.get("default_password") else random_text(6))


def set_recurrence(meeting: Meeting, rule: JSON) -> None:
    """Set a recurrence rule and compute the occurrences."""
    assert meeting.start_at is not None
    meeting.recurrence = {"repeat_interval": 1, **{name: value for name, value in rule.items() if value is not None}}
    meeting.occurrences = occurrences(meeting.recurrence, meeting.start_at, meeting.duration_minutes, meeting.timezone)


def change_occurrence(world: World, meeting: Meeting, occurrence: Occurrence, body: JSON) -> JSON:
    """Change one occurrence. Other fields of the body are ignored, and so is a start in the past."""
    changes = {key: body[key] for key in OF_OCCURRENCE if body.get(key) is not None}
    settings = {key: value for key, value in (body.get("settings") or {}).items() if key in SETTINGS_OF_OCCURRENCE}
    if "duration" in changes:
        occurrence.duration_minutes = changes["duration"]
    if "start_time" in changes:
        requested = parse_start(changes["start_time"], meeting.timezone)
        if requested >= world.now():
            occurrence.changes["start_at"] = requested
    if "agenda" in changes:
        occurrence.changes["agenda"] = changes["agenda"]
    if settings:
        occurrence.changes["settings"] = {**occurrence.changes.get("settings", {}), **settings}
    return {**changes, **({"settings": settings} if settings else {})}


def as_occurrence(meeting: JSON, occurrence: Occurrence) -> JSON:
    """A meeting's JSON with the changes of one occurrence. A waiting room turns off joining before the host."""
    changes = occurrence.changes
    settings = {**meeting["settings"], **changes.get("settings", {})}
    if settings.get("waiting_room"):
        settings["join_before_host"] = False
    return {
        **meeting,
        "start_time": iso(occurrence.current_start_at),
        "duration": occurrence.duration_minutes,
        "agenda": changes.get("agenda", meeting["agenda"]),
        "settings": settings,
    }
