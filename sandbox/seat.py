"""Who sits at the Zoom client, what they see there, and what they may do to the meeting.

Everything goes through the world, so that REST, webhooks and the SDK tell the same story. The answers are
what ``static/client.js`` asks for.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from sandbox import events
from sandbox.model import INSTANT, Instance, Join, Meeting, User
from sandbox.moments import iso
from sandbox.names import meeting_uuid, random_text

if TYPE_CHECKING:
    from sandbox.world import World

IN_A_MEETING = ("inMeeting", "inWebinar", "inImmersive", "inCollaborate", "inCamera")
CONTEXT_TYPES = {"inMeeting": "meeting", "inWebinar": "webinar", "inChat": "chat", "inMainClient": "panel"}
#: a row of attendance knows no "participant": Zoom's webhooks call everybody without an office attendee
ROW_ROLES = {"participant": "attendee"}


class Unknown(LookupError):
    """There is no such person, meeting or action."""


@dataclass(frozen=True)
class Seat:
    """One person at one client. ``status`` other than ``authorized`` is guest mode; ``launch`` names a deep link."""

    user: str
    running_context: str = "inMeeting"
    role: str = ""
    status: str = "authorized"
    theme: str = "light"
    launch: str = ""

    @classmethod
    def of(cls, told: dict[str, Any], me: str) -> Seat:
        """The seat as a page's switches tell it; without a user it is that of ``me``."""
        known = {field.name: str(told[field.name]) for field in fields(cls) if told.get(field.name)}
        return cls(**{"user": me, **known})

    @property
    def guest(self) -> bool:
        return self.status != "authorized"


def state(world: World, seat: Seat) -> dict[str, Any]:
    """What the client knows at this moment, as the stand-in keeps it."""
    user, instance = person(world, seat), seat_meeting(world, seat)
    rows = instance.present(world.now()) if instance else []
    mine = my_row(seat, user, rows)
    context = seat.running_context if instance or seat.running_context not in IN_A_MEETING else "inMainClient"
    return {
        "runningContext": context,
        "role": role(seat, mine),
        "status": seat.status,
        "me": {
            "screenName": mine.name if mine else user.display_name,
            "participantUUID": mine.participant_uuid if mine else "",
            "participantId": mine.user_id if mine else "",
        },
        "meeting": meeting_json(world, instance) if instance and context in IN_A_MEETING else None,
        "participants": [row_json(row) for row in rows if not row.waiting],
        "waiting": [row_json(row) for row in rows if row.waiting],
    }


def app_context(world: World, seat: Seat) -> str:
    """The sealed app context of this seat: no ``uid`` for a guest, an ``act`` after a deep link."""
    now = state(world, seat)
    claims: dict[str, Any] = {"theme": seat.theme, "act": world.action_of(seat.launch) or None}
    if now["meeting"]:
        claims |= {"mid": now["meeting"]["meetingUUID"], "bmid": "", "attendrole": now["role"]}
    if seat.guest:
        claims["iid"] = random_text(22)
    typ = CONTEXT_TYPES.get(now["runningContext"], "panel")
    return world.seal_context(None if seat.guest else seat.user, typ, **claims)


def authorize(world: World, seat: Seat, asked: dict[str, Any]) -> dict[str, Any]:
    """The data of ``onAuthorized``; or ``consent``, when the person has to be asked first.

    The SDK names no method for the code challenge, and Zoom takes it as ``plain``.
    """
    user, redirect_uri = person(world, seat), world.home_url or asked.get("page", "")
    event = {"redirectUri": redirect_uri, "timestamp": int(world.now())}
    if asked.get("declined"):
        return {**event, "result": False}
    scopes = world.scopes(user)
    granted = world.grants.by_user.get(user.id)
    settled = granted is not None and set(scopes) <= set(granted.scopes)
    if not settled and not asked.get("agreed") and not world.switches.auto_consent:
        return {"consent": {"scopes": scopes}}
    code = world.issue_code(user, redirect_uri, str(asked["codeChallenge"]), "plain", in_client=True)
    return {**event, "result": True, "code": code}


def act(world: World, seat: Seat, action: str, asked: dict[str, Any]) -> None:
    """Change the meeting. Raises Unknown."""
    change = ACTIONS.get(action)
    if change is None:
        raise Unknown(action)
    change(world, seat, asked)


def person(world: World, seat: Seat) -> User:
    """The account behind the seat, even when it sits there as a guest. Raises Unknown."""
    try:
        return world.user(seat.user)
    except KeyError as missing:
        raise Unknown(seat.user) from missing


def seat_meeting(world: World, seat: Seat) -> Instance | None:
    """The running meeting the person is in, or hosts, or else could look into."""
    now, user = world.now(), person(world, seat)
    running = [one for one in list(world.instances.values()) if one.live(now)]
    inside = [one for one in running if my_row(seat, user, one.present(now))]
    hosted = [one for one in running if one.host_id == user.id]
    candidates = [*inside, *hosted, *running]
    return candidates[0] if candidates else None


