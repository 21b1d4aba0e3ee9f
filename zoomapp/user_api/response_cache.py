"""Cache of Zoom's responses: per user and grant, encrypted, and cleared when the user changes something.

Every request reads the version of its user's cached responses along with its session. A change sets another version, so
no process finds a response that was requested before the change. Of many callers that miss the same response, one asks
Zoom: over threads by a single flight, over processes by a lease.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import redis

from zoomapp import deadline
from zoomapp.errors import StoreUnavailable, UpstreamError
from zoomapp.single_flight import SingleFlight
from zoomapp.store import key_names, redis_client
from zoomapp.store.encrypted_records import ANSWERS, ANSWERS_LEASE, ANSWERS_VERSION, TOKENS
from zoomapp.store.encryption import EncryptedRecords, KeyRing
from zoomapp.store.leases import Leases
from zoomapp.user_api.local_lru import CachedResponse, LocalLRU
from zoomapp.zoom import call_trace
from zoomapp.zoom.client import Answer, Call
from zoomapp.zoom.content_encoding import decoded
from zoomapp.zoom.credentials import CREDENTIAL_FIELD
from zoomapp.zoom.tolerant_reader import JsonObject

log = logging.getLogger(__name__)

#: The webhook events that clear the cache, beside the events of running meetings.
EVENTS = (
    *("meeting.created", "meeting.updated", "meeting.deleted"),
    *("meeting.registration_created", "meeting.registration_approved"),
    *("meeting.registration_cancelled", "meeting.registration_denied"),
    *("meeting.summary_completed", "meeting.summary_updated", "meeting.summary_trashed"),
    *("meeting.summary_recovered", "meeting.summary_deleted", "meeting.aic_transcript_completed"),
    *("recording.completed", "recording.transcript_completed"),
    *("recording.trashed", "recording.recovered", "recording.deleted"),
)

#: Of one user. One more clears all of them.
MAX_ENTRIES = 50
#: While Zoom cannot answer, a response of this age is better than none.
STALE_SECONDS = 300
#: Longer than any response is valid.
VERSION_SECONDS = 86400
#: A process that dies while it asks Zoom blocks the others for this long.
LEASE_SECONDS = 10.0
#: The response headers that are still true later. Those of Zoom's rate limits are not.
HEADERS = ("Content-Type", "Content-Encoding", "Content-Language", "X-Zm-Trackingid")

#: Saves a response, if the user is connected.
_SAVE = """
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
if redis.call('HLEN', KEYS[2]) >= tonumber(ARGV[4]) then redis.call('DEL', KEYS[2]) end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
redis.call('EXPIRE', KEYS[2], ARGV[3])
return 1
"""
#: Deletes all responses of a user and, if the user is connected, sets another version.
_CLEAR = """
redis.call('DEL', KEYS[2])
if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('SET', KEYS[3], ARGV[1], 'EX', ARGV[2]) end
return 1
"""


@dataclass(frozen=True)
class CacheOwner:
    """Whose responses: the user, the grant, and the version that was read with the session."""

    user_id: str
    grant_id: str
    version: bytes


@dataclass(frozen=True)
class CacheResult:
    """``state`` is hit, miss or stale. A miss has Zoom's ``answer``, and ``cached`` if it can be cached."""

    state: str
    age: int = 0
    cached: CachedResponse | None = None
    answer: Answer | None = None


