"""What each source says, as ``Record``: the one place that knows how Zoom names things in which answer."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from zoomapp import dates

Source = Literal["webhook", "metrics", "sdk", "past", "report"]
Room = Literal["meeting", "waiting"]
Account = Literal["", "internal", "guest", "phone"]
Row = Mapping[str, Any]

#: The end of which stay an event tells.
EVENTS: dict[str, tuple[tuple[Room, str], ...]] = {
    "meeting.participant_joined": (("meeting", "joined_at"),),
    "meeting.participant_left": (("meeting", "left_at"),),
    "meeting.participant_joined_waiting_room": (("waiting", "joined_at"),),
    "meeting.participant_left_waiting_room": (("waiting", "left_at"),),
    "meeting.participant_admitted": (("waiting", "left_at"),),
    "meeting.participant_put_in_waiting_room": (("meeting", "left_at"), ("waiting", "joined_at")),
}
ROLES = {"host": "host", "cohost": "co-host"}
PHONE = re.compile(r"\+?[\d*•().x -]{5,}|Call-In User.*", re.IGNORECASE)


# A meeting has thousands of them, and nothing in one leads back to it.
class Record(msgspec.Struct, frozen=True, gc=False):
    """What one source said about one connection to the meeting.

    An event tells one end of a stay; a row tells both, or only the beginning while it goes on. ``connection``
    is new on every join. Only ``user_id``, ``registrant_id``, ``customer_key`` and ``email`` tell who it is,
    and all of them are empty for many guests.
    """

    source: Source
    connection: str
    room: Room = "meeting"
    joined_at: float | None = None
    left_at: float | None = None
    seen_at: float = 0.0
    name: str = ""
    email: str = ""
    user_id: str = ""
    registrant_id: str = ""
    customer_key: str = ""
    uuid: str = ""
    role: str = ""
    device: str = ""
    account: Account = ""


def from_metrics(row: Row, seen_at: float = 0.0) -> Record:
    """A row of the dashboard's list, as it was at ``seen_at``."""
    return _row("metrics", row, seen_at)


def from_past(row: Row) -> Record:
    """A row of a past meeting's list."""
    return _row("past", row)


def from_report(row: Row) -> Record:
    """A row of the report."""
    return _row("report", row)


def from_event(event: Row) -> list[Record]:
    """What a webhook event tells: none, one or two records."""
    kind, meeting = str(event.get("event")), _part(event.get("payload"), "object")
    participant = _part(meeting, "participant")
    if not participant or not (kind in EVENTS or kind == "meeting.participant_role_changed"):
        return []
    sent_at = float(event.get("event_ts") or 0) / 1000
    record = replace(_person("webhook", participant), seen_at=sent_at)
    at = _at(participant, "leave_time") or _at(participant, "date_time") or _at(participant, "join_time") or sent_at
    if kind not in EVENTS:
        return [record]
    if kind == "meeting.participant_joined":
        at = _at(participant, "join_time") or at
    ends: list[dict[str, Any]] = [{"room": room, end: at} for room, end in EVENTS[kind]]
    return [replace(record, **each) for each in ends]


def merge_client_report(before: Iterable[Record], at: float, rows: Iterable[Row]) -> list[Record]:
    """The stays that the host's client saw until now: those ``before``, and what its newest list, made ``at``, adds.

    A list is whole: whoever is missing from it has left.
    """
    present = {(record.room, record.connection): record for record in map(_sighted, rows)}
    stays = []
    for stay in before:
        again = present.pop((stay.room, stay.connection), None) if stay.left_at is None else stay
        if again is None:
            stay = replace(stay, seen_at=at, left_at=at)
        elif (again.name, again.role) != (stay.name, stay.role):
            stay = replace(again, seen_at=at, joined_at=stay.joined_at)
        stays.append(stay)
    return [*stays, *(replace(record, seen_at=at, joined_at=at) for record in present.values())]


def _sighted(row: Row) -> Record:
    """A participant of the client, or somebody in its waiting room."""
    return _person("sdk", row, room="waiting" if row.get("room") == "waiting" else "meeting")


def _row(source: Source, row: Row, seen_at: float = 0.0) -> Record:
    """A row that knows its whole stay."""
    joined_at, left_at = _at(row, "join_time"), _at(row, "leave_time")
    if joined_at and not left_at and row.get("duration"):
        left_at = joined_at + float(row["duration"])
    if joined_at and left_at:
        left_at = max(joined_at, left_at)  # clocks disagree now and then
    return _person(
        source,
        row,
        f"{_text(row, 'user_name', 'name')} {joined_at}",
        room="waiting" if row.get("status") == "in_waiting_room" else "meeting",
        joined_at=joined_at,
        left_at=left_at,
        seen_at=seen_at,
    )


def _person(source: Source, row: Row, unnumbered: str = "", **more: Any) -> Record:
    """Who a row is about; each source has its own names for the same things.

    A connection without an id of its own goes by ``unnumbered``, or else by the display name.
    """
    name = _text(row, "user_name", "name", "screenName")
    uuid = _text(row, "participant_uuid", "participantUUID").upper()
    user_id = _text(row, "id", "participant_user_id")
    device = _text(row, "device")
    phone = row.get("phone_number") or device == "Phone" or (not user_id and PHONE.fullmatch(name))
    internal = row.get("internal_user", bool(user_id))
    role = _text(row, "new_role", "role").lower().replace("-", "").replace("_", "")
    return Record(
        source=source,
        connection=_text(row, "user_id") or uuid or unnumbered or name,
        name=name,
        email=_text(row, "email", "user_email").lower(),
        user_id=user_id,
        registrant_id=_text(row, "registrant_id"),
        customer_key=_text(row, "customer_key"),
        uuid=uuid,
        role=ROLES.get(role, "participant" if role else ""),
        device=device,
        account="" if source == "sdk" else "phone" if phone else "internal" if internal else "guest",
        **more,
    )


def _text(row: Row, *names: str) -> str:
    for name in names:
        if found := row.get(name):
            return str(found).strip()
    return ""


def _at(row: Row, name: str) -> float | None:
    told = row.get(name)
    moment = dates.parse(told) if told else None
    return moment.timestamp() if moment else None


def _part(row: object, name: str) -> Row:
    part = row.get(name) if isinstance(row, Mapping) else None
    return part if isinstance(part, Mapping) else {}
