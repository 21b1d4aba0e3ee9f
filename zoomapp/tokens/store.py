"""Where a user's token record lies, and the lease that lets one worker at a time renew it.

Two stores keep the same promises: Redis, for every deployment, and memory, for tests of what stands above.
"""

from __future__ import annotations

import threading
import time
from typing import Protocol

import redis

from zoomapp.store import leases, redis_client, user_keys
from zoomapp.store.encrypted_records import FAILURE, LEASE, TOKENS
from zoomapp.store.redis_client import store_errors


class TokenStore(Protocol):
    """A sealed record per user. Every method raises StoreUnavailable when the store cannot serve."""

    def load(self, user_id: str) -> bytes | None:
        """The record, or None."""

    def save(self, user_id: str, record: bytes) -> None:
        """Keep ``record``, whatever was there."""

    def swap(self, user_id: str, expected: bytes, record: bytes) -> bool:
        """Keep ``record`` if ``expected`` is still there, byte for byte. False: somebody else was faster."""

    def forget(self, user_id: str) -> bool:
        """Drop the record, and everything else that is kept of this user. False when there was no record."""

    def take_lease(self, user_id: str, owner: str, seconds: float) -> bool:
        """Whether ``owner`` holds the lease now, for ``seconds``. Taking what one holds extends it."""

    def give_lease(self, user_id: str, owner: str) -> None:
        """End ``owner``'s lease; another's stays as it is."""

    def note_failure(self, user_id: str, note: str, seconds: float) -> None:
        """Remember, for those who wait, why a renewal failed."""

    def failure(self, user_id: str) -> str:
        """What was noted last, or an empty string."""


_SWAP = """
local kept = redis.call('GET', KEYS[1])
if kept == ARGV[2] then return 1 end
if kept ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1
"""


class RedisTokenStore:
    def __init__(self, client: redis.Redis, days: int = 90) -> None:
        self._redis = client
        self._seconds = days * 86400
        self._swap = client.register_script(_SWAP)
        self._leases = leases.Leases(client)

    def load(self, user_id: str) -> bytes | None:
        return redis_client.load(self._redis, TOKENS.key_of(user_id))

    def save(self, user_id: str, record: bytes) -> None:
        with store_errors():
            self._redis.set(TOKENS.key_of(user_id), record, ex=self._seconds)

    def swap(self, user_id: str, expected: bytes, record: bytes) -> bool:
        with store_errors():
            return bool(self._swap([TOKENS.key_of(user_id)], [expected, record, self._seconds]))

    def forget(self, user_id: str) -> bool:
        """Besides the record: the sessions and whatever else was listed with ``storage.list_key``."""
        with store_errors():
            there = self._redis.exists(TOKENS.key_of(user_id))
            user_keys.delete_user(self._redis, user_id)
        return bool(there)

    def take_lease(self, user_id: str, owner: str, seconds: float) -> bool:
        return self._leases.take(LEASE.key_of(user_id), owner, seconds)

    def give_lease(self, user_id: str, owner: str) -> None:
        self._leases.give(LEASE.key_of(user_id), owner)

    def note_failure(self, user_id: str, note: str, seconds: float) -> None:
        with store_errors():
            self._redis.set(FAILURE.key_of(user_id), note, px=int(seconds * 1000))

    def failure(self, user_id: str) -> str:
        return (redis_client.load(self._redis, FAILURE.key_of(user_id)) or b"").decode()


class MemoryTokenStore:
    """The same promises within one process, for tests of what stands above."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._records: dict[str, bytes] = {}
        self._leases: dict[str, tuple[str, float]] = {}
        self._failures: dict[str, tuple[str, float]] = {}

    def load(self, user_id: str) -> bytes | None:
        return self._records.get(user_id)

    def save(self, user_id: str, record: bytes) -> None:
        with self._lock:
            self._records[user_id] = record

    def swap(self, user_id: str, expected: bytes, record: bytes) -> bool:
        with self._lock:
            kept = self._records.get(user_id)
            if kept == expected:
                self._records[user_id] = record
            return kept in (expected, record)

    def forget(self, user_id: str) -> bool:
        with self._lock:
            return self._records.pop(user_id, None) is not None

    def take_lease(self, user_id: str, owner: str, seconds: float) -> bool:
        with self._lock:
            holder, ends_at = self._leases.get(user_id, ("", 0.0))
            free = holder in ("", owner) or ends_at <= time.monotonic()
            if free:
                self._leases[user_id] = (owner, time.monotonic() + seconds)
            return free

    def give_lease(self, user_id: str, owner: str) -> None:
        with self._lock:
            if self._leases.get(user_id, ("", 0.0))[0] == owner:
                del self._leases[user_id]

    def note_failure(self, user_id: str, note: str, seconds: float) -> None:
        with self._lock:
            self._failures[user_id] = (note, time.monotonic() + seconds)

    def failure(self, user_id: str) -> str:
        note, ends_at = self._failures.get(user_id, ("", 0.0))
        return note if ends_at > time.monotonic() else ""
