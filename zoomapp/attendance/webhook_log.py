"""Participant events of meetings from webhooks: who joined, waited and left. Stored encrypted, for the host alone.

Each event has its own field in the meeting's hash, named by its content: workers never overwrite each other's events,
and a repeated event is stored once. Nothing is stored for a host who is not connected; a connected host's records are
deleted after the retention time, or when the host disconnects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, cast

import msgspec
import redis

from zoomapp import dates
from zoomapp.attendance import Record, from_event, records
from zoomapp.store import key_names, redis_client, user_keys
from zoomapp.store.encrypted_records import (
    MEETING_EVENTS,
    MEETING_INDEX,
    TOKENS,
    USER_KEY_LIST,
    EncryptedRecords,
    RecordKind,
)
from zoomapp.store.encryption import KeyRing

#: What a subscription has to name.
EVENTS = ("meeting.started", "meeting.ended", *records.EVENTS, "meeting.participant_role_changed")
DAY_SECONDS = 86400
#: Per meeting: a thousand people who enter, wait, are admitted and leave five times each.
MAX_RECORDS = 20_000
#: Per host.
MAX_MEETINGS = 500
#: Zoom ends every meeting after 30 hours: a meeting without an end event is over by then.
LONGEST_SECONDS = 30 * 3600
#: The end of a meeting has its own field in the index, because events arrive in any order.
ENDED = b":ended"

#: Writes for a connected host only, in one step: a disconnect afterwards finds and deletes what was written.
_KEEP = f"""{user_keys.LIST_KEYS}
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


@dataclass(frozen=True)
class MeetingLog:
    """A meeting as its events describe it; ``heard_at`` is the moment of the last event."""

    uuid: str
    number: int
    topic: str
    heard_at: float
    ended_at: float | None = None


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
        self._keep = client.register_script(_KEEP)

    def hear(self, event: dict[str, Any]) -> None:
        """Save a ``meeting.`` event. The same event again changes nothing. Raises StoreUnavailable."""
        meeting = _part(_part(event, "payload"), "object")
        host, uuid = str(meeting.get("host_id") or ""), str(meeting.get("uuid") or "")
        name, heard = str(event.get("event")), from_event(event)
        if not host or not uuid or not (heard or name in ("meeting.started", "meeting.ended")):
            return
        index, room = MEETING_INDEX.key_of(host), _room(host, uuid)
        field, said = key_names.digest(uuid).encode(), self._said(event, meeting, uuid)
        if name == "meeting.ended":
            field += ENDED
        about = self._encrypted.encode(MEETING_INDEX, index, said)
        pairs = [
            part
            for record in heard
            for part in (
                key_names.digest(msgspec.json.encode(record)),
                self._encrypted.encode(MEETING_EVENTS, room, record),
            )
        ]
        names = [TOKENS.key_of(host), room, index, USER_KEY_LIST.key_of(host)]
        with redis_client.store_errors():
            self._keep(names, [self._seconds, self._max_records, field, about, *pairs])
        if name == "meeting.started":
            self._prune(host)

    def records(self, host_id: str, uuid: str) -> tuple[Record, ...]:
        """The records of who joined and left a meeting, in no order. Raises StoreUnavailable."""
        room = _room(host_id, uuid)
        with redis_client.store_errors():
            sealed = cast("list[bytes]", self._redis.hvals(room))
        return tuple(self._opened(MEETING_EVENTS, room, sealed, Record))

    def news(self, host_id: str, uuid: str) -> tuple[int, float]:
        """The number of records and the moment of the last event. Raises StoreUnavailable.

        The number changes with each new record, and with nothing else.
        """
        index = MEETING_INDEX.key_of(host_id)
        with redis_client.store_errors(), self._redis.pipeline(transaction=False) as pipe:
            pipe.hlen(_room(host_id, uuid))
            pipe.hget(index, key_names.digest(uuid))
            count, about = pipe.execute()
        room = next(iter(self._opened(MEETING_INDEX, index, [about] if about else [], MeetingLog)), None)
        return count, room.heard_at if room else 0.0

    def running(self, host_id: str) -> tuple[MeetingLog, ...]:
        """The host's meetings that have not ended, newest first. Raises StoreUnavailable."""
        newest: dict[int, MeetingLog] = {}
        for room in self.all(host_id):
            newest.setdefault(room.number, room)
        return tuple(
            room
            for room in newest.values()
            if room.ended_at is None and self._clock() - room.heard_at < LONGEST_SECONDS
        )

    def find(self, host_id: str, instance: str) -> MeetingLog | None:
        """The host's meeting with this UUID, or the newest with this number."""
        return next((room for room in self.all(host_id) if instance in (room.uuid, str(room.number))), None)

    def all(self, host_id: str) -> list[MeetingLog]:
        """What is kept of the host's meetings, the newest first. Raises StoreUnavailable."""
        index = MEETING_INDEX.key_of(host_id)
        with redis_client.store_errors():
            told = cast("dict[bytes, bytes]", self._redis.hgetall(index))
        about = [sealed for name, sealed in told.items() if not name.endswith(ENDED)]
        found = []
        for room in self._opened(MEETING_INDEX, index, about, MeetingLog):
            end = told.get(key_names.digest(room.uuid).encode() + ENDED)
            over = next(iter(self._opened(MEETING_INDEX, index, [end] if end else [], float)), None)
            found.append(replace(room, ended_at=over))
        return sorted(found, key=lambda room: room.heard_at, reverse=True)

    def _prune(self, host: str) -> None:
        """Delete expired meetings from the index, and the oldest beyond the limit."""
        first = self._clock() - self._seconds
        gone = [room for place, room in enumerate(self.all(host)) if place >= MAX_MEETINGS or room.heard_at < first]
        fields = [
            field for room in gone for name in [key_names.digest(room.uuid).encode()] for field in (name, name + ENDED)
        ]
        if gone:
            with redis_client.store_errors():
                self._redis.hdel(MEETING_INDEX.key_of(host), *fields)
                self._redis.delete(*(_room(host, room.uuid) for room in gone))

    def _opened(self, kind: RecordKind, owner: str, encrypted: Iterable[bytes], type_: type[Any]) -> Iterable[Any]:
        """The values of readable records; one of an older format or a retired key counts as missing."""
        values = (self._encrypted.decode(kind, owner, record, type_) for record in encrypted)
        return (value for value in values if value is not None)

    def _said(self, event: dict[str, Any], meeting: dict[str, Any], uuid: str) -> MeetingLog | float:
        """The value for the index: the moment of the end, or the meeting."""
        if event["event"] != "meeting.ended":
            return MeetingLog(uuid, _number(meeting), str(meeting.get("topic") or ""), self._sent_at(event))
        ended = dates.parse(meeting.get("end_time"))
        return ended.timestamp() if ended else self._sent_at(event)

    def _sent_at(self, event: dict[str, Any]) -> float:
        moment = event.get("event_ts")
        return moment / 1000 if isinstance(moment, int | float) else self._clock()


def _room(host: str, uuid: str) -> str:
    return MEETING_EVENTS.key_of(host, key_names.digest(uuid))


def _number(meeting: dict[str, Any]) -> int:
    """The meeting's number, which is a string in some events."""
    told = str(meeting.get("id") or "")
    return int(told) if told.isascii() and told.isdigit() else 0


def _part(whole: dict[str, Any], name: str) -> dict[str, Any]:
    part = whole.get(name)
    return part if isinstance(part, dict) else {}
