"""The JSON of Zoom's webhook events."""

from __future__ import annotations

from typing import Any

from offline_zoom.dates import DAY_SECONDS, iso
from offline_zoom.model import Instance, Join, Meeting, Recording, Registrant, Summary, User
from offline_zoom.serializers.meeting_content import summary_json
from offline_zoom.serializers.recordings import recording_json
from offline_zoom.serializers.registrants import registrant_json
from offline_zoom.world_state import WorldState

Event = dict[str, Any]
JOINED_BREAKOUT, LEFT_BREAKOUT = "meeting.participant_joined_breakout_room", "meeting.participant_left_breakout_room"


def envelope(name: str, at: float, account_id: str, thing: dict[str, Any], **payload: Any) -> Event:
    """The outer JSON of an event. ``event_ts`` is in milliseconds."""
    return {
        "event": name,
        "event_ts": int(at * 1000),
        "payload": {"account_id": account_id, **payload, "object": thing},
    }


def meeting_object(instance: Instance, world: WorldState) -> dict[str, Any]:
    """A meeting instance. Its id is a string here, but a number in recording events."""
    meeting = world.meetings.get(instance.meeting_id)
    return {
        "id": str(instance.meeting_id),
        "uuid": instance.uuid,
        "host_id": instance.host_id,
        "topic": instance.topic,
        "type": instance.type,
        "start_time": iso(instance.started_at),
        "timezone": instance.timezone,
        "duration": meeting.duration_minutes if meeting else 0,
    }


def instance_event(name: str, at: float, instance: Instance, world: WorldState) -> Event:
    """``meeting.started`` or ``meeting.ended``."""
    thing = meeting_object(instance, world)
    if name == "meeting.ended":
        thing["end_time"] = iso(at)
    return envelope(name, at, world.users[instance.host_id].account_id, thing)


def participant_event(name: str, at: float, instance: Instance, join: Join, world: WorldState, **more: Any) -> Event:
    """An event about one participant."""
    person = {
        "user_id": join.user_id,
        "user_name": join.name,
        "id": join.person_id,
        "participant_uuid": join.participant_uuid,
        "participant_user_id": join.person_id,
        "email": join.email,
        "registrant_id": join.registrant_id,
        "customer_key": "",
        "phone_number": "",
    }
    if name in ("meeting.participant_joined", JOINED_BREAKOUT):
        person["join_time"] = iso(at)
    elif name in ("meeting.participant_left", LEFT_BREAKOUT):
        person |= {"leave_time": iso(at), "leave_reason": join.leave_reason or f"{join.name} left the meeting."}
    else:
        person["date_time"] = iso(at)
    thing = {**meeting_object(instance, world), "participant": {**person, **more}}
    return envelope(name, at, world.users[instance.host_id].account_id, thing)


def breakout_event(name: str, at: float, instance: Instance, join: Join, room_uuid: str, world: WorldState) -> Event:
    """A participant joined or left a breakout room. The main meeting announces nothing."""
    event = participant_event(name, at, instance, join, world, parent_user_id=join.user_id)
    event["payload"]["object"]["breakout_room_uuid"] = room_uuid
    return event


def joined_name(join: Join) -> str:
    """The event name for the start of an attendance row."""
    return "meeting.participant_joined_waiting_room" if join.waiting else "meeting.participant_joined"


def left_name(join: Join) -> str:
    """The event name for the end of an attendance row."""
    if not join.waiting:
        return "meeting.participant_left"
    return "meeting.participant_admitted" if join.admitted else "meeting.participant_left_waiting_room"


def scheduled_event(
    name: str, at: float, meeting: Meeting, world: WorldState, changes: dict[str, Any] | None = None
) -> Event:
    """``meeting.created``, ``meeting.updated`` or ``meeting.deleted``."""
    host = world.users[meeting.host_id]
    thing: dict[str, Any] = {
        "id": str(meeting.id),
        "uuid": meeting.uuid,
        "host_id": meeting.host_id,
        "topic": meeting.topic,
        "type": meeting.type,
        "duration": meeting.duration_minutes,
        "timezone": meeting.timezone,
    }
    if meeting.start_at is not None:
        thing["start_time"] = iso(meeting.start_at)
    more: dict[str, Any] = {"operator": host.email, "operator_id": host.id, "operation": "single"}
    if changes is not None:
        more |= {"scope": "all", "time_stamp": int(at * 1000), "old_object": thing}
        thing = {"id": thing["id"], "uuid": thing["uuid"], **changes}
    return envelope(name, at, host.account_id, thing, **more)


