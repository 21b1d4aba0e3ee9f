"""One answer of Zoom's for everybody who may have it: asked for once per pause, however many look, over all workers.

Whoever finds it old and gets the lease asks Zoom; everybody else gets at once what is there. Nobody looks: nobody asks.
It goes only to viewers whom Zoom itself answered the same question a short while ago; all others ask for themselves.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import msgspec
import redis

from zoomapp import keys, storage
from zoomapp.errors import NotFound, RateLimited, UpstreamError, ZoomRefused
from zoomapp.kept import Kept
from zoomapp.tokens.cipher import CannotOpen, KeyRing

log = logging.getLogger(__name__)

KIND = "snapshot"
#: Whom Zoom answered. Longer than this nobody sees what Zoom would no longer tell them.
PROOF, PROOF_SECONDS = "answered", 600
#: How long an answer is shown while no newer one can be had.
KEEP_SECONDS = 900
#: Longer than all pages of an answer take; a worker that dies while it asks keeps the others waiting this long.
LEASE_SECONDS = 60


@dataclass(frozen=True)
class Snapshot:
    """``raw`` was made ``at`` that moment; before ``next_at`` nobody asks again. ``failed``: why the last try did."""

    raw: msgspec.Raw
    at: float
    next_at: float
    failed: str = ""
    daily: bool = False

    @cached_property
    def body(self) -> Any:
        """The answer. Read only by whoever shows it: that it is still the same, the bytes tell."""
        return msgspec.json.decode(self.raw)

    def failure(self, now: float) -> UpstreamError | None:
        """What the last try ended with, as it is now."""
        if self.failed == RateLimited.code:
            return RateLimited(max(1, math.ceil(self.next_at - now)), daily=self.daily)
        return UpstreamError("Zoom did not answer a moment ago") if self.failed else None


class Snapshots:
    """The shared answers of all accounts."""

    def __init__(self, client: redis.Redis, ring: KeyRing, clock: Callable[[], float]) -> None:
        self._redis = client
        self._ring = ring
        self._kept = Kept(client, ring)
        self._belongings = storage.Belongings(client)
        self._clock = clock

    def get(self, name: str, viewer: str, fetch: Callable[[], Any], pause: Callable[[], float]) -> Snapshot:
        """The newest answer to ``name`` for this viewer. ``pause``: seconds until the next one, asked after ``fetch``.

        Raises what ``fetch`` raises when there is nothing that this viewer may see instead.
        """
        if not self._was_answered(viewer, name):
            return self._ask(name, viewer, fetch, pause, None)
        known = self._load(name)
        if known and self._clock() < known.next_at:
            return known
        lease = _key(name) + ":lease"
        with storage.named_failures():
            mine = self._redis.set(lease, b"asks", nx=True, ex=LEASE_SECONDS)
        if not mine and known:
            return known
        try:
            # Somebody may have been faster, between our look and our lease.
            known = self._load(name)
            if known and self._clock() < known.next_at:
                return known
            return self._ask(name, viewer, fetch, pause, known)
        finally:
            if mine:
                with storage.named_failures():
                    self._redis.delete(lease)

    def _ask(
        self, name: str, viewer: str, fetch: Callable[[], Any], pause: Callable[[], float], known: Snapshot | None
    ) -> Snapshot:
        try:
            body = fetch()
        except UpstreamError as error:
            if known is None:
                raise
            wait = max(pause(), getattr(error, "retry_after", 0))
            daily = getattr(error, "daily", False)
            return self._save(
                name, viewer, replace(known, next_at=self._clock() + wait, failed=error.code, daily=daily)
            )
        except ZoomRefused as error:
            self._kept.drop(viewer, PROOF, keys.digest(name))
            if known and isinstance(error, NotFound):
                self._drop(name)
            raise
        self._kept.save(viewer, PROOF, self._clock(), PROOF_SECONDS, keys.digest(name))
        return self._save(name, viewer, Snapshot(_raw(body), self._clock(), self._clock() + pause()))

    def _was_answered(self, viewer: str, name: str) -> bool:
        at = self._kept.load(viewer, PROOF, keys.digest(name))
        return isinstance(at, float) and self._clock() - at < PROOF_SECONDS

    def _load(self, name: str) -> Snapshot | None:
        key = _key(name)
        sealed = storage.read(self._redis, key)
        try:
            found = msgspec.json.decode(self._ring.open(KIND, key, sealed), type=Snapshot) if sealed else None
        except (CannotOpen, msgspec.MsgspecError):
            log.warning("snapshot does not open")
            return None
        return found if found and self._clock() - found.at < KEEP_SECONDS else None

    def _save(self, name: str, viewer: str, snapshot: Snapshot) -> Snapshot:
        """Keep it for everybody who may have it, until the viewer whose token fetched it disconnects."""
        key = _key(name)
        with storage.named_failures():
            sealed = self._ring.seal(KIND, key, msgspec.json.encode(snapshot))
            self._redis.set(key, sealed, ex=KEEP_SECONDS)
        if self._belongings.lend(viewer, key) is storage.Put.NOT_CONNECTED:
            self._drop(name)
        return snapshot

    def _drop(self, name: str) -> None:
        with storage.named_failures():
            self._redis.delete(_key(name))


def _raw(body: Any) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(body))


def _key(name: str) -> str:
    return keys.tagged(keys.digest(name), KIND)