class ResponseCache:
    """The cached responses of all users in Redis, and those this process used last in memory."""

    def __init__(self, client: redis.Redis, ring: KeyRing, clock: Callable[[], float]) -> None:
        self._redis = client
        self._encrypted = EncryptedRecords(ring)
        self._clock = clock
        self._save_script = client.register_script(_SAVE)
        self._clear_script = client.register_script(_CLEAR)
        self._leases = Leases(client)
        self._flights = SingleFlight()
        self._local = LocalLRU()

    def get_or_fetch(
        self, owner: CacheOwner, call: Call, seconds: int, fetch: Callable[[], Answer], *, reload: bool = False
    ) -> CacheResult:
        """The response to ``call``, at most ``seconds`` old. ``reload``: always from Zoom.

        Raises what ``fetch`` raises, and StoreUnavailable.
        """
        name = _name(owner, call)
        cached = self._load(owner, name)
        if reload:
            return self._fetch(owner, name, cached, fetch, call)
        if cached is None or self._age(cached) >= seconds:
            with self._first(owner, name) as first:
                cached = (None if first else self._load(owner, name)) or cached
                if cached is None or self._age(cached) >= seconds:
                    return self._fetch(owner, name, cached, fetch, call)
        return self._result("hit", cached, call)

    def clear(self, user_id: str) -> None:
        """Delete the responses of a user who changed something."""
        keys = [kind.key_of(user_id) for kind in (TOKENS, ANSWERS, ANSWERS_VERSION)]
        try:
            with redis_client.store_errors():
                self._clear_script(keys, [secrets.token_bytes(9), VERSION_SECONDS])
        except StoreUnavailable as error:
            # The change has taken place; the old responses expire by themselves.
            log.warning("response cache not cleared", extra={"detail": error.detail})

    def on_meeting_event(self, event: dict[str, Any]) -> None:
        """Clear the cache of the host of a changed meeting or recording, and of the user who changed it.

        People who come and go change no list that is cached for longer than a minute. An event about a summary names
        the host ``meeting_host_id``.
        """
        fields = JsonObject(event, "event")
        if fields.text("event").startswith("meeting.participant_"):
            return
        payload = fields.part("payload")
        host_id = payload.part("object").text("host_id", "meeting_host_id")
        for user_id in {payload.text("operator_id"), host_id} - {""}:
            self.clear(user_id)

    def _fetch(
        self, owner: CacheOwner, name: str, cached: CachedResponse | None, fetch: Callable[[], Answer], call: Call
    ) -> CacheResult:
        """Zoom's answer, or the cached response while Zoom fails."""
        stale = cached if cached and self._age(cached) < STALE_SECONDS else None
        try:
            answer = fetch()
        except UpstreamError:
            if stale is None:
                raise
            return self._result("stale", stale, call)
        if stale and (answer.status == 429 or answer.status >= 500):
            answer.close()
            return self._result("stale", stale, call)

        body = answer.whole() if answer.status == 200 else None
        if body is None or not is_cacheable(answer.headers, body):
            if cached and answer.status < 429:
                self._delete(owner, name)
            return CacheResult("miss", answer=answer)

        headers = {header: answer.headers[header] for header in HEADERS if header in answer.headers}
        response = CachedResponse(owner.version, self._clock(), f'"{key_names.digest(body)}"', headers, body)
        self._save(owner, name, response)
        return CacheResult("miss", cached=response, answer=answer)

    def _result(self, state: str, cached: CachedResponse, call: Call) -> CacheResult:
        call_trace.record_cache_hit(call.method, call.path)
        return CacheResult(state, int(self._age(cached)), cached)

    def _age(self, cached: CachedResponse) -> float:
        return max(0.0, self._clock() - cached.at)

    @contextmanager
    def _first(self, owner: CacheOwner, name: str) -> Iterator[bool]:
        """True for the first caller that misses a response. The others wait for its end, once, and get False."""
        with self._flights.turn(name, deadline.remaining(LEASE_SECONDS)) as first:
            if not first:
                yield False
                return
            lease = self._leases.lease(ANSWERS_LEASE.key_of(owner.user_id, name), LEASE_SECONDS)
            with lease.hold(wait_seconds=deadline.remaining(LEASE_SECONDS)) as taken:
                yield taken

    def _load(self, owner: CacheOwner, name: str) -> CachedResponse | None:
        """The response of that name, if the user changed nothing since."""
        cached = self._local.get(name)
        if cached is None or cached.version != owner.version:
            cached = self._load_from_redis(owner, name)
        return cached if cached and cached.version == owner.version else None

    def _load_from_redis(self, owner: CacheOwner, name: str) -> CachedResponse | None:
        with redis_client.store_errors():
            record = cast("bytes | None", self._redis.hget(ANSWERS.key_of(owner.user_id), name))
        cached = self._encrypted.decode(ANSWERS, name, record, CachedResponse)
        if cached:
            self._local.put(name, cached)
        return cached

    def _save(self, owner: CacheOwner, name: str, response: CachedResponse) -> None:
        self._local.put(name, response)
        keys = [TOKENS.key_of(owner.user_id), ANSWERS.key_of(owner.user_id)]
        record = self._encrypted.encode(ANSWERS, name, response)
        try:
            with redis_client.store_errors():
                self._save_script(keys, [name, record, 2 * STALE_SECONDS, MAX_ENTRIES])
        except StoreUnavailable as error:
            log.warning("response not cached", extra={"detail": error.detail})

    def _delete(self, owner: CacheOwner, name: str) -> None:
        self._local.delete(name)
        with redis_client.store_errors():
            self._redis.hdel(ANSWERS.key_of(owner.user_id), name)


def _name(owner: CacheOwner, call: Call) -> str:
    """The name of a response: of one user, one grant, one request target, and the formats its caller accepts."""
    accepted = [call.headers.get(header, "") for header in ("Accept", "Accept-Encoding", "Accept-Language")]
    return key_names.digest("\n".join([owner.user_id, owner.grant_id, call.target, *accepted]))


MAX_BYTES = 128 * 1024
#: A response that is larger than this when decoded is not searched, and so not cached.
MAX_DECODED_BYTES = 4 * 1024 * 1024


def is_cacheable(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether a response is small, is JSON, and holds no secret."""
    if len(body) > MAX_BYTES or not headers.get("Content-Type", "").lower().startswith("application/json"):
        return False
    text = decoded(headers.get("Content-Encoding", ""), body, MAX_DECODED_BYTES)
    return text is not None and not CREDENTIAL_FIELD.search(text)
