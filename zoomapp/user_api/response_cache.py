"""Answers of Zoom's, kept for a moment: per person and grant, sealed, and void as soon as they change something.

Every request reads, along with its session, the version of its user's answers. A change gives it another value, so an
answer that was asked for before, in whatever process, is one nobody finds any more. Of many who want the same at once,
one asks Zoom: over threads by a flight, over processes by a lease.
"""

from __future__ import annotations

import logging
import secrets
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import redis

from zoomapp import deadline
from zoomapp.errors import StoreUnavailable, UpstreamError
from zoomapp.store import key_names, leases, redis_client
from zoomapp.store.encrypted_records import ANSWERS, ANSWERS_LEASE, ANSWERS_VERSION, TOKENS, EncryptedRecords
from zoomapp.store.encryption import KeyRing
from zoomapp.zoom import call_trace
from zoomapp.zoom.cacheable import is_cacheable
from zoomapp.zoom.client import Answer, Call

log = logging.getLogger(__name__)

#: What a subscription has to name, beside what is heard of meetings while they run.
EVENTS = ("meeting.created", "meeting.updated", "meeting.deleted")

#: Of one person. One more empties the lot.
MAX_ENTRIES = 50
#: While Zoom cannot answer, an answer this much older than it should be is better than none.
STALE_SECONDS = 300
#: Longer than any answer is good for.
VERSION_SECONDS = 86400
#: A process that dies while it asks keeps the others waiting this long.
LEASE_SECONDS = 10.0
LOOK_SECONDS = 0.025
#: What one process holds at hand, in memory.
LOCAL_BYTES = 8 * 1024 * 1024
#: What an answer takes in memory beside its texts: its objects, its place in the dictionary.
ENTRY_BYTES = 448
#: What of an answer's head is true later, too; the figures of Zoom's limits are not.
HEADERS = ("Content-Type", "Content-Encoding", "Content-Language", "X-Zm-Trackingid")

_KEEP = """
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
if redis.call('HLEN', KEYS[2]) >= tonumber(ARGV[4]) then redis.call('DEL', KEYS[2]) end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
redis.call('EXPIRE', KEYS[2], ARGV[3])
return 1
"""
_EMPTY = """
redis.call('DEL', KEYS[2])
if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('SET', KEYS[3], ARGV[1], 'EX', ARGV[2]) end
return 1
"""


@dataclass(frozen=True)
class CacheOwner:
    """Whose answers: the person, the grant they came with, and the version that was read with the session."""

    user_id: str
    grant_id: str
    version: bytes


@dataclass(frozen=True)
class CachedResponse:
    """An answer with status 200, as it came ``at`` that moment."""

    version: bytes
    at: float
    etag: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class CacheResult:
    """``state``: hit, miss or stale. A miss has Zoom's own ``answer``, and ``kept`` if it may be kept."""

    state: str
    age: int = 0
    kept: CachedResponse | None = None
    answer: Answer | None = None


