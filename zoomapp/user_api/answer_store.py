"""Zoom's answers, saved per user for the pages and the proxy: one place, one fetch at a time, one way to clear.

Pages save answers without credentials, as encrypted records with a lifetime each. Those of one user take up to
MAX_BYTES; the oldest go first. Parts of long lists, and small facts about meetings, do not count. The proxy saves raw
responses, which a hash of that user holds for ten minutes, and this process keeps those that it used last in memory.

Every request reads the version of its user's answers along with its session. A change sets another version, so no
process uses an answer from before the change, even if it was requested earlier.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, cast

import redis

from zoomapp import deadline
from zoomapp.errors import StoreUnavailable
from zoomapp.single_flight import SingleFlight
from zoomapp.store import redis_client
from zoomapp.store.encrypted_records import (
    ANSWERS,
    ANSWERS_LEASE,
    ANSWERS_VERSION,
    PARTIAL_LIST,
    RECORDINGS_PIECE,
    SAVED_ANSWERS,
    TOKENS,
    USER_KEY_LIST,
    RecordKind,
)
from zoomapp.store.encryption import KeyRing
from zoomapp.store.leases import Leases
from zoomapp.store.user_keys import KEY_LIST_SECONDS, LIST_KEYS
from zoomapp.store.user_records import UserRecords
from zoomapp.user_api.local_lru import CachedResponse, LocalLRU
from zoomapp.zoom.tolerant_reader import JsonObject

log = logging.getLogger(__name__)

#: The webhook events that clear a user's answers, beside the events of running meetings.
EVENTS = (
    *("meeting.created", "meeting.updated", "meeting.deleted"),
    *("meeting.registration_created", "meeting.registration_approved"),
    *("meeting.registration_cancelled", "meeting.registration_denied"),
    *("meeting.summary_completed", "meeting.summary_updated", "meeting.summary_trashed"),
    *("meeting.summary_recovered", "meeting.summary_deleted", "meeting.aic_transcript_completed"),
    *("recording.completed", "recording.transcript_completed"),
    *("recording.trashed", "recording.recovered", "recording.deleted"),
)

#: Of the records that one user's pages save, encrypted. A larger record is not saved.
MAX_BYTES, MAX_RECORDS = 16 * 1024 * 1024, 500
#: What is loaded of a long list so far. If one part were deleted early, the list would never be complete.
UNLIMITED = (PARTIAL_LIST, RECORDINGS_PIECE)
#: Raw responses of one user. One more clears all of them.
MAX_RESPONSES = 50
#: How long a raw response is saved: twice as long as one may be served while Zoom fails.
RESPONSE_SECONDS = 600
#: Longer than any raw response is valid.
VERSION_SECONDS = 86400
#: How long a caller waits for another one that fetches the same. A process that dies meanwhile blocks others as long.
WAIT_SECONDS = 10.0

#: Saves a record, if the user is connected, and deletes the user's oldest ones beyond the limits. The list of records
#: may have some that have expired.
_SAVE_RECORD = f"""{LIST_KEYS}
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('SET', KEYS[3], ARGV[1], 'EX', ARGV[2])
redis.call('ZADD', KEYS[4], ARGV[4], KEYS[3])
redis.call('EXPIRE', KEYS[4], ARGV[3])
list_keys(KEYS[2], ARGV[3], KEYS[3], KEYS[4])
local bytes, records = 0, 0
for _, key in ipairs(redis.call('ZREVRANGE', KEYS[4], 0, -1)) do
  local size = redis.call('STRLEN', key)
  bytes, records = bytes + size, records + 1
  if size == 0 or bytes > tonumber(ARGV[5]) or records > tonumber(ARGV[6]) then
    redis.call('DEL', key)
    redis.call('ZREM', KEYS[4], key)
  end
