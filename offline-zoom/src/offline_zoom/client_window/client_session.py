"""A user's session at the Zoom client: its state, app context and authorization, as ``client.js`` requests them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from offline_zoom.identifiers import meeting_uuid, random_text
from offline_zoom.model import Instance, Join, User
from offline_zoom.world import World

IN_A_MEETING = ("inMeeting", "inWebinar", "inImmersive", "inCollaborate", "inCamera")
CONTEXT_TYPES = {"inMeeting": "meeting", "inWebinar": "webinar", "inChat": "chat", "inMainClient": "panel"}


class Unknown(LookupError):
    """There is no such user, meeting or action."""


@dataclass(frozen=True)
class ClientSession:
    """One user at one client. A ``status`` other than ``authorized`` is guest mode. ``launch`` names a deep link."""

    user: str
    running_context: str = "inMeeting"
    role: str = ""
    status: str = "authorized"
    theme: str = "light"
    launch: str = ""

    @classmethod
    def of(cls, data: dict[str, Any], me: str) -> ClientSession:
        """The session from the JSON of a page. ``me`` is the default user."""
        values = {field.name: str(data[field.name]) for field in fields(cls) if data.get(field.name)}
        return cls(**{"user": me, **values})

    @property
    def guest(self) -> bool:
        return self.status != "authorized"


def state(world: World, session: ClientSession) -> dict[str, Any]:
    """The state of the client, as JSON for ``client.js``."""
    user, instance = session_user(world, session), session_meeting(world, session)
    rows = instance.present(world.now()) if instance else []
    own_row = my_row(session, user, rows)
    context = running_context(world, session, instance)
    is_inside = instance is not None and context in IN_A_MEETING
    waits = is_inside and own_row is not None and own_row.waiting
    room = own_row.breakout_room if own_row else ""
    return {
        "runningContext": context,
        "role": role(session, own_row, context),
        "status": session.status,
        "me": {
            "screenName": own_row.name if own_row else user.display_name,
            "participantUUID": own_row.participant_uuid if own_row else "",
            "participantId": own_row.user_id if own_row else "",
        },
        "inWaitingRoom": waits,
        "breakoutRoom": room,
        "meeting": meeting_json(world, instance, room) if instance and is_inside and not waits else None,
        "participants": [row_json(row) for row in rows if not row.waiting and row.breakout_room == room],
        "waiting": [row_json(row) for row in rows if row.waiting],
    }


def app_context(world: World, session: ClientSession) -> str:
    """The encrypted app context of a session: without ``uid`` for a guest, with ``act`` after a deep link."""
    now = state(world, session)
    claims: dict[str, Any] = {"theme": session.theme, "act": world.action_of(session.launch) or None}
    if now["meeting"]:
        uuid, parent = now["meeting"]["meetingUUID"], now["meeting"].get("parentUUID", "")
        claims |= {"mid": parent or uuid, "bmid": uuid if parent else "", "attendrole": now["role"]}
    if session.guest:
        claims["iid"] = random_text(22)
    typ = CONTEXT_TYPES.get(now["runningContext"], "panel")
    return world.seal_context(None if session.guest else session.user, typ, **claims)


def authorize(world: World, session: ClientSession, data: dict[str, Any]) -> dict[str, Any]:
    """The data of ``onAuthorized``, or ``consent`` when the user must consent first.

    The SDK sends no method of the code challenge, and Zoom uses ``plain``.
    """
    user, redirect_uri = session_user(world, session), world.home_url or str(data.get("page") or "")
    event = {"redirectUri": redirect_uri, "timestamp": int(world.now())}
    if data.get("declined"):
        return {**event, "result": False}
    scopes = world.scopes(user)
    granted = world.grants.by_user.get(user.id)
    settled = granted is not None and set(scopes) <= set(granted.scopes)
    if not settled and not data.get("agreed") and not world.switches.auto_consent:
        return {"consent": {"scopes": scopes}}
    code = world.issue_code(user, redirect_uri, str(data.get("codeChallenge") or ""), "plain", in_client=True)
    return {**event, "result": True, "code": code}


def session_user(world: World, session: ClientSession) -> User:
    """The user of the session, also in guest mode. Raises Unknown."""
    try:
        return world.user(session.user)
    except KeyError as missing:
        raise Unknown(session.user) from missing


def session_meeting(world: World, session: ClientSession) -> Instance | None:
    """The running meeting that the user is in, else one they host, else any."""
    now, user = world.now(), session_user(world, session)
    running = [instance for instance in list(world.instances.values()) if instance.live(now)]
    inside = [instance for instance in running if my_row(session, user, instance.present(now))]
    hosted = [instance for instance in running if instance.host_id == user.id]
    candidates = [*inside, *hosted, *running]
    return candidates[0] if candidates else None


def my_row(session: ClientSession, user: User, rows: list[Join]) -> Join | None:
    """The user's own attendance row. A guest is found by name."""
    if session.guest:
        return next((row for row in rows if not row.person_id and row.name == user.display_name), None)
    return next((row for row in rows if row.person_id == user.id), None)


def running_context(world: World, session: ClientSession, instance: Instance | None) -> str:
    """Where the app runs: as the session says, if there is a meeting; a webinar is not a meeting."""
    if session.running_context not in IN_A_MEETING:
        return session.running_context
    if instance is None:
        return "inMainClient"
    meeting = world.meetings.get(instance.meeting_id)
    is_webinar = meeting is not None and meeting.webinar
    return "inWebinar" if is_webinar and session.running_context == "inMeeting" else session.running_context


def role(session: ClientSession, own_row: Join | None, context: str) -> str:
    """The role as an app context spells it."""
    if session.role:
        return session.role
    if own_row is None:
        return "participant" if session.guest else "host"
    plain = "attendee" if context == "inWebinar" else "participant"
    return plain if own_row.role == "attendee" else own_row.role


def row_json(row: Join) -> dict[str, Any]:
    """One participant as the SDK knows them: no account, no address."""
    spelled = "participant" if row.role == "attendee" else row.role
    return {
        "screenName": row.name,
        "participantUUID": row.participant_uuid,
        "participantId": row.user_id,
        "role": spelled,
    }


def meeting_json(world: World, instance: Instance, room: str) -> dict[str, Any]:
    """The meeting as the SDK knows it. In a breakout room ``meetingUUID`` is the room's."""
    uuids = {"meetingUUID": instance.uuid}
    if room:
        # Zoom's webhooks give the room yet another UUID.
        uuids = {"meetingUUID": meeting_uuid(f"client {instance.uuid} {room}"), "parentUUID": instance.uuid}
    settings = world.meetings[instance.meeting_id].settings if instance.meeting_id in world.meetings else {}
    return {
        "meetingTopic": instance.topic,
        "meetingID": str(instance.meeting_id),
        **uuids,
        "joinUrl": f"{world.base_url}/j/{instance.meeting_id}",
        "waitingRoom": bool(settings.get("waiting_room")),
        "recording": "started" if instance.recording else "stopped",
    }
