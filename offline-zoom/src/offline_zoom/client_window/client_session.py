"""Who sits at the Zoom client, and what they see there: the answers ``static/client.js`` asks for."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from offline_zoom.identifiers import random_text
from offline_zoom.model import Instance, Join, User
from offline_zoom.world import World

IN_A_MEETING = ("inMeeting", "inWebinar", "inImmersive", "inCollaborate", "inCamera")
CONTEXT_TYPES = {"inMeeting": "meeting", "inWebinar": "webinar", "inChat": "chat", "inMainClient": "panel"}


class Unknown(LookupError):
    """There is no such person, meeting or action."""


@dataclass(frozen=True)
class ClientSession:
    """One person at one client. ``status`` other than ``authorized`` is guest mode; ``launch`` names a deep link."""

    user: str
    running_context: str = "inMeeting"
    role: str = ""
    status: str = "authorized"
    theme: str = "light"
    launch: str = ""

    @classmethod
    def of(cls, told: dict[str, Any], me: str) -> ClientSession:
        """The seat as a page's switches tell it; without a user it is that of ``me``."""
        known = {field.name: str(told[field.name]) for field in fields(cls) if told.get(field.name)}
        return cls(**{"user": me, **known})

    @property
    def guest(self) -> bool:
        return self.status != "authorized"


def state(world: World, seat: ClientSession) -> dict[str, Any]:
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


def app_context(world: World, seat: ClientSession) -> str:
    """The sealed app context of this seat: no ``uid`` for a guest, an ``act`` after a deep link."""
    now = state(world, seat)
    claims: dict[str, Any] = {"theme": seat.theme, "act": world.action_of(seat.launch) or None}
    if now["meeting"]:
        claims |= {"mid": now["meeting"]["meetingUUID"], "bmid": "", "attendrole": now["role"]}
    if seat.guest:
        claims["iid"] = random_text(22)
    typ = CONTEXT_TYPES.get(now["runningContext"], "panel")
    return world.seal_context(None if seat.guest else seat.user, typ, **claims)


def authorize(world: World, seat: ClientSession, asked: dict[str, Any]) -> dict[str, Any]:
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


def person(world: World, seat: ClientSession) -> User:
    """The account behind the seat, even when it sits there as a guest. Raises Unknown."""
    try:
        return world.user(seat.user)
    except KeyError as missing:
        raise Unknown(seat.user) from missing


def seat_meeting(world: World, seat: ClientSession) -> Instance | None:
    """The running meeting the person is in, or hosts, or else could look into."""
    now, user = world.now(), person(world, seat)
    running = [one for one in list(world.instances.values()) if one.live(now)]
    inside = [one for one in running if my_row(seat, user, one.present(now))]
    hosted = [one for one in running if one.host_id == user.id]
    candidates = [*inside, *hosted, *running]
    return candidates[0] if candidates else None


def my_row(seat: ClientSession, user: User, rows: list[Join]) -> Join | None:
    """The person's own attendance; a guest is known by nothing but the name."""
    if seat.guest:
        return next((row for row in rows if not row.person_id and row.name == user.display_name), None)
    return next((row for row in rows if row.person_id == user.id), None)


def role(seat: ClientSession, mine: Join | None) -> str:
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
