"""Which daily quotas of Zoom are exhausted, known to all workers through Redis.

The quotas of accounts are fields of one hash, which each process reads at most once a second. Those of a host are
fields of a hash of that user. Without Redis no quota counts as exhausted.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, cast

import msgspec
import redis

from zoomapp.errors import StoreUnavailable
from zoomapp.store import key_names, redis_client
from zoomapp.store.encrypted_records import ACCOUNT_DAYS, HOST_DAYS
from zoomapp.zoom.rate_limits import DAY_SECONDS

log = logging.getLogger(__name__)

ACCOUNTS = key_names.PREFIX + ACCOUNT_DAYS.key
#: The age of the accounts' local copy before it is loaded again, and the pause after Redis did not answer.
LOAD_SECONDS, FAILED_SECONDS = 1.0, 30.0
#: How often one call may probe an exhausted quota; with the offline Zoom, where a developer clears the fault.
PROBE_SECONDS, OFFLINE_PROBE_SECONDS = 300.0, 5.0
#: Entries of all accounts, and of one user. One more deletes the others.
MAX_ACCOUNTS, MAX_PER_KEY = 2000, 50

_SAVE = """
if redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[4]) then redis.call('DEL', KEYS[1]) end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
"""
_CLAIM = """
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
"""


class QuotaKey(NamedTuple):
    """Where a quota's entry is stored: the key of a hash, and a field in it."""

    key: str
    field: str


@dataclass(frozen=True)
class ExhaustedQuota:
    """An entry: exhausted ``until`` that time. From ``probe_at`` on one call may probe it."""

    until: float
    probe_at: float


def account_quota(account_id: str, label: str) -> QuotaKey:
    """The daily quota of an account for calls with this rate limit label."""
    return QuotaKey(ACCOUNTS, f"{key_names.tag(account_id)} {label}")


def host_quota(user_id: str, path: str) -> QuotaKey:
    """The quota of meetings that a host may create and update in a day, for this path."""
    return QuotaKey(HOST_DAYS.key_of(user_id), key_names.digest(path))


class ExhaustedQuotas:
    """One per process. Safe to use from many threads."""

    def __init__(self, client: redis.Redis, clock: Callable[[], float], probe_seconds: float = PROBE_SECONDS) -> None:
        self._redis = client
        self._clock = clock
        self._probe_seconds = probe_seconds
        self._save_script = client.register_script(_SAVE)
        self._claim_script = client.register_script(_CLAIM)
        self._accounts: dict[str, ExhaustedQuota] = {}
        self._load_at = 0.0
        self._loading = threading.Lock()

    def any_account(self) -> bool:
        """Whether a quota of any account is exhausted. Loads the local copy again if it is old."""
        now = self._clock()
        # A clock that was set back must not stop the loading. Other threads use the old copy meanwhile.
        if not 0 < self._load_at - now <= FAILED_SECONDS and self._loading.acquire(blocking=False):
            try:
                self._load_accounts(now)
            finally:
                self._loading.release()
        return bool(self._accounts)

    def find(self, quota: QuotaKey) -> ExhaustedQuota | None:
        """The entry of a quota that is exhausted now, else None."""
        entry = self._accounts.get(quota.field) if quota.key == ACCOUNTS else self._load(quota)
        return entry if entry and entry.until > self._clock() else None

    def save(self, quota: QuotaKey, until: float) -> None:
        """Save that a quota is exhausted ``until`` that time."""
        entry = ExhaustedQuota(until, self._clock() + self._probe_seconds)
        self._save_locally(quota, entry)
        max_entries = MAX_ACCOUNTS if quota.key == ACCOUNTS else MAX_PER_KEY
        try:
            with redis_client.store_errors():
                self._save_script([quota.key], [quota.field, _encode(entry), DAY_SECONDS, max_entries])
        except StoreUnavailable as error:
            log.warning("exhausted quota not saved", extra={"detail": error.detail})

    def claim_probe(self, quota: QuotaKey, entry: ExhaustedQuota) -> bool:
        """Whether this call is the probe: one call of all workers, every ``probe_seconds``."""
        now = self._clock()
        if now < entry.probe_at:
            return False
        later = ExhaustedQuota(entry.until, now + self._probe_seconds)
        self._save_locally(quota, later)
        try:
            with redis_client.store_errors():
                return bool(self._claim_script([quota.key], [quota.field, _encode(entry), _encode(later)]))
        except StoreUnavailable as error:
            log.warning("probe not claimed", extra={"detail": error.detail})
            return True

    def delete(self, quota: QuotaKey) -> None:
        """Delete the entry of a quota: Zoom serves calls again."""
        self._accounts = {field: entry for field, entry in self._accounts.items() if field != quota.field}
        try:
            with redis_client.store_errors():
                self._redis.hdel(*quota)
        except StoreUnavailable as error:
            log.warning("exhausted quota not deleted", extra={"detail": error.detail})

    def _load_accounts(self, now: float) -> None:
        try:
            with redis_client.store_errors():
                fields = cast("dict[bytes, bytes]", self._redis.hgetall(ACCOUNTS))
        except StoreUnavailable as error:
            self._load_at = now + FAILED_SECONDS
            log.warning("exhausted quotas not read", extra={"detail": error.detail})
            return
        entries = {field.decode(): _decode(value) for field, value in fields.items()}
        self._accounts = {field: entry for field, entry in entries.items() if entry and entry.until > now}
        self._load_at = now + LOAD_SECONDS

    def _load(self, quota: QuotaKey) -> ExhaustedQuota | None:
        try:
            with redis_client.store_errors():
                return _decode(cast("bytes | None", self._redis.hget(*quota)))
        except StoreUnavailable as error:
            log.warning("exhausted quota not read", extra={"detail": error.detail})
            return None

    def _save_locally(self, quota: QuotaKey, entry: ExhaustedQuota) -> None:
        if quota.key == ACCOUNTS:
            self._accounts = {**self._accounts, quota.field: entry}


def _encode(entry: ExhaustedQuota) -> bytes:
    return msgspec.json.encode(entry)


def _decode(value: bytes | None) -> ExhaustedQuota | None:
    try:
        return msgspec.json.decode(value, type=ExhaustedQuota) if value else None
    except msgspec.MsgspecError:
        return None