class ResponseCache:
    """The kept answers of everybody: in Redis, and the last ones of this process at hand."""

    def __init__(self, client: redis.Redis, ring: KeyRing, clock: Callable[[], float]) -> None:
        self._redis = client
        self._encrypted = EncryptedRecords(ring)
        self._clock = clock
        self._keep_script = client.register_script(_KEEP)
        self._empty_script = client.register_script(_EMPTY)
        self._leases = leases.Leases(client)
        self._front = LocalLRU()
        self._lock = threading.Lock()
        self._flights: dict[str, threading.Event] = {}

    def get(
        self, who: CacheOwner, call: Call, seconds: int, ask: Callable[[], Answer], *, anew: bool = False
    ) -> CacheResult:
        """The answer to ``call``, no older than ``seconds``; ``anew``: not a kept one. Raises what ``ask`` raises."""
        name = _name(who, call)
        kept = self._find(who, name)
        if anew:
            return self._ask(who, name, kept, ask, call)
        if kept is None or self._age(kept) >= seconds:
            with self._flight(who, name) as waited:
                kept = (self._find(who, name) if waited else None) or kept
                if kept is None or self._age(kept) >= seconds:
                    return self._ask(who, name, kept, ask, call)
        return self._at_hand("hit", kept, call)

    def empty(self, user_id: str) -> None:
        """This person changed something: no answer from before is good any more."""
        names = [kind.key_of(user_id) for kind in (TOKENS, ANSWERS, ANSWERS_VERSION)]
        try:
            with redis_client.store_errors():
                self._empty_script(names, [secrets.token_bytes(9), VERSION_SECONDS])
        except StoreUnavailable as error:
            # What was changed is changed; the old answers end by themselves.
            log.warning("answers not emptied", extra={"detail": error.detail})

    def hear(self, event: dict[str, Any]) -> None:
        """Zoom says that a meeting changed: of its host, by whoever did it."""
        payload = event.get("payload")
        told = payload if isinstance(payload, dict) else {}
        about = told.get("object")
        about = about if isinstance(about, dict) else {}
        for each in {told.get("operator_id"), about.get("host_id")}:
            if isinstance(each, str) and each:
                self.empty(each)

    def _ask(
        self, who: CacheOwner, name: str, known: CachedResponse | None, ask: Callable[[], Answer], call: Call
    ) -> CacheResult:
        stale = known if known and self._age(known) < STALE_SECONDS else None
        try:
            answer = ask()
        except UpstreamError:
            if stale is None:
                raise
            return self._at_hand("stale", stale, call)
        if stale and (answer.status == 429 or answer.status >= 500):
            answer.close()
            return self._at_hand("stale", stale, call)
        body = answer.whole() if answer.status == 200 else None
        if body is None or not is_cacheable(answer.headers, body):
            if known and answer.status < 429:
                self._drop(who, name)
            return CacheResult("miss", answer=answer)
        headers = {each: answer.headers[each] for each in HEADERS if each in answer.headers}
        kept = CachedResponse(who.version, self._clock(), f'"{key_names.digest(body)}"', headers, body)
        self._save(who, name, kept)
        return CacheResult("miss", kept=kept, answer=answer)

    def _at_hand(self, state: str, kept: CachedResponse, call: Call) -> CacheResult:
        call_trace.record_cache_hit(call.method, call.path)
        return CacheResult(state, int(self._age(kept)), kept)

    def _age(self, kept: CachedResponse) -> float:
        return max(0.0, self._clock() - kept.at)

    def _find(self, who: CacheOwner, name: str) -> CachedResponse | None:
        """The answer of that name, if nothing was changed since."""
        kept = self._front.get(name)
        if kept is None or kept.version != who.version:
            kept = self._read(who, name)
        return kept if kept and kept.version == who.version else None

    def _read(self, who: CacheOwner, name: str) -> CachedResponse | None:
        with redis_client.store_errors():
            encrypted = cast("bytes | None", self._redis.hget(ANSWERS.key_of(who.user_id), name))
        kept = self._encrypted.decode(ANSWERS, name, encrypted, CachedResponse)
        if kept:
            self._front.put(name, kept)
        return kept

    def _save(self, who: CacheOwner, name: str, kept: CachedResponse) -> None:
        self._front.put(name, kept)
        names = [TOKENS.key_of(who.user_id), ANSWERS.key_of(who.user_id)]
        encrypted = self._encrypted.encode(ANSWERS, name, kept)
        try:
            with redis_client.store_errors():
                self._keep_script(names, [name, encrypted, 2 * STALE_SECONDS, MAX_ENTRIES])
        except StoreUnavailable as error:
            log.warning("answer not kept", extra={"detail": error.detail})

    def _drop(self, who: CacheOwner, name: str) -> None:
        self._front.drop(name)
        with redis_client.store_errors():
            self._redis.hdel(ANSWERS.key_of(who.user_id), name)

    @contextmanager
    def _flight(self, who: CacheOwner, name: str) -> Iterator[bool]:
        """One at a time asks for ``name``. Gives whether somebody else was asking; whoever waited waits no more."""
        with self._lock:
            landed = self._flights.get(name)
            mine = landed is None
            if landed is None:
                landed = self._flights[name] = threading.Event()
        if not mine:
            landed.wait(deadline.remaining(LEASE_SECONDS))
            yield True
            return
        try:
            with self._lease(who, name) as waited:
                yield waited
        finally:
            with self._lock:
                del self._flights[name]
            landed.set()

    @contextmanager
    def _lease(self, who: CacheOwner, name: str) -> Iterator[bool]:
        key, owner = ANSWERS_LEASE.key_of(who.user_id, name), secrets.token_hex(8)
        with redis_client.store_errors():
            mine = self._redis.set(key, owner, nx=True, px=int(LEASE_SECONDS * 1000))
            until = time.monotonic() + deadline.remaining(LEASE_SECONDS)
            while not mine and self._redis.exists(key) and time.monotonic() < until:
                time.sleep(LOOK_SECONDS)
        try:
            yield not mine
        finally:
            if mine:
                self._give(key, owner)

    def _give(self, key: str, owner: str) -> None:
        try:
            self._leases.give(key, owner)
        except StoreUnavailable as error:
            log.warning("lease not given back", extra={"detail": error.detail})


class LocalLRU:
    """The answers this process used last, up to so many bytes of memory."""

    def __init__(self, most_bytes: int = LOCAL_BYTES) -> None:
        self._most = most_bytes
        self._lock = threading.Lock()
        self._bytes = 0
        #: By name: the answer and what it takes in memory.
        self._kept: OrderedDict[str, tuple[CachedResponse, int]] = OrderedDict()

    def get(self, name: str) -> CachedResponse | None:
        with self._lock:
            entry = self._kept.get(name)
            if entry is None:
                return None
            self._kept.move_to_end(name)
            return entry[0]

    def put(self, name: str, kept: CachedResponse) -> None:
        size = _bytes_in_memory(name, kept)
        with self._lock:
            self._remove(name)
            self._kept[name] = (kept, size)
            self._bytes += size
            while self._bytes > self._most:
                self._bytes -= self._kept.popitem(last=False)[1][1]

    def drop(self, name: str) -> None:
        with self._lock:
            self._remove(name)

    def _remove(self, name: str) -> None:
        if (entry := self._kept.pop(name, None)) is not None:
            self._bytes -= entry[1]


def _bytes_in_memory(name: str, kept: CachedResponse) -> int:
    texts = [name, kept.version, kept.etag, kept.body, *kept.headers.values()]
    return ENTRY_BYTES + sys.getsizeof(kept.headers) + sum(map(sys.getsizeof, texts))


def _name(who: CacheOwner, call: Call) -> str:
    """Of one person, one grant, one question, and what its asker can read."""
    asked = [call.headers.get(name, "") for name in ("Accept", "Accept-Encoding", "Accept-Language")]
    return key_names.digest("\n".join([who.user_id, who.grant_id, call.target, *asked]))
