"""Pending sign-ins: the state and the PKCE verifier that a browser must bring back, once (RFC 9700 2.1.1, 4.7)."""

from __future__ import annotations

import contextlib
import math
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

import redis

from zoomapp.errors import StoreUnavailable, TooManySignIns
from zoomapp.store import key_names
from zoomapp.store.encrypted_records import PENDING_COUNT, PENDING_SIGN_INS
from zoomapp.store.encryption import EncryptedRecords, KeyRing
from zoomapp.store.redis_client import store_errors

LIFETIME_SECONDS = PENDING_SIGN_INS.seconds
#: More pending sign-ins than a user has tabs are a mistake or an attack; the oldest are deleted.
MAX_PER_BROWSER = 12
#: Pending sign-ins of all browsers together. Above that no other starts, and those under way can finish.
MAX_PENDING = 50_000
#: The states of all pending sign-ins (digests), sorted by the moment they expire.
PENDING = key_names.PREFIX + PENDING_COUNT.key

WEB, IN_CLIENT = "w", "c"

#: Counts one more pending sign-in. Returns when the oldest expires if there are too many, else an empty string.
_COUNT = """
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[2])
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[4]) and not redis.call('ZSCORE', KEYS[1], ARGV[1]) then
  return redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2] or ARGV[3]
end
redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[5])
return ''
"""

#: Saves one sign-in of a browser. Deletes those that are too many, in the order given, then any; returns the deleted.
_ADD = """
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
local others, deleted = {unpack(ARGV, 5)}, {}
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do others[#others + 1] = field end
local excess = redis.call('HLEN', KEYS[1]) - ARGV[4]
for _, field in ipairs(others) do
  if excess <= 0 then break end
  if field ~= ARGV[1] and redis.call('HDEL', KEYS[1], field) == 1 then
    deleted[#deleted + 1] = field
    excess = excess - 1
  end
end
return deleted
"""


@dataclass(frozen=True)
class PendingSignIn:
    """One pending sign-in.

    ``restarted``: it replaced one that came back without a state. ``next_path``: the page to return to, or empty.
    """

    state: str
    verifier: str = field(repr=False)
    began_at: float
    restarted: bool = False
    next_path: str = ""

    @property
    def in_client(self) -> bool:
        return started_in_client(self.state)


def started_in_client(state: str) -> bool:
    """Whether a state claims to come from Zoom's client. Use it for texts only, never for security."""
    return state.startswith(IN_CLIENT + "-")


class PendingSignIns:
    """The pending sign-ins of each browser: one hash per browser, one field per state."""

    def __init__(
        self,
        client: redis.Redis,
        ring: KeyRing,
        clock: Callable[[], float] = time.time,
        max_pending: int = MAX_PENDING,
    ) -> None:
        self._redis = client
        self._encrypted = EncryptedRecords(ring)
        self._clock = clock
        self._max_pending = max_pending
        self._count_script = client.register_script(_COUNT)
        self._add_script = client.register_script(_ADD)

    def add(
        self, browser: str, channel: str, verifier: str, *, restarted: bool = False, next_path: str = ""
    ) -> PendingSignIn:
        """Start a sign-in. ``channel`` is WEB or IN_CLIENT. Raises TooManySignIns, StoreUnavailable."""
        state = f"{channel}-{secrets.token_urlsafe(32)}"
        pending = PendingSignIn(state, verifier, self._clock(), restarted, next_path)
        field_name = key_names.digest(pending.state)
        self._count(field_name)
        record = self._encrypted.encode(PENDING_SIGN_INS, browser, pending)
        with store_errors():
            older = self._oldest_first(browser)
            values: list[str | bytes | int] = [field_name, record, LIFETIME_SECONDS, MAX_PER_BROWSER, *older]
            deleted = self._add_script([_key(browser)], values)
        self._discount(*deleted)
        return pending

    def _count(self, field_name: str) -> None:
        now = self._clock()
        with store_errors():
            values: list[str | float] = [field_name, now, now + LIFETIME_SECONDS, self._max_pending, LIFETIME_SECONDS]
            oldest_expires_at = self._count_script([PENDING], values)
        if oldest_expires_at:
            raise TooManySignIns(max(1, math.ceil(float(oldest_expires_at) - now)))

    def _discount(self, *field_names: str | bytes) -> None:
        """Count these no more. Without Redis they count until they expire."""
        with contextlib.suppress(StoreUnavailable), store_errors():
            if field_names:
                self._redis.zrem(PENDING, *field_names)

    def _oldest_first(self, browser: str) -> list[bytes]:
        """The fields of this browser's sign-ins: first the invalid ones, then the oldest."""
        records = cast("dict[bytes, bytes]", self._redis.hgetall(_key(browser)))
        signins = {name: self._decrypt(browser, record) for name, record in records.items()}
        return sorted(signins, key=lambda name: pending.began_at if (pending := signins[name]) else 0.0)

    def take(self, browser: str, state: str) -> PendingSignIn | None:
        """The sign-in of that state, once. None when it is unknown, used or too old. Raises StoreUnavailable."""
        field_name = key_names.digest(state)
        with store_errors(), self._redis.pipeline() as pipe:
            pipe.hget(_key(browser), field_name)
            pipe.hdel(_key(browser), field_name)
            record, removed = pipe.execute()
        if removed:
            self._discount(field_name)
        pending = self._decrypt(browser, record) if record and removed else None
        return pending if pending and pending.state == state else None

    def all(self, browser: str) -> list[PendingSignIn]:
        """The valid sign-ins of this browser. Raises StoreUnavailable."""
        with store_errors():
            records = cast("list[bytes]", self._redis.hvals(_key(browser)))
        return [pending for record in records if (pending := self._decrypt(browser, record))]

    def _decrypt(self, browser: str, record: bytes) -> PendingSignIn | None:
        pending = self._encrypted.decode(PENDING_SIGN_INS, browser, record, PendingSignIn)
        return pending if pending and self._clock() - pending.began_at < LIFETIME_SECONDS else None


def _key(browser: str) -> str:
    return key_names.tagged(key_names.digest(browser), PENDING_SIGN_INS.name)
