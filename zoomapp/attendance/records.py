"""Reads the rows and events of every source as ``Record``: the one place that knows each source's field names.

A value of an unexpected type counts as missing.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from zoomapp.zoom.tolerant_reader import JsonObject, Rows, count_unreadable, read_rows

Source = Literal["webhook", "metrics", "sdk", "past", "report"]
Room = Literal["meeting", "waiting"]
Account = Literal["", "internal", "guest", "phone"]
Row = JsonObject | Mapping[str, Any]

PARTICIPANT_LEFT = "meeting.participant_left"
ROLE_CHANGED = "meeting.participant_role_changed"
#: The room that each event is about, and the end of the stay there that it reports.
EVENTS: dict[str, tuple[tuple[str, str], ...]] = {
    "meeting.participant_joined": (("meeting", "joined_at"),),
    PARTICIPANT_LEFT: (("meeting", "left_at"),),
    "meeting.participant_joined_waiting_room": (("waiting", "joined_at"),),
    "meeting.participant_left_waiting_room": (("waiting", "left_at"),),
    "meeting.participant_admitted": (("waiting", "left_at"),),
    "meeting.participant_put_in_waiting_room": (("meeting", "left_at"), ("waiting", "joined_at")),
    "meeting.participant_joined_breakout_room": (("breakout", "joined_at"),),
    "meeting.participant_left_breakout_room": (("breakout", "left_at"),),
}
#: Somebody who leaves for a breakout room is still present.
MOVED_TO_BREAKOUT_ROOM = (("meeting", "left_at"), ("breakout", "joined_at"))
UNKNOWN_BREAKOUT_ROOM = "unknown"
ROLES = {"host": "host", "cohost": "co-host", "attendee": "participant", "participant": "participant"}
PHONE = re.compile(r"\+?[\d*•().x -]{5,}|Call-In User.*", re.IGNORECASE)
#: A name of Zoom's has at most 64 characters. Longer text would fill the store and the page.
MAX_TEXT = 256
#: Zoom ends every meeting after 30 hours; a longer duration of one stay is a mistake.
MAX_STAY_SECONDS = 7 * 86400
_CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


# A meeting has thousands of them, and nothing in one leads back to it.
class Record(msgspec.Struct, frozen=True, gc=False):
    """One source's report about one connection to the meeting.

    An event has one end of a stay; a row has both, or only the beginning while the stay lasts. ``connection``
    is new on every join. Only ``user_id``, ``registrant_id``, ``customer_key`` and ``email`` identify the person,
    and all of them are empty for many guests. A stay in a ``breakout_room`` counts as a stay in the meeting;
    ``parent_connection`` is the connection to the meeting that it belongs to, if Zoom says so.
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
    breakout_room: str = ""
    parent_connection: str = ""


def from_metrics(row: Row, seen_at: float = 0.0) -> Record:
    """A row of the dashboard's list, as it was at ``seen_at``."""
    return _from_row("metrics", row, seen_at)


def from_past(row: Row) -> Record:
    """A row of a past meeting's list."""
    return _from_row("past", row)


def from_report(row: Row) -> Record:
    """A row of the report."""
    return _from_row("report", row)


def read_list(source: Source, rows: object, seen_at: float = 0.0) -> Rows[Record]:
    """The readable rows of a list of participants, and the number of the others.

    A row without any time is unreadable: it cannot be counted or drawn.
    """

    def read(row: JsonObject) -> Record | None:
        record = _from_row(source, row, seen_at)
        return None if record.joined_at is None and record.left_at is None else record

    return read_rows({"participants": rows}, "participants", read, f"{source} participant")


def is_readable(event: object) -> bool:
    """Whether an event has its participant, or needs none. Nothing is counted: ``from_event`` does that."""
    return not _from_event(event, 0.0, "", "").unreadable


def from_event(event: object, arrived_at: float) -> Rows[Record]:
    """The records of a webhook event: none, one or two. An event without its participant is unreadable.

    An event without a readable time happened when it was sent, or else when it arrived.
    """
    return _from_event(event, arrived_at, "webhook event", "participant event")


def _from_event(event: object, arrived_at: float, kind: str, participant_kind: str) -> Rows[Record]:
    """``kind`` and ``participant_kind`` name the objects in metrics and logs; without them nothing is counted."""
    fields = JsonObject(event, kind)
    name = fields.text("event")
    if name not in EVENTS and name != ROLE_CHANGED:
        return Rows(())
    meeting = fields.part("payload").part("object")
    participant = meeting.part("participant", participant_kind)
    sent_at = fields.epoch_seconds("event_ts") or arrived_at
    breakout_room = _text(meeting, "breakout_room_uuid") or UNKNOWN_BREAKOUT_ROOM
    record = _person(
        "webhook", participant, breakout_room=breakout_room if name.endswith("breakout_room") else "", seen_at=sent_at
    )
    if not record.connection:
        count_unreadable(participant_kind, "", participant)
        return Rows((), unreadable=1)
    if name == ROLE_CHANGED:
        return Rows((record,))
    times = ("join_time", "date_time") if "_joined" in name else ("leave_time", "date_time")
    at = next((moment for field in times if (moment := _epoch(participant, field))), sent_at)
    has_moved = name == PARTICIPANT_LEFT and _moved_to_breakout_room(participant, record)
    ends = MOVED_TO_BREAKOUT_ROOM if has_moved else EVENTS[name]
    return Rows(tuple(_end_of_stay(record, room, end, at) for room, end in ends))


