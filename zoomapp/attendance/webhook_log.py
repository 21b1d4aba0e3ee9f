"""Participant events of meetings from webhooks: who joined, waited and left. Stored encrypted, for the host alone.

Each event has its own field in the meeting's hash, named by its content: workers never overwrite each other's events,
and a repeated event is stored once. Of an event that cannot be read, the time is stored. Nothing is stored for a host
who is not connected; a connected host's records are deleted after the retention time, or when the host disconnects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, cast

import msgspec
import redis

from zoomapp.attendance import Record, from_event, records
from zoomapp.store import key_names, redis_client, user_keys
from zoomapp.store.encrypted_records import MEETING_EVENTS, MEETING_INDEX, TOKENS, USER_KEY_LIST, RecordKind
from zoomapp.store.encryption import EncryptedRecords, KeyRing
from zoomapp.zoom.tolerant_reader import JsonObject, Rows

#: The events that a subscription has to include.
EVENTS = ("meeting.started", "meeting.ended", *records.EVENTS, records.ROLE_CHANGED)
DAY_SECONDS = 86400
#: Per meeting: a thousand people who enter, wait, are admitted and leave five times each.
MAX_RECORDS = 20_000
#: The records that are read to see whether one of them can be read: more only if none of these can.
FIRST_RECORDS = 16
#: Per host.
MAX_MEETINGS = 500
#: Zoom ends every meeting after 30 hours: a meeting without an end event is over by then.
LONGEST_SECONDS = 30 * 3600
#: The end of a meeting has its own field in the index, because events arrive in any order.
ENDED = b":ended"

#: Writes for a connected host only, in one step: a disconnect afterwards finds and deletes what was written.
_SAVE = f"""{user_keys.LIST_KEYS}
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[3], ARGV[3], ARGV[4])
local records = redis.call('HLEN', KEYS[2])
for at = 5, #ARGV, 2 do
  if records < tonumber(ARGV[2]) then records = records + redis.call('HSETNX', KEYS[2], ARGV[at], ARGV[at + 1]) end
