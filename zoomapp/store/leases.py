"""Leases: a lock with a time limit, held by one worker over all processes and machines.

A holder that dies blocks the others until its lease expires. A holder that lives gives it back, or extends it.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import redis

from zoomapp.errors import StoreUnavailable
from zoomapp.store import key_names
from zoomapp.store.redis_client import store_errors

log = logging.getLogger(__name__)

#: How often a waiting worker looks whether the lease has ended.
POLL_SECONDS = 0.025

#: Takes or extends. The owner's second call says yes again, so a command whose reply was lost can be repeated.
_TAKE = """
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
"""

_GIVE_BACK = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"


class LeaseStore(Protocol):
    """Where leases are stored. Every method raises StoreUnavailable."""

    def take(self, key: str, owner: str, seconds: float) -> bool:
        """Whether ``owner`` has the lease now, for ``seconds``. The owner's own lease is extended."""

    def is_taken(self, key: str) -> bool:
        """Whether any worker has the lease."""

    def give_back(self, key: str, owner: str) -> None:
        """End the lease, if ``owner`` still has it."""


class Lease:
    """One worker's claim on a key: take it, extend it, give it back. No two objects have the same owner."""

    def __init__(self, store: LeaseStore, key: str, seconds: float) -> None:
        self._store = store
        self._key = key
        self._seconds = seconds
        self._owner = secrets.token_hex(16)

    def take(self) -> bool:
        """Whether this worker has the lease now. Extends a lease it has already. Raises StoreUnavailable."""
        return self._store.take(self._key, self._owner, self._seconds)

    def give_back(self) -> None:
        """End the lease, if this worker still has it. Without the store it expires by itself."""
        try:
            self._store.give_back(self._key, self._owner)
        except StoreUnavailable as error:
            log.warning("lease not released", extra={"detail": error.detail})

    @contextmanager
    def hold(self, *, wait_seconds: float = 0.0, extend: bool = False) -> Iterator[bool]:
        """Whether this worker has the lease during the block, which gives it back at its end.

        If another worker has it, the block starts without the lease: when that lease has ended, or after
        ``wait_seconds``. ``extend``: for a block that may take longer than the lease. Raises StoreUnavailable.
        """
        if not self.take():
            self._wait(wait_seconds)
            yield False
            return
        finished = threading.Event()
        if extend:
            threading.Thread(target=self._extend, args=(finished,), name="lease", daemon=True).start()
        try:
            yield True
        finally:
            finished.set()
            self.give_back()

    def _wait(self, seconds: float) -> None:
        ends_at = time.monotonic() + seconds
        while time.monotonic() < ends_at and self._store.is_taken(self._key):
            time.sleep(POLL_SECONDS)

    def _extend(self, finished: threading.Event) -> None:
        while not finished.wait(self._seconds / 3):
            try:
                self.take()
            except StoreUnavailable as error:
                log.warning("lease not extended", extra={"detail": error.detail})


class Leases:
    """The leases in Redis."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client
        self._take = client.register_script(_TAKE)
        self._give_back = client.register_script(_GIVE_BACK)

    def lease(self, key: str, seconds: float) -> Lease:
        """A lease that is not taken yet."""
        return Lease(self, key, seconds)

    def take(self, key: str, owner: str, seconds: float) -> bool:
        with store_errors():
            return bool(self._take([key], [owner, int(seconds * 1000)]))

    def is_taken(self, key: str) -> bool:
        with store_errors():
            return bool(self._redis.exists(key))

    def give_back(self, key: str, owner: str) -> None:
        with store_errors():
            self._give_back([key], [owner])


class MemoryLeases:
    """The same within one process, for tests."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._leases: dict[str, tuple[str, float]] = {}

    def lease(self, key: str, seconds: float) -> Lease:
        return Lease(self, key, seconds)

    def take(self, key: str, owner: str, seconds: float) -> bool:
        with self._lock:
            holder, ends_at = self._leases.get(key, ("", 0.0))
            free = holder in ("", owner) or ends_at <= time.monotonic()
            if free:
                self._leases[key] = (owner, time.monotonic() + seconds)
            return free

    def is_taken(self, key: str) -> bool:
        with self._lock:
            return self._leases.get(key, ("", 0.0))[1] > time.monotonic()

    def give_back(self, key: str, owner: str) -> None:
        with self._lock:
            if self._leases.get(key, ("", 0.0))[0] == owner:
                del self._leases[key]


def claim_once(client: redis.Redis, kind: str, name: str | bytes, seconds: int) -> bool:
    """Whether this is the first claim of ``name`` within ``seconds``. Of many callers at once one gets True."""
    with store_errors():
        return bool(client.set(f"{key_names.PREFIX}{kind}:{key_names.digest(name)}", b"1", nx=True, ex=max(1, seconds)))