end
return 1
"""
#: Saves a raw response, if the user is connected.
_SAVE = """
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
if redis.call('HLEN', KEYS[2]) >= tonumber(ARGV[4]) then redis.call('DEL', KEYS[2]) end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
redis.call('EXPIRE', KEYS[2], ARGV[3])
return 1
"""
#: Deletes all raw responses of a user and, if the user is connected, sets another version.
_CLEAR = """
redis.call('DEL', KEYS[2])
if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('SET', KEYS[3], ARGV[1], 'EX', ARGV[2]) end
return 1
"""


class AnswerStore(UserRecords):
    """The answers of all users. One per process; safe to use from many threads."""

    def __init__(self, client: redis.Redis, ring: KeyRing, clock: Callable[[], float]) -> None:
        super().__init__(client, ring)
        self._clock = clock
        self._save_record_script = client.register_script(_SAVE_RECORD)
        self._save_script = client.register_script(_SAVE)
        self._clear_script = client.register_script(_CLEAR)
        self._leases = Leases(client)
        self._flights = SingleFlight()
        self._local = LocalLRU()

    @contextmanager
    def turn(self, user_id: str, name: str) -> Iterator[bool]:
        """True for the first caller, over threads and processes, who fetches the answer with this digest as name.

        Others wait until that caller's block has ended, and get False: the answer is most likely saved.
        """
        with ExitStack() as stack:
            taken = stack.enter_context(self._flights.turn(f"{user_id} {name}", deadline.remaining(WAIT_SECONDS)))
            if taken:
                lease = self._leases.lease(ANSWERS_LEASE.key_of(user_id, name), WAIT_SECONDS)
                try:
                    taken = stack.enter_context(lease.hold(wait_seconds=deadline.remaining(WAIT_SECONDS)))
                except StoreUnavailable as error:
                    # Without Redis, each process fetches for itself.
                    log.warning("lease of an answer not taken", extra={"detail": error.detail})
            yield taken

    def clear(self, user_id: str) -> bytes | None:
        """Let nothing be served that was read before now: the user changed something. Returns the new version.

        None if Redis is unavailable. The old answers expire by themselves then.
        """
        keys = [kind.key_of(user_id) for kind in (TOKENS, ANSWERS, ANSWERS_VERSION)]
        version = secrets.token_bytes(9)
        try:
            with redis_client.store_errors():
                self._clear_script(keys, [version, VERSION_SECONDS])
        except StoreUnavailable as error:
            log.warning("response cache not cleared", extra={"detail": error.detail})
            return None
        return version

    def on_meeting_event(self, event: dict[str, Any]) -> None:
        """Clear the answers of the host of a changed meeting or recording, and of the user who changed it.

        People who come and go change no list that is served for longer than a minute. An event about a summary names
        the host ``meeting_host_id``.
        """
        fields = JsonObject(event, "event")
        if fields.text("event").startswith("meeting.participant_"):
            return
        payload = fields.part("payload")
        host_id = payload.part("object").text("host_id", "meeting_host_id")
        for user_id in {payload.text("operator_id"), host_id} - {""}:
            self.clear(user_id)

    # What pages read: records, with ``load`` and ``delete`` as they are.

    def save(
        self, user_id: str, kind: RecordKind, value: Any, seconds: int, name: str = "", *, limited: bool = True
    ) -> bool:
        """Save a record; False when this user is not connected.

        ``limited``: it may be deleted early, so that the user's records stay within the limits.
        """
        if not limited or kind in UNLIMITED:
            return super().save(user_id, kind, value, seconds, name)
        key = kind.key_of(user_id, name)
        keys = [TOKENS.key_of(user_id), USER_KEY_LIST.key_of(user_id), key, SAVED_ANSWERS.key_of(user_id)]
        record = self._encrypted.encode(kind, key, value)
        try:
            with redis_client.store_errors():
                limits = [KEY_LIST_SECONDS, self._clock(), MAX_BYTES, MAX_RECORDS]
                return bool(self._save_record_script(keys, [record, seconds, *limits]))
        except StoreUnavailable as error:
            log.warning("record not written", extra={"kind": kind.name, "detail": error.detail})
            return True

    # What the proxy read: raw responses.

    def load_response(self, user_id: str, name: str, version: bytes) -> CachedResponse | None:
        """The raw response of that name, if the user changed nothing since. Raises StoreUnavailable."""
        response = self._local.get(name)
        if response is None or response.version != version:
            response = self._load_from_redis(user_id, name)
        return response if response and response.version == version else None

    def save_response(self, user_id: str, name: str, response: CachedResponse) -> None:
        """Save a raw response. Its name has the user, and the grant that read it."""
        self._local.put(name, response)
        record = self._encrypted.encode(ANSWERS, name, response)
        arguments: list[Any] = [name, record, RESPONSE_SECONDS, MAX_RESPONSES]
        try:
            with redis_client.store_errors():
                self._save_script([TOKENS.key_of(user_id), ANSWERS.key_of(user_id)], arguments)
        except StoreUnavailable as error:
            log.warning("response not cached", extra={"detail": error.detail})

    def delete_response(self, user_id: str, name: str) -> None:
        """Delete a raw response. Raises StoreUnavailable."""
        self._local.delete(name)
        with redis_client.store_errors():
            self._redis.hdel(ANSWERS.key_of(user_id), name)

    def _load_from_redis(self, user_id: str, name: str) -> CachedResponse | None:
        with redis_client.store_errors():
            record = cast("bytes | None", self._redis.hget(ANSWERS.key_of(user_id), name))
        response = self._encrypted.decode(ANSWERS, name, record, CachedResponse)
        if response:
            self._local.put(name, response)
        return response
