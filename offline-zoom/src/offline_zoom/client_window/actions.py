"""What the person at a client may do to the meeting; REST and webhooks tell of it as of anything else."""

from __future__ import annotations

from typing import Any

from offline_zoom.client_window.client_session import ClientSession, Unknown, my_row, person, seat_meeting
from offline_zoom.dates import iso
from offline_zoom.identifiers import meeting_uuid
from offline_zoom.model import INSTANT, Instance, Join, Meeting, User
from offline_zoom.webhooks import events
from offline_zoom.world import World

#: a row of attendance knows no "participant": Zoom's webhooks call everybody without an office attendee
ROW_ROLES = {"participant": "attendee"}


def act(world: World, seat: ClientSession, action: str, asked: dict[str, Any]) -> None:
    """Change the meeting. Raises Unknown."""
    change = ACTIONS.get(action)
    if change is None:
        raise Unknown(action)
    change(world, seat, asked)


def find(world: World, seat: ClientSession, asked: dict[str, Any], *, gone: bool = False) -> tuple[Instance, Join]:
    """The row of attendance meant: by its number, or by the participant's UUID. Raises Unknown."""
    instance = running(world, seat)
    rows = instance.joined(world.now()) if gone else instance.present(world.now())
    for row in reversed(rows):
        if row.user_id == asked.get("participantId") or row.participant_uuid == asked.get("participantUUID"):
            return instance, row
    raise Unknown("participant")


def running(world: World, seat: ClientSession) -> Instance:
    """The meeting of this seat. Raises Unknown when there is none."""
    instance = seat_meeting(world, seat)
    if instance is None:
        raise Unknown("meeting")
    return instance


def enter(world: World, seat: ClientSession, _: dict[str, Any]) -> None:
    """Take the seat: come into the meeting, or begin one where there is none, in the role the seat has."""
    user = person(world, seat)
    instance = seat_meeting(world, seat) or world.start_meeting(next_meeting(world, user))
    row = my_row(seat, user, instance.present(world.now()))
    if row is None:
        row = world.join(instance, None, user.display_name) if seat.guest else world.join(instance, user)
    give_role(world, instance, row, seat.role)


def give_role(world: World, instance: Instance, row: Join, role: str) -> None:
    """The role, if it is any and another one than before."""
    wanted = ROW_ROLES.get(role, role)
    if wanted and row.role != wanted:
        world.set_role(instance, row, wanted)


def next_meeting(world: World, user: User) -> Meeting:
    """The user's next scheduled meeting, or an instant one."""
    own = [one for one in world.meetings.values() if one.host_id == user.id and not one.deleted]
    ahead = [one for one in own if one.start_at is not None and one.start_at > world.now()]
    if ahead:
        return min(ahead, key=lambda one: one.start_at or 0)
    topic = f"{user.display_name}'s meeting"
    number = world.next_meeting_id()
    instant = Meeting(number, meeting_uuid(), user.id, topic, INSTANT, created_at=world.now(), start_at=world.now())
    world.meetings[number] = instant
    return instant


def join(world: World, seat: ClientSession, asked: dict[str, Any]) -> None:
    """Somebody comes: a user of the story, or a guest by name; ``waiting`` leaves them at the door."""
    who = asked.get("user") or None
    world.join(running(world, seat), who, str(asked.get("name") or ""), waiting=bool(asked.get("waiting")))


def rejoin(world: World, seat: ClientSession, asked: dict[str, Any]) -> None:
    """Somebody who left comes again: the same person, a new join."""
    instance, row = find(world, seat, asked, gone=True)
    world.join(instance, None, row.name, person_id=row.person_id, email=row.email, internal=row.internal, role=row.role)


def leave(world: World, seat: ClientSession, asked: dict[str, Any]) -> None:
    world.leave(*find(world, seat, asked))


def admit(world: World, seat: ClientSession, asked: dict[str, Any]) -> None:
    world.admit(*find(world, seat, asked))


def put_in_waiting_room(world: World, seat: ClientSession, asked: dict[str, Any]) -> None:
    """From the meeting back to its door."""
    instance, row = find(world, seat, asked)
    world.leave(instance, row)
    kept = {"person_id": row.person_id, "email": row.email, "participant_uuid": row.participant_uuid}
    at_door = world.join(instance, None, row.name, waiting=True, internal=row.internal, role=row.role, **kept)
    world.announce(
        events.participant_event("meeting.participant_put_in_waiting_room", world.now(), instance, at_door, world)
    )


def waiting_room(world: World, seat: ClientSession, asked: dict[str, Any]) -> None:
    world.meetings[running(world, seat).meeting_id].settings["waiting_room"] = bool(asked["on"])


def record(world: World, seat: ClientSession, asked: dict[str, Any]) -> None:
    """The cloud recording begins or ends; its files come after the meeting."""
    instance, on = running(world, seat), bool(asked["on"])
    instance.recording = on
    thing = events.meeting_object(instance, world) | {"id": instance.meeting_id}
    times = {"recording_start": iso(instance.started_at), "recording_end": "" if on else iso(world.now())}
    name = "recording.started" if on else "recording.stopped"
    account_id = world.users[instance.host_id].account_id
    world.announce(events.envelope(name, world.now(), account_id, thing | {"recording_file": times}))


def end(world: World, seat: ClientSession, _: dict[str, Any]) -> None:
    world.end_meeting(running(world, seat))


ACTIONS = {
    "enter": enter,
    "join": join,
    "rejoin": rejoin,
    "leave": leave,
    "admit": admit,
    "put_in_waiting_room": put_in_waiting_room,
    "waiting_room": waiting_room,
    "record": record,
    "end": end,
}