end
for _, key in ipairs({{KEYS[2], KEYS[3]}}) do redis.call('EXPIRE', key, ARGV[1]) end
list_keys(KEYS[4], ARGV[1], KEYS[2], KEYS[3])
return 1
"""


class News(NamedTuple):
    """What is saved of a meeting's events.

    ``records``: their number, which changes with each new record or unreadable event, and with nothing else.
    ``heard_at``: the moment of the last event. ``readable``: whether at least one event could be read.
    """

    records: int
    heard_at: float
    readable: bool


@dataclass(frozen=True)
class MeetingLog:
    """One instance of a meeting as its events describe it; ``heard_at`` is the moment of the last event."""

    uuid: str
    number: int
    topic: str
    heard_at: float
    ended_at: float | None = None
    started_at: float = 0.0

    @property
    def order(self) -> tuple[float, float]:
        """The sort key of the instances of one meeting. A late event of an instance does not make it the newest."""
        last_at = self.heard_at if self.ended_at is None else min(self.heard_at, self.ended_at)
        return self.started_at or last_at, last_at


class WebhookLog:
    """The participant events of the meetings of connected hosts, as webhooks reported them."""

    def __init__(
        self,
        client: redis.Redis,
        ring: KeyRing,
        days: int,
        clock: Callable[[], float],
        max_records: int = MAX_RECORDS,
    ) -> None:
        self._redis = client
        self._encrypted = EncryptedRecords(ring)
        self._seconds = days * DAY_SECONDS
        self._clock = clock
        self._max_records = max_records
        self._save_script = client.register_script(_SAVE)

    def save(self, event: dict[str, Any]) -> None:
        """Save a ``meeting.`` event. The same event again changes nothing. Raises StoreUnavailable.

        An event without a time happened now: events are handled directly after they arrive.
        """
        fields, arrived_at = JsonObject(event, "webhook event"), self._clock()
        meeting, name = fields.part("payload").part("object"), fields.text("event")
        host, uuid = meeting.text("host_id"), meeting.text("uuid")
        found = from_event(event, arrived_at)
        if not host or not uuid or not (found or found.unreadable or name in ("meeting.started", "meeting.ended")):
            return
        index, room = MEETING_INDEX.key_of(host), _room(host, uuid)
        field, sent_at = key_names.digest(uuid).encode(), fields.epoch_seconds("event_ts") or arrived_at
        values = [sent_at] if found.unreadable else found
        if name == "meeting.ended":
            field += ENDED
            about = self._encrypted.encode(MEETING_INDEX, index, _epoch(meeting, "end_time") or sent_at)
        else:
            about = self._encrypted.encode(MEETING_INDEX, index, _about(meeting, uuid, sent_at))
        pairs = [
            part
            for value in values
            for part in (
                key_names.digest(msgspec.json.encode(value)),
                self._encrypted.encode(MEETING_EVENTS, room, value),
            )
        ]
        names = [TOKENS.key_of(host), room, index, USER_KEY_LIST.key_of(host)]
        with redis_client.store_errors():
            self._save_script(names, [self._seconds, self._max_records, field, about, *pairs])
        if name == "meeting.started":
            self._prune(host)

    def records(self, host_id: str, uuid: str) -> Rows[Record]:
        """The participant records of a meeting, in no order, and the number of unreadable events.

        Raises StoreUnavailable.
        """
        room = _room(host_id, uuid)
        with redis_client.store_errors():
            encrypted = cast("list[bytes]", self._redis.hvals(room))
        values = list(self._decode_all(MEETING_EVENTS, room, encrypted, Record | float))
        found = tuple(value for value in values if isinstance(value, Record))
        return Rows(found, len(values) - len(found))

    def news(self, host_id: str, uuid: str) -> News:
        """What is saved of a meeting's events, without reading all of it. Raises StoreUnavailable."""
        index, room = MEETING_INDEX.key_of(host_id), _room(host_id, uuid)
        with redis_client.store_errors(), self._redis.pipeline(transaction=False) as pipe:
            pipe.hlen(room)
            pipe.hget(index, key_names.digest(uuid))
            pipe.hscan(room, 0, count=FIRST_RECORDS)
            count, about, (_, first) = pipe.execute()
        meeting = next(iter(self._decode_all(MEETING_INDEX, index, [about] if about else [], MeetingLog)), None)
        some = self._decode_all(MEETING_EVENTS, room, first.values(), Record | float)
        readable = any(isinstance(value, Record) for value in some) or (
            len(first) < count and bool(self.records(host_id, uuid))
        )
        return News(count, meeting.heard_at if meeting else 0.0, readable)

    def running(self, host_id: str) -> tuple[MeetingLog, ...]:
        """The host's meetings that have not ended, newest first. Raises StoreUnavailable."""
        newest: dict[int, MeetingLog] = {}
        for meeting in self.all(host_id):
            newest.setdefault(meeting.number, meeting)
        return tuple(
            meeting
            for meeting in newest.values()
            if meeting.ended_at is None and self._clock() - meeting.heard_at < LONGEST_SECONDS
        )

    def find(self, host_id: str, instance: str) -> MeetingLog | None:
        """The host's meeting with this UUID, or the newest with this number."""
        return next((room for room in self.all(host_id) if instance in (room.uuid, str(room.number))), None)

    def all(self, host_id: str) -> list[MeetingLog]:
        """The saved meetings of the host, the newest first. Raises StoreUnavailable."""
        index = MEETING_INDEX.key_of(host_id)
        with redis_client.store_errors():
            fields = cast("dict[bytes, bytes]", self._redis.hgetall(index))
        abouts = [encrypted for name, encrypted in fields.items() if not name.endswith(ENDED)]
        meetings = []
        for meeting in self._decode_all(MEETING_INDEX, index, abouts, MeetingLog):
            end = fields.get(key_names.digest(meeting.uuid).encode() + ENDED)
            ended_at = next(iter(self._decode_all(MEETING_INDEX, index, [end] if end else [], float)), None)
            meetings.append(replace(meeting, ended_at=ended_at))
        return sorted(meetings, key=lambda meeting: meeting.order, reverse=True)

    def _prune(self, host: str) -> None:
        """Delete expired meetings from the index, and the oldest beyond the limit."""
        oldest = self._clock() - self._seconds
        expired = [
            meeting
            for place, meeting in enumerate(self.all(host))
            if place >= MAX_MEETINGS or meeting.heard_at < oldest
        ]
        names = [key_names.digest(meeting.uuid).encode() for meeting in expired]
        if expired:
            with redis_client.store_errors():
                self._redis.hdel(MEETING_INDEX.key_of(host), *names, *(name + ENDED for name in names))
                self._redis.delete(*(_room(host, meeting.uuid) for meeting in expired))

    def _decode_all(self, kind: RecordKind, owner: str, encrypted: Iterable[bytes], type_: Any) -> Iterable[Any]:
        """The values of readable records; one of an older format or a retired key counts as missing."""
        values = (self._encrypted.decode(kind, owner, record, type_) for record in encrypted)
        return (value for value in values if value is not None)


def _room(host: str, uuid: str) -> str:
    return MEETING_EVENTS.key_of(host, key_names.digest(uuid))


def _about(meeting: JsonObject, uuid: str, sent_at: float) -> MeetingLog:
    """The meeting of an event. Its number is a string in some events."""
    topic, started_at = meeting.text("topic"), _epoch(meeting, "start_time")
    return MeetingLog(uuid, meeting.number("id"), topic, sent_at, started_at=started_at or 0.0)


def _epoch(fields: JsonObject, name: str) -> float | None:
    moment = fields.time(name)
    return moment.timestamp() if moment else None