def registration_event(
    name: str, at: float, meeting: Meeting, registrant: Registrant, world: WorldState, operator: User | None = None
) -> Event:
    """``meeting.registration_created``, ``_approved``, ``_cancelled`` or ``_denied``. The meeting's id is a number.

    Only the first two have the personal link; only the first has the answers, and no operator.
    """
    host, created = world.users[meeting.host_id], name.endswith("_created")
    fields = registrant_json(registrant, meeting, world)
    person = {key: fields[key] for key in ("id", "first_name", "last_name", "email")}
    if created:
        person = {key: value for key, value in fields.items() if key != "create_time"}
    elif name.endswith("_approved"):
        person["join_url"] = fields["join_url"]
    thing: dict[str, Any] = {
        "id": meeting.id,
        "uuid": meeting.uuid,
        "host_id": meeting.host_id,
        "topic": meeting.topic,
        "type": meeting.type,
        "start_time": iso(meeting.start_at) if meeting.start_at is not None else "",
        "duration": meeting.duration_minutes,
        "timezone": meeting.timezone,
        "registrant": person,
    }
    if registrant.occurrence_ids:
        thing["occurrences"] = [
            {"occurrence_id": date.id, "start_time": iso(date.current_start_at)}
            for date in meeting.occurrences
            if date.id in registrant.occurrence_ids
        ]
    operator = operator or host
    more = {} if created else {"operator": operator.email, "operator_id": operator.id}
    return envelope(name, at, host.account_id, thing, **more)


def recording_event(at: float, recording: Recording, world: WorldState) -> Event:
    """``recording.completed``, with a token that opens its files for a day."""
    more = {"on_prem": False, "participant_audio_files": []}
    return _files_event("recording.completed", at, recording, {**recording_json(recording, world), **more}, world)


def recording_transcript_event(at: float, recording: Recording, world: WorldState) -> Event:
    """``recording.transcript_completed``: the same with the transcript alone. Here the type is a number."""
    unsent = ("recording_play_passcode", "auto_delete", "auto_delete_date")
    thing = {name: value for name, value in recording_json(recording, world).items() if name not in unsent}
    files = [file for file in thing["recording_files"] if file["file_type"] == "TRANSCRIPT"]
    size = sum(file["file_size"] for file in files)
    thing |= {"type": recording.type, "recording_files": files, "recording_count": len(files), "total_size": size}
    return _files_event("recording.transcript_completed", at, recording, thing, world)


def _files_event(name: str, at: float, recording: Recording, thing: dict[str, Any], world: WorldState) -> Event:
    host = world.users[recording.host_id]
    event = envelope(name, at, host.account_id, {**thing, "host_email": host.email, "password": recording.password})
    return {**event, "download_token": world.download_token(recording.host_id, DAY_SECONDS)}


def summary_event(at: float, instance: Instance, summary: Summary, world: WorldState) -> Event:
    """``meeting.summary_completed``: the summary as the API gives it. The host is ``meeting_host_id`` here."""
    thing = summary_json(instance, summary, world)
    return envelope("meeting.summary_completed", at, world.users[instance.host_id].account_id, thing)


def deauthorized_event(at: float, user_id: str, world: WorldState) -> Event:
    """``app_deauthorized``: the app must delete the user's data. It has no ``object``."""
    seconds = iso(at).removesuffix("Z")
    return {
        "event": "app_deauthorized",
        "event_ts": int(at * 1000),
        "payload": {
            "account_id": world.users[user_id].account_id,
            "user_id": user_id,
            "client_id": world.client_id,
            "deauthorization_time": f"{seconds}.{int(at * 1000) % 1000:03d}Z",
            "signature": world.seal(f"deauthorized {user_id} {at}"),
            "user_data_retention": None,
        },
    }
