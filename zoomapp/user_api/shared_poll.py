"""One answer of Zoom's for everybody who may have it: asked for once per pause, however many look, over all workers.

Whoever finds it old and gets the lease asks Zoom; everybody else gets at once what is there. Nobody looks: nobody asks.
It goes only to viewers whom Zoom itself answered the same question a short while ago; all others ask for themselves.
While Zoom fails, one tries again after the pause for all of them, whether they were ever answered or not.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import msgspec
import redis

from zoomapp.errors import NotFound, RateLimited, UpstreamError, ZoomRefused
from zoomapp.store import key_names, leases, redis_client, user_keys
from zoomapp.store.encrypted_records import SNAPSHOT, SNAPSHOT_ACCESS, EncryptedRecords
from zoomapp.store.encryption import KeyRing
from zoomapp.store.user_records import UserRecords

#: Whom Zoom answered. Longer than this nobody sees what Zoom would no longer tell them; from ``RENEW_SECONDS`` on they
#: ask for themselves again, one of their windows at a time, and have what is there meanwhile.
PROOF_SECONDS, RENEW_SECONDS = SNAPSHOT_ACCESS.seconds, 540
#: How long an answer is shown while no newer one can be had.
KEEP_SECONDS = SNAPSHOT.seconds
#: Longer than all pages of an answer take; a worker that dies while it asks keeps the others waiting this long.
LEASE_SECONDS = 60
#: A failure is remembered beyond its pause for as long, so that even then one asks for all.
FAILED_SECONDS = 600


@dataclass(frozen=True)
class FailurePause:
    """Zoom failed: nobody asks ``until`` that moment. ``failed`` is the failure's code."""

    until: float
    failed: str
    daily: bool = False

    def failure(self, now: float) -> UpstreamError:
        """What the last try ended with, as it is now."""
        if self.failed == RateLimited.code:
            return RateLimited(max(1, math.ceil(self.until - now)), daily=self.daily)
        return UpstreamError("Zoom did not answer a moment ago")


@dataclass(frozen=True)
class Snapshot:
    """``raw`` was made ``at`` that moment; before ``next_at`` nobody asks again. ``pause``: as the last try failed."""

    raw: msgspec.Raw
    at: float
    next_at: float
    pause: FailurePause | None = None

    @cached_property
    def body(self) -> Any:
        """The answer. Read only by whoever shows it: that it is still the same, the bytes tell."""
        return msgspec.json.decode(self.raw)

    def failure(self, now: float) -> UpstreamError | None:
        """What the last try ended with, as it is now."""
        return self.pause.failure(now) if self.pause else None


