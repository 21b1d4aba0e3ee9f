"""The JSON of Zoom's webhook events: their envelope, running meetings, participants, the removal of the app.

Events of scheduled meetings are in ``schedule_events``, of registrants in ``registration_events``, of recordings in
``recording_events``, and of summaries and the AI Companion in ``content_events``.
"""

from __future__ import annotations

from typing import Any, Literal

from offline_zoom.dates import iso
from offline_zoom.model import Instance, Join, Meeting
from offline_zoom.world_state import WorldState

Event = dict[str, Any]
BeforeHost = Literal["waiting", "waiting_left", "joined"]
ROLE_CHANGED = "meeting.participant_role_changed"
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
    host = world.users[instance.host_id]
    thing = {**meeting_object(instance, world), "host_email": host.email}
    if name == "meeting.ended":
        thing["end_time"] = iso(at)
    return envelope(name, at, host.account_id, thing)


def participant_event(name: str, at: float, instance: Instance, join: Join, world: WorldState, **more: Any) -> Event:
    """An event about one participant."""
    person = {
        "user_id": join.user_id,
        "user_name": join.name,
        "participant_uuid": join.participant_uuid,
        "participant_user_id": join.person_id,
        "email": join.email,
        "registrant_id": join.registrant_id,
    }
    if name != ROLE_CHANGED:
        person |= {"id": join.person_id, "customer_key": "", "phone_number": ""}
    if name in ("meeting.participant_joined", JOINED_BREAKOUT):
        person["join_time"] = iso(at)
    elif name in ("meeting.participant_left", LEFT_BREAKOUT):
        person |= {"leave_time": iso(at), "leave_reason": join.leave_reason or f"{join.name} left the meeting."}
    else:
        person["date_time"] = iso(at)
    thing = {**meeting_object(instance, world), "participant": {**person, **more}}
    return envelope(name, at, world.users[instance.host_id].account_id, thing)


def before_host_event(step: BeforeHost, at: float, meeting: Meeting, name: str, world: WorldState) -> Event:
    """``meeting.participant_jbh_waiting`` and the like: a person without an account comes before the host."""
    person = {"id": "", "user_name": name, "customer_key": ""}
    if step != "waiting":
        person["registrant_id"] = ""
    thing = {
        "id": meeting.id if step == "waiting_left" else str(meeting.id),
        "uuid": meeting.uuid,
        "host_id": meeting.host_id,
        "topic": meeting.topic,
        "type": meeting.type,
        "start_time": iso(meeting.start_at or at),
        "timezone": meeting.timezone,
        "duration": meeting.duration_minutes,
        "participant": person,
    }
    return envelope(f"meeting.participant_jbh_{step}", at, world.users[meeting.host_id].account_id, thing)


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
