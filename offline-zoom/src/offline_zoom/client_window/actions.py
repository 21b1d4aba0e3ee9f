"""Actions of the meeting window: join, leave, admit, record, end. REST and webhooks show their effects."""

from __future__ import annotations

from typing import Any

from offline_zoom.client_window.client_session import ClientSession, Unknown, my_row, session_meeting, session_user
from offline_zoom.identifiers import meeting_uuid
from offline_zoom.model import INSTANT, Instance, Join, Meeting, User
from offline_zoom.world import World

#: attendance rows have no role "participant": Zoom's webhooks say "attendee"
ROW_ROLES = {"participant": "attendee"}


def act(world: World, session: ClientSession, action: str, data: dict[str, Any]) -> None:
    """Run an action by name. Raises Unknown."""
    change = ACTIONS.get(action)
    if change is None:
        raise Unknown(action)
    change(world, session, data)


def find(
    world: World, session: ClientSession, data: dict[str, Any], *, include_left: bool = False
) -> tuple[Instance, Join]:
    """An attendance row, by participant number or UUID. Raises Unknown."""
    instance = running(world, session)
    rows = instance.joined(world.now()) if include_left else instance.present(world.now())
    for row in reversed(rows):
        if row.user_id == data.get("participantId") or row.participant_uuid == data.get("participantUUID"):
            return instance, row
    raise Unknown("participant")


def running(world: World, session: ClientSession) -> Instance:
    """The session's running meeting. Raises Unknown."""
    instance = session_meeting(world, session)
    if instance is None:
        raise Unknown("meeting")
    return instance


def enter(world: World, session: ClientSession, _: dict[str, Any]) -> None:
    """Join the meeting in the session's role. Start one if none runs."""
    user = session_user(world, session)
    instance = session_meeting(world, session) or world.start_meeting(next_meeting(world, user))
    row = my_row(session, user, instance.present(world.now()))
    if row is None:
        row = world.join(instance, None, user.display_name) if session.guest else world.join(instance, user)
    give_role(world, instance, row, session.role)


def give_role(world: World, instance: Instance, row: Join, role: str) -> None:
    """Set the role, if it is not empty and has changed."""
    row_role = ROW_ROLES.get(role, role)
    if row_role and row.role != row_role:
        world.set_role(instance, row, row_role)


def next_meeting(world: World, user: User) -> Meeting:
    """The user's next scheduled meeting, or an instant one."""
    own_meetings = [
        meeting for meeting in world.meetings.values() if meeting.host_id == user.id and not meeting.deleted
    ]
    future_meetings = [
        meeting for meeting in own_meetings if meeting.start_at is not None and meeting.start_at > world.now()
    ]
    if future_meetings:
        return min(future_meetings, key=lambda meeting: meeting.start_at or 0)
    topic = f"{user.display_name}'s meeting"
    number = world.next_meeting_id()
    instant = Meeting(number, meeting_uuid(), user.id, topic, INSTANT, created_at=world.now(), start_at=world.now())
    world.meetings[number] = instant
    return instant


def join(world: World, session: ClientSession, data: dict[str, Any]) -> None:
    """Let a user or a named guest join; with ``waiting``, in the waiting room."""
    user = user_in(world, data["user"]) if data.get("user") else None
    world.join(running(world, session), user, str(data.get("name") or ""), waiting=bool(data.get("waiting")))


def user_in(world: World, name: Any) -> User:
    """A user by short name, id or email. Raises Unknown."""
    try:
        return world.user(name)
    except KeyError as missing:
        raise Unknown("user") from missing


def rejoin(world: World, session: ClientSession, data: dict[str, Any]) -> None:
    """Let somebody who left join again."""
    instance, row = find(world, session, data, include_left=True)
    world.join(instance, None, row.name, person_id=row.person_id, email=row.email, internal=row.internal, role=row.role)


def leave(world: World, session: ClientSession, data: dict[str, Any]) -> None:
    world.leave(*find(world, session, data))


def admit(world: World, session: ClientSession, data: dict[str, Any]) -> None:
    world.admit(*find(world, session, data))


def put_in_waiting_room(world: World, session: ClientSession, data: dict[str, Any]) -> None:
    """Move a participant to the waiting room."""
    world.put_in_waiting_room(*find(world, session, data))


def join_breakout(world: World, session: ClientSession, data: dict[str, Any]) -> None:
    world.join_breakout_room(*find(world, session, data), str(data.get("room") or "Room 1"))


def leave_breakout(world: World, session: ClientSession, data: dict[str, Any]) -> None:
    instance, row = find(world, session, data)
    world.leave_breakout_room(instance, row, row.breakout_room or str(data.get("room") or "Room 1"))


def make_host(world: World, session: ClientSession, data: dict[str, Any]) -> None:
    """Make a participant the host. The former host becomes a participant."""
    instance, row = find(world, session, data)
    for former_host in instance.present(world.now()):
        if former_host.role == "host" and former_host is not row:
            world.set_role(instance, former_host, "attendee")
    world.set_role(instance, row, "host")


def waiting_room(world: World, session: ClientSession, data: dict[str, Any]) -> None:
    world.meetings[running(world, session).meeting_id].settings["waiting_room"] = bool(data.get("on"))


def record(world: World, session: ClientSession, data: dict[str, Any]) -> None:
    """Start or stop the cloud recording. Its files are ready after the meeting."""
    instance, on = running(world, session), bool(data.get("on"))
    world.control_recording(instance, "started" if on else "stopped")
    instance.recording = on


def end(world: World, session: ClientSession, _: dict[str, Any]) -> None:
    world.end_meeting(running(world, session))


ACTIONS = {
    "enter": enter,
    "join": join,
    "rejoin": rejoin,
    "leave": leave,
    "admit": admit,
    "put_in_waiting_room": put_in_waiting_room,
    "join_breakout": join_breakout,
    "leave_breakout": leave_breakout,
    "make_host": make_host,
    "waiting_room": waiting_room,
    "record": record,
    "end": end,
}