class SharedPolls:
    """The shared answers of all accounts."""

    def __init__(self, client: redis.Redis, ring: KeyRing, clock: Callable[[], float]) -> None:
        self._redis = client
        self._encrypted = EncryptedRecords(ring)
        self._kept = UserRecords(client, ring)
        self._belongings = user_keys.UserKeys(client)
        self._leases = leases.Leases(client)
        self._clock = clock

    def get(self, name: str, viewer: str, fetch: Callable[[], Any], pause: Callable[[], float]) -> Snapshot:
        """The newest answer to ``name`` for this viewer. ``pause``: seconds until the next one, asked after ``fetch``.

        Raises what ``fetch`` raises when there is nothing that this viewer may see instead.
        """
        look = self._look(name, viewer)
        if there := self._shown(look):
            return there
        # One asks for all. Where it is about who may see the answer each viewer must, with one of their windows.
        with self._lease(name, "" if look.pause or look.age < RENEW_SECONDS else viewer) as mine:
            # Somebody may have been faster, between our look and our lease.
            look = self._look(name, viewer)
            return self._shown(look, others_ask=not mine) or self._ask(name, viewer, fetch, pause, look.known)

    def _look(self, name: str, viewer: str) -> _Look:
        at = self._kept.load(viewer, SNAPSHOT_ACCESS, key_names.digest(name))
        age = self._clock() - at if isinstance(at, float) else math.inf
        known, pause = self._load(name)
        return _Look(known if age < PROOF_SECONDS else None, pause, age)

    def _shown(self, look: _Look, *, others_ask: bool = False) -> Snapshot | None:
        """What there is for this viewer without asking Zoom; None if they are to ask. Raises as ``get`` does.

        Where ``others_ask``, whatever there is will do.
        """
        now, known, pause = self._clock(), look.known, look.pause
        if pause and (others_ask or now < pause.until):
            if known is None:
                raise pause.failure(now)
            return replace(known, next_at=pause.until, pause=pause)
        fresh = known and not pause and now < known.next_at and look.age < RENEW_SECONDS
        return known if fresh or others_ask else None

    @contextmanager
    def _lease(self, name: str, viewer: str) -> Iterator[bool]:
        """Whether it is ours; it is left at the end, unless it has ended before and is another's now."""
        lease = f"{_key(name)}:lease" + (f":{key_names.tag(viewer)}" if viewer else "")
        owner = secrets.token_hex(8)
        mine = self._leases.take(lease, owner, LEASE_SECONDS)
        try:
            yield mine
        finally:
            if mine:
                self._leases.give(lease, owner)

    def _ask(
        self, name: str, viewer: str, fetch: Callable[[], Any], pause: Callable[[], float], known: Snapshot | None
    ) -> Snapshot:
        try:
            body = fetch()
        except UpstreamError as error:
            until = self._clock() + max(pause(), getattr(error, "retry_after", 0))
            failed = self._stop(name, FailurePause(until, error.code, getattr(error, "daily", False)))
            if known is None:
                raise
            return replace(known, next_at=until, pause=failed)
        except ZoomRefused as error:
            self._kept.delete(viewer, SNAPSHOT_ACCESS, key_names.digest(name))
            self._drop(name, everything=isinstance(error, NotFound))
            raise
        self._kept.save(viewer, SNAPSHOT_ACCESS, self._clock(), PROOF_SECONDS, key_names.digest(name))
        return self._save(name, viewer, Snapshot(_raw(body), self._clock(), self._clock() + pause()))

    def _load(self, name: str) -> tuple[Snapshot | None, FailurePause | None]:
        encrypted, pause = redis_client.load_together(self._redis, _key(name), _pause_key(name))
        found = self._encrypted.decode(SNAPSHOT, _key(name), encrypted, Snapshot)
        if found and self._clock() - found.at >= KEEP_SECONDS:
            found = None
        return found, msgspec.json.decode(pause, type=FailurePause) if pause else None

    def _save(self, name: str, viewer: str, snapshot: Snapshot) -> Snapshot:
        """Keep it for everybody who may have it, until the viewer whose token fetched it disconnects."""
        encrypted = self._encrypted.encode(SNAPSHOT, _key(name), snapshot)
        with redis_client.store_errors(), self._redis.pipeline(transaction=False) as pipe:
            pipe.set(_key(name), encrypted, ex=KEEP_SECONDS)
            pipe.delete(_pause_key(name))
            pipe.execute()
        if self._belongings.lend(viewer, _key(name)) is user_keys.WriteResult.NOT_CONNECTED:
            self._drop(name, everything=True)
        return snapshot

    def _stop(self, name: str, pause: FailurePause) -> FailurePause:
        seconds = math.ceil(pause.until - self._clock()) + FAILED_SECONDS
        with redis_client.store_errors():
            self._redis.set(_pause_key(name), msgspec.json.encode(pause), ex=seconds)
        return pause

    def _drop(self, name: str, *, everything: bool) -> None:
        """Zoom answers again; ``everything``: what it answered must not stay."""
        with redis_client.store_errors():
            self._redis.delete(_pause_key(name), *([_key(name)] if everything else []))


@dataclass(frozen=True)
class _Look:
    """What is known, if this viewer may see it; how the last try failed; how long ago Zoom answered this viewer."""

    known: Snapshot | None
    pause: FailurePause | None
    age: float


def _raw(body: Any) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(body))


def _key(name: str) -> str:
    return key_names.tagged(key_names.digest(name), SNAPSHOT.name)


def _pause_key(name: str) -> str:
    return _key(name) + ":pause"
