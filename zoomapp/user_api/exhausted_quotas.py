"""Which allowances of a day are used up, as all workers know it: kept in Redis, and the accounts' also at hand.

The accounts' marks lie in one hash, which each process reads at most once a second, whatever it relays; a host's
lie with the person. An aid: without Redis it is as if nothing were known.
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
#: How old the picture of the accounts may be, and when to look again after Redis did not answer.
LOOK_SECONDS, FAILED_SECONDS = 1.0, 30.0
#: How often one call may find out whether a mark is still true.
PROBE_SECONDS = 300.0
#: Marks of all accounts, and of one person. One more empties the lot.
MOST, MAX_PER_KEY = 2000, 50

_PUT = """
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
    """Where a mark lies: the key of a hash, and a name in it."""

    key: str
    name: str


@dataclass(frozen=True)
class ExhaustedQuota:
    """Used up ``until`` that moment; from ``probe_at`` on one call may find out whether it is true."""

    until: float
    probe_at: float


def of_account(account_id: str, label: str) -> QuotaKey:
    return QuotaKey(ACCOUNTS, f"{key_names.tag(account_id)} {label}")


def of_host(user_id: str, address: str) -> QuotaKey:
    return QuotaKey(HOST_DAYS.key_of(user_id), key_names.digest(address))


class ExhaustedQuotas:
    """One per process; safe to use from many threads."""

    def __init__(self, client: redis.Redis, clock: Callable[[], float]) -> None:
        self._redis = client
        self._clock = clock
        self._put_script = client.register_script(_PUT)
        self._claim_script = client.register_script(_CLAIM)
        self._accounts: dict[str, ExhaustedQuota] = {}
        self._look_at = 0.0
        self._looking = threading.Lock()

    def any_account(self) -> bool:
        """Whether any account at all has used up a day. The picture is renewed here, if it is old."""
        now = self._clock()
        # A clock that was set back must not keep us from looking; whoever comes meanwhile goes by the old picture.
        if not 0 < self._look_at - now <= FAILED_SECONDS and self._looking.acquire(blocking=False):
            try:
                self._look(now)
            finally:
                self._looking.release()
        return bool(self._accounts)

    def find(self, place: QuotaKey) -> ExhaustedQuota | None:
        """The mark there, unless it has ended."""
        mark = self._accounts.get(place.name) if place.key == ACCOUNTS else self._read(place)
        return mark if mark and mark.until > self._clock() else None

    def put(self, place: QuotaKey, until: float) -> None:
        mark = ExhaustedQuota(until, self._clock() + PROBE_SECONDS)
        self._remember(place, mark)
        most = MOST if place.key == ACCOUNTS else MAX_PER_KEY
        try:
            with redis_client.store_errors():
                self._put_script([place.key], [place.name, _packed(mark), DAY_SECONDS, most])
        except StoreUnavailable as error:
            log.warning("limit not told to others", extra={"detail": error.detail})

    def claim_probe(self, place: QuotaKey, mark: ExhaustedQuota) -> bool:
        """Whether this call, of all in all workers, is the one that finds out; the next may after a while."""
        now = self._clock()
        if now < mark.probe_at:
            return False
        later = ExhaustedQuota(mark.until, now + PROBE_SECONDS)
        self._remember(place, later)
        try:
            with redis_client.store_errors():
                return bool(self._claim_script([place.key], [place.name, _packed(mark), _packed(later)]))
        except StoreUnavailable as error:
            log.warning("limit not read", extra={"detail": error.detail})
            return True

    def lift(self, place: QuotaKey) -> None:
        self._accounts = {name: mark for name, mark in self._accounts.items() if name != place.name}
        try:
            with redis_client.store_errors():
                self._redis.hdel(*place)
        except StoreUnavailable as error:
            log.warning("limit not lifted", extra={"detail": error.detail})

    def _look(self, now: float) -> None:
        try:
            with redis_client.store_errors():
                found = cast("dict[bytes, bytes]", self._redis.hgetall(ACCOUNTS))
        except StoreUnavailable as error:
            self._look_at = now + FAILED_SECONDS
            log.warning("limits not read", extra={"detail": error.detail})
            return
        marks = {name.decode(): _opened(packed) for name, packed in found.items()}
        self._accounts = {name: mark for name, mark in marks.items() if mark and mark.until > now}
        self._look_at = now + LOOK_SECONDS

    def _read(self, place: QuotaKey) -> ExhaustedQuota | None:
        try:
            with redis_client.store_errors():
                return _opened(cast("bytes | None", self._redis.hget(*place)))
        except StoreUnavailable as error:
            log.warning("limit not read", extra={"detail": error.detail})
            return None

    def _remember(self, place: QuotaKey, mark: ExhaustedQuota) -> None:
        if place.key == ACCOUNTS:
            self._accounts = {**self._accounts, place.name: mark}


def _packed(mark: ExhaustedQuota) -> bytes:
    return msgspec.json.encode(mark)


def _opened(packed: bytes | None) -> ExhaustedQuota | None:
    try:
        return msgspec.json.decode(packed, type=ExhaustedQuota) if packed else None
    except msgspec.MsgspecError:
        return None