def my_row(seat: Seat, user: User, rows: list[Join]) -> Join | None:
    """The person's own attendance; a guest is known by nothing but the name."""
    if seat.guest:
        return next((row for row in rows if not row.person_id and row.name == user.display_name), None)
    return next((row for row in rows if row.person_id == user.id), None)


def role(seat: Seat, mine: Join | None) -> str:
    """The role as an app context spells it."""
    if seat.role:
        return seat.role
    if mine is None:
        return "participant" if seat.guest else "host"
    plain = "attendee" if seat.running_context == "inWebinar" else "participant"
    return plain if mine.role == "attendee" else mine.role


def row_json(row: Join) -> dict[str, Any]:
    """One participant as the SDK knows them: no account, no address."""
    spelled = "participant" if row.role == "attendee" else row.role
    return {
        "screenName": row.name,
        "participantUUID": row.participant_uuid,
        "participantId": row.user_id,
        "role": spelled,
    }


def meeting_json(world: World, instance: Instance) -> dict[str, Any]:
    settings = world.meetings[instance.meeting_id].settings if instance.meeting_id in world.meetings else {}
    return {
        "meetingTopic": instance.topic,
        "meetingID": str(instance.meeting_id),
        "meetingUUID": instance.uuid,
        "joinUrl": f"{world.base_url}/j/{instance.meeting_id}",
        "waitingRoom": bool(settings.get("waiting_room")),
        "recording": "started" if instance.recording else "stopped",
    }


def find(world: World, seat: Seat, asked: dict[str, Any], *, gone: bool = False) -> tuple[Instance, Join]:
    """The row of attendance meant: by its number, or by the participant's UUID. Raises Unknown."""
    instance = running(world, seat)
    rows = instance.joined(world.now()) if gone else instance.present(world.now())
    for row in reversed(rows):
        if row.user_id == asked.get("participantId") or row.participant_uuid == asked.get("participantUUID"):
            return instance, row
    raise Unknown("participant")


def running(world: World, seat: Seat) -> Instance:
    """The meeting of this seat. Raises Unknown when there is none."""
    instance = seat_meeting(world, seat)
    if instance is None:
        raise Unknown("meeting")
    return instance


def enter(world: World, seat: Seat, _: dict[str, Any]) -> None:
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


def join(world: World, seat: Seat, asked: dict[str, Any]) -> None:
    """Somebody comes: a user of the story, or a guest by name; ``waiting`` leaves them at the door."""
    who = asked.get("user") or None
    world.join(running(world, seat), who, str(asked.get("name") or ""), waiting=bool(asked.get("waiting")))


def rejoin(world: World, seat: Seat, asked: dict[str, Any]) -> None:
    """Somebody who left comes again: the same person, a new join."""
    instance, row = find(world, seat, asked, gone=True)
    world.join(instance, None, row.name, person_id=row.person_id, email=row.email, internal=row.internal, role=row.role)


def leave(world: World, seat: Seat, asked: dict[str, Any]) -> None:
    world.leave(*find(world, seat, asked))


def admit(world: World, seat: Seat, asked: dict[str, Any]) -> None:
    world.admit(*find(world, seat, asked))


def put_in_waiting_room(world: World, seat: Seat, asked: dict[str, Any]) -> None:
    """From the meeting back to its door."""
    instance, row = find(world, seat, asked)
    world.leave(instance, row)
    kept = {"person_id": row.person_id, "email": row.email, "participant_uuid": row.participant_uuid}
    at_door = world.join(instance, None, row.name, waiting=True, internal=row.internal, role=row.role, **kept)
    world.announce(
        events.participant_event("meeting.participant_put_in_waiting_room", world.now(), instance, at_door, world)
    )


def waiting_room(world: World, seat: Seat, asked: dict[str, Any]) -> None:
    world.meetings[running(world, seat).meeting_id].settings["waiting_room"] = bool(asked["on"])


def record(world: World, seat: Seat, asked: dict[str, Any]) -> None:
    """The cloud recording begins or ends; its files come after the meeting."""
    instance, on = running(world, seat), bool(asked["on"])
    instance.recording = on
    thing = events.meeting_object(instance, world) | {"id": instance.meeting_id}
    times = {"recording_start": iso(instance.started_at), "recording_end": "" if on else iso(world.now())}
    name = "recording.started" if on else "recording.stopped"
    account_id = world.users[instance.host_id].account_id
    world.announce(events.envelope(name, world.now(), account_id, thing | {"recording_file": times}))


def end(world: World, seat: Seat, _: dict[str, Any]) -> None:
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
