"""Stores of token records: one encrypted record per user, the lease for a refresh, and the last failure.

``TokenStore`` is the port. Two implementations pass the same tests: Redis for every deployment, memory for tests.
"""

from __future__ import annotations

import threading
import time
from typing import Protocol

import redis

from zoomapp.store import redis_client, user_keys
from zoomapp.store.encrypted_records import FAILURE, LEASE, TOKENS
from zoomapp.store.leases import Lease, Leases, MemoryLeases
from zoomapp.store.redis_client import store_errors


class TokenStore(Protocol):
    """An encrypted record per user. Every method raises StoreUnavailable when the store cannot serve."""

    def load(self, user_id: str) -> bytes | None:
        """The record, or None."""

    def save(self, user_id: str, record: bytes) -> None:
        """Store ``record``; an earlier record is overwritten."""

    def compare_and_set(self, user_id: str, expected: bytes, record: bytes) -> bool:
        """Replace ``expected`` by ``record``. False when the stored record is another one, byte for byte.

        A call that is repeated because its reply was lost returns True again.
        """

    def delete(self, user_id: str) -> bool:
        """Delete the record and everything else that is stored of this user. False when there was no record."""

    def lease(self, user_id: str, seconds: float) -> Lease:
        """The lease that lets one worker at a time refresh this user's tokens."""

    def save_failure(self, user_id: str, failure: str, seconds: float) -> None:
        """Store for the other workers why a refresh failed."""

    def load_failure(self, user_id: str) -> str:
        """The last failure, or an empty string."""


_COMPARE_AND_SET = """
local stored = redis.call('GET', KEYS[1])
if stored == ARGV[2] then return 1 end
if stored ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1
"""


class RedisTokenStore:
    """Token records in Redis; each lives ``days`` after its last write."""

    def __init__(self, client: redis.Redis, days: int = 90) -> None:
        self._redis = client
        self._seconds = days * 86400
        self._compare_and_set = client.register_script(_COMPARE_AND_SET)
        self._leases = Leases(client)

    def load(self, user_id: str) -> bytes | None:
        return redis_client.load(self._redis, TOKENS.key_of(user_id))

    def save(self, user_id: str, record: bytes) -> None:
        with store_errors():
            self._redis.set(TOKENS.key_of(user_id), record, ex=self._seconds)

    def compare_and_set(self, user_id: str, expected: bytes, record: bytes) -> bool:
        with store_errors():
            return bool(self._compare_and_set([TOKENS.key_of(user_id)], [expected, record, self._seconds]))

    def delete(self, user_id: str) -> bool:
        with store_errors():
            existed = self._redis.exists(TOKENS.key_of(user_id))
            user_keys.delete_user(self._redis, user_id)
        return bool(existed)

    def lease(self, user_id: str, seconds: float) -> Lease:
        return self._leases.lease(LEASE.key_of(user_id), seconds)

    def save_failure(self, user_id: str, failure: str, seconds: float) -> None:
        with store_errors():
            self._redis.set(FAILURE.key_of(user_id), failure, px=int(seconds * 1000))

    def load_failure(self, user_id: str) -> str:
        return (redis_client.load(self._redis, FAILURE.key_of(user_id)) or b"").decode()


class MemoryTokenStore:
    """Token records within one process, for tests."""

    def __init__(self) -> None:
        self.leases = MemoryLeases()
        self._lock = threading.Lock()
        self._records: dict[str, bytes] = {}
        self._failures: dict[str, tuple[str, float]] = {}

    def load(self, user_id: str) -> bytes | None:
        return self._records.get(user_id)

    def save(self, user_id: str, record: bytes) -> None:
        with self._lock:
            self._records[user_id] = record

    def compare_and_set(self, user_id: str, expected: bytes, record: bytes) -> bool:
        with self._lock:
            stored = self._records.get(user_id)
            if stored == expected:
                self._records[user_id] = record
            return stored in (expected, record)

    def delete(self, user_id: str) -> bool:
        with self._lock:
            return self._records.pop(user_id, None) is not None

    def lease(self, user_id: str, seconds: float) -> Lease:
        return self.leases.lease(user_id, seconds)

    def save_failure(self, user_id: str, failure: str, seconds: float) -> None:
        with self._lock:
            self._failures[user_id] = (failure, time.monotonic() + seconds)

    def load_failure(self, user_id: str) -> str:
        failure, ends_at = self._failures.get(user_id, ("", 0.0))
        return failure if ends_at > time.monotonic() else ""