def merge_client_report(
    before: Iterable[Record], at: float, rows: Iterable[Row], *, complete: bool = True
) -> list[Record]:
    """The stays in the reports of the host's client: those ``before``, changed by its newest list, made ``at``.

    A person who is missing from a complete list has left. The list of a breakout room is not complete.
    """
    present = {(record.room, record.connection): record for record in map(_from_client, rows)}
    stays = []
    for stay in before:
        current = present.pop((stay.room, stay.connection), None) if stay.left_at is None else stay
        if current is None:
            stay = replace(stay, seen_at=at, left_at=at) if complete else stay
        elif (current.name, current.role) != (stay.name, stay.role):
            stay = replace(current, seen_at=at, joined_at=stay.joined_at)
        stays.append(stay)
    return [*stays, *(replace(record, seen_at=at, joined_at=at) for record in present.values())]


def _from_client(row: Row) -> Record:
    """A participant that the client lists, or somebody in its waiting room."""
    fields = _object(row, "client report")
    return _person("sdk", fields, room="waiting" if fields.text("room") == "waiting" else "meeting")


def _from_row(source: Source, row: Row, seen_at: float = 0.0) -> Record:
    """A row that has both ends of a stay."""
    fields = _object(row, f"{source} participant")
    joined_at, left_at = _epoch(fields, "join_time"), _epoch(fields, "leave_time")
    if joined_at is not None and left_at is None:
        seconds = fields.decimal("duration") or 0
        left_at = joined_at + seconds if 0 < seconds <= MAX_STAY_SECONDS else None
    if joined_at is not None and left_at is not None:
        left_at = max(joined_at, left_at)  # clocks disagree now and then
    return _person(
        source,
        fields,
        f"{_text(fields, 'user_name', 'name')} {joined_at}"[-MAX_TEXT:],
        breakout_room=_text(fields, "bo_mtg_id"),
        room="waiting" if fields.text("status") == "in_waiting_room" else "meeting",
        joined_at=joined_at,
        left_at=left_at,
        seen_at=seen_at,
    )


def _person(
    source: Source, fields: JsonObject, default_connection: str = "", breakout_room: str = "", **stay: Any
) -> Record:
    """The person of a row; each source has its own names for the same fields.

    A connection without an id has ``default_connection``, or else the display name, in its place.
    """
    name = _text(fields, "user_name", "name", "screenName")
    uuid = _text(fields, "participant_uuid", "participantUUID").upper()
    user_id, registrant_id = _text(fields, "id", "participant_user_id"), _text(fields, "registrant_id")
    if breakout_room and user_id == registrant_id:
        user_id = ""  # with registration, Zoom may put the registrant's id there in breakout rooms
    device = _text(fields, "device")
    phone = fields.text("phone_number") or device == "Phone" or (not user_id and PHONE.fullmatch(name))
    internal = fields.flag("internal_user", default=bool(user_id))
    role = _text(fields, "new_role", "role").lower()
    return Record(
        source=source,
        connection=_text(fields, "user_id") or uuid or default_connection or name,
        name=name,
        email=_text(fields, "email", "user_email").lower(),
        user_id=user_id,
        registrant_id=registrant_id,
        customer_key=_text(fields, "customer_key"),
        uuid=uuid,
        role=ROLES.get(role.replace("-", "").replace("_", ""), role),
        device=device,
        account="" if source == "sdk" else "phone" if phone else "internal" if internal else "guest",
        breakout_room=breakout_room,
        parent_connection=_text(fields, "parent_user_id") if breakout_room else "",
        **stay,
    )


def _moved_to_breakout_room(participant: JsonObject, record: Record) -> bool:
    """Whether somebody left for a breakout room. The reason may begin with the display name, which says nothing."""
    reason = participant.text("leave_reason").rpartition("Reason:")[2]
    return "breakout" in (reason.replace(record.name, "") if record.name else reason).lower()


def _end_of_stay(record: Record, room: str, end: str, at: float) -> Record:
    """The record with one end of a stay in the meeting, in the waiting room or in a breakout room."""
    fields: dict[str, Any] = {end: at}
    if room == "breakout":
        fields["breakout_room"] = record.breakout_room or UNKNOWN_BREAKOUT_ROOM
    else:
        fields["room"] = room
    return replace(record, **fields)


def _object(row: Row, kind: str) -> JsonObject:
    return row if isinstance(row, JsonObject) else JsonObject(row, kind)


def _text(fields: JsonObject, *names: str) -> str:
    """A short text on one line, without control characters."""
    text = fields.text(*names)
    if text.isprintable() and len(text) <= MAX_TEXT:
        return text
    return _LONE_SURROGATE.sub("\ufffd", _CONTROL_CHARACTERS.sub(" ", text))[:MAX_TEXT].strip()


def _epoch(fields: JsonObject, name: str) -> float | None:
    moment = fields.time(name)
    return moment.timestamp() if moment else None
