"""One poll of Zoom for all viewers of a meeting: one call per pause, over all workers.

The viewer who finds the snapshot too old and gets the lease asks Zoom; the others get the old snapshot at once. Without
viewers Zoom is not asked. Only viewers whom Zoom itself answered a short while ago see the snapshot; the others ask
Zoom for themselves. While Zoom fails, one viewer tries again after each pause for all of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import msgspec
import redis

from zoomapp import deadline
from zoomapp.errors import NotFound, RateLimited, UpstreamError, ZoomRefused
from zoomapp.store import key_names, redis_client, user_keys
from zoomapp.store.encrypted_records import SNAPSHOT, SNAPSHOT_ACCESS
from zoomapp.store.encryption import EncryptedRecords, KeyRing
from zoomapp.store.leases import Leases
from zoomapp.store.user_records import UserRecords
from zoomapp.user_api.answer_store import WAIT_SECONDS

#: How long Zoom's answer to a viewer allows that viewer to see snapshots.
#: After ``RENEW_SECONDS`` one of the viewer's windows asks Zoom again; the others get the snapshot meanwhile.
PROOF_SECONDS, RENEW_SECONDS = SNAPSHOT_ACCESS.seconds, 540
#: How long a snapshot is shown while there is no newer one.
KEEP_SECONDS = SNAPSHOT.seconds
#: How old a snapshot may be that is served while a newer one is fetched.
OLD_SECONDS = 150.0
#: An answer that has been the same for this long is asked for less often.
QUIET_SECONDS = 30.0
#: Longer than all pages of an answer take. A worker that dies while it asks blocks the others for this long.
LEASE_SECONDS = 60
#: A failure is remembered for this long after its pause, so that one viewer tries again for all of them.
FAILED_SECONDS = 600


@dataclass(frozen=True)
class FailurePause:
    """A pause after a failure: Zoom is not asked before ``until`` (epoch seconds). ``failed``: the failure's code."""

    until: float
    failed: str
    daily: bool = False

    def failure(self, now: float) -> UpstreamError:
        """The last failure as an exception, with the rest of the wait."""
        if self.failed == RateLimited.code:
            return RateLimited(max(1, math.ceil(self.until - now)), daily=self.daily)
        return UpstreamError("Zoom did not answer a moment ago")


@dataclass(frozen=True)
class Snapshot:
    """Zoom's answer of the moment ``at``. The next poll is due at ``next_at``. ``pause``: if the last try failed.

    ``changed_at``: since when the answer has been the same; 0 in a snapshot of the previous release.
    """

    raw: msgspec.Raw
    at: float
    next_at: float
    pause: FailurePause | None = None
    changed_at: float = 0.0

    @cached_property
    def body(self) -> Any:
        """The decoded answer. To see whether it has changed, compare ``raw``."""
        return msgspec.json.decode(self.raw)

    def failure(self, now: float) -> UpstreamError | None:
        """The last failure as an exception, or None."""
        return self.pause.failure(now) if self.pause else None


@dataclass(frozen=True)
class _Stored:
    """What Redis holds for one viewer: the snapshot, if the viewer may see it, the pause, and the proof's age."""

    snapshot: Snapshot | None
    pause: FailurePause | None
    proof_age: float


class SharedPolls:
    """The shared snapshots of all accounts."""

    def __init__(
        self,
        client: redis.Redis,
        ring: KeyRing,
        clock: Callable[[], float],
        start_in_background: Callable[[Callable[[], object]], bool] | None = None,
    ) -> None:
        """``start_in_background``: runs a poll while its viewer gets the old snapshot; without it the viewer waits."""
        self._start_in_background = start_in_background
        self._redis = client
        self._encrypted = EncryptedRecords(ring)
        self._proofs = UserRecords(client, ring)
        self._user_keys = user_keys.UserKeys(client)
        self._leases = Leases(client)
        self._clock = clock

    def get(
        self, name: str, viewer: str, fetch: Callable[[], Any], pause: Callable[[], float], quiet_factor: float = 1.0
    ) -> Snapshot:
        """The newest snapshot of ``name`` for this viewer.

        ``pause`` returns the seconds until the next poll, and is called after ``fetch``. ``quiet_factor``: by which the
        pause is longer while the answer stays the same. Raises what ``fetch`` raises when there is nothing else that
        this viewer may see.
        """
        stored = self._load_for(name, viewer)
        if snapshot := self._visible(stored):
            return snapshot

        def poll() -> Snapshot:
            return self._poll_once(name, viewer, fetch, pause, quiet_factor, stored)

        old = self._visible(stored, others_poll=True) if stored.snapshot else None
        may_be_old = old and self._clock() - old.at < OLD_SECONDS
        if old and may_be_old and self._start_in_background and self._start_in_background(poll):
            return old
        return poll()

    def forget(self, name: str, seconds: float) -> None:
        """Delete the snapshot if it is older than this, so that the next viewer gets Zoom's answer of now.

        After a failure the pause is kept, and with it the snapshot.
        """
        snapshot, pause = self._load(name)
        if snapshot and not pause and self._clock() - snapshot.at > seconds:
            self._delete(name, with_snapshot=True)

    def _poll_once(
        self,
        name: str,
        viewer: str,
        fetch: Callable[[], Any],
        pause: Callable[[], float],
        quiet_factor: float,
        stored: _Stored,
    ) -> Snapshot:
        """Zoom's answer, or the old snapshot if another viewer polls. Raises what ``get`` raises."""
        # One viewer polls for all of them. To prove their own access, each viewer polls with one of their windows.
        for_all = stored.pause or stored.proof_age < RENEW_SECONDS
        # With nothing to show, this window waits for the one that polls.
        wait_seconds = 0.0 if stored.snapshot or stored.pause else deadline.remaining(WAIT_SECONDS)
        with self._lease(name, "" if for_all else viewer, wait_seconds) as taken:
            # Reload: another viewer may have polled just before this one got the lease.
            stored = self._load_for(name, viewer)
            return self._visible(stored, others_poll=not taken) or self._poll(
                name, viewer, fetch, pause, quiet_factor, stored.snapshot
            )

    def _load_for(self, name: str, viewer: str) -> _Stored:
        proved_at = self._proofs.load(viewer, SNAPSHOT_ACCESS, key_names.digest(name))
        proof_age = self._clock() - proved_at if isinstance(proved_at, float) else math.inf
        snapshot, pause = self._load(name)
        return _Stored(snapshot if proof_age < PROOF_SECONDS else None, pause, proof_age)

    def _visible(self, stored: _Stored, *, others_poll: bool = False) -> Snapshot | None:
        """The snapshot for this viewer, or None if the viewer has to poll. Raises the last failure.

        ``others_poll``: another viewer polls at this moment, so an old snapshot will do.
        """
        now, snapshot, pause = self._clock(), stored.snapshot, stored.pause
        if pause and (others_poll or now < pause.until):
            if snapshot is None:
                raise pause.failure(now)
            return replace(snapshot, next_at=pause.until, pause=pause)
        fresh = snapshot and not pause and now < snapshot.next_at and stored.proof_age < RENEW_SECONDS
        return snapshot if fresh or others_poll else None

    @contextmanager
    def _lease(self, name: str, viewer: str, wait_seconds: float) -> Iterator[bool]:
        """Whether this worker polls, for all viewers or for one."""
        key = f"{_key(name)}:lease" + (f":{key_names.tag(viewer)}" if viewer else "")
        with self._leases.lease(key, LEASE_SECONDS).hold(wait_seconds=wait_seconds) as taken:
            yield taken

    def _poll(
        self,
        name: str,
        viewer: str,
        fetch: Callable[[], Any],
        pause: Callable[[], float],
        quiet_factor: float,
        old: Snapshot | None,
    ) -> Snapshot:
        """Zoom's answer, saved for everybody; the old snapshot if Zoom fails. Raises what ``fetch`` raises."""
        try:
            body = fetch()
        except UpstreamError as error:
            until = self._clock() + max(pause(), getattr(error, "retry_after", 0))
            failed = self._save_pause(name, FailurePause(until, error.code, getattr(error, "daily", False)))
            if old is None:
                raise
            return replace(old, next_at=until, pause=failed)
        except ZoomRefused as error:
            self._proofs.delete(viewer, SNAPSHOT_ACCESS, key_names.digest(name))
            self._delete(name, with_snapshot=isinstance(error, NotFound))
            raise
        self._proofs.save(viewer, SNAPSHOT_ACCESS, self._clock(), PROOF_SECONDS, key_names.digest(name))
        raw, now = msgspec.Raw(msgspec.json.encode(body)), self._clock()
        changed_at = old.changed_at if old and bytes(old.raw) == bytes(raw) else now
        factor = quiet_factor if now - changed_at >= QUIET_SECONDS else 1.0
        return self._save(name, viewer, Snapshot(raw, now, now + factor * pause(), changed_at=changed_at))

    def _load(self, name: str) -> tuple[Snapshot | None, FailurePause | None]:
        record, pause = redis_client.load_together(self._redis, _key(name), _pause_key(name))
        snapshot = self._encrypted.decode(SNAPSHOT, _key(name), record, Snapshot)
        if snapshot and self._clock() - snapshot.at >= KEEP_SECONDS:
            snapshot = None
        return snapshot, msgspec.json.decode(pause, type=FailurePause) if pause else None

    def _save(self, name: str, viewer: str, snapshot: Snapshot) -> Snapshot:
        """Save it for everybody who may see it, until the viewer whose token fetched it disconnects."""
        record = self._encrypted.encode(SNAPSHOT, _key(name), snapshot)
        with redis_client.store_errors(), self._redis.pipeline(transaction=False) as pipe:
            pipe.set(_key(name), record, ex=KEEP_SECONDS)
            pipe.delete(_pause_key(name))
            pipe.execute()
        if self._user_keys.lend(viewer, _key(name)) is user_keys.WriteResult.NOT_CONNECTED:
            self._delete(name, with_snapshot=True)
        return snapshot

    def _save_pause(self, name: str, pause: FailurePause) -> FailurePause:
        seconds = math.ceil(pause.until - self._clock()) + FAILED_SECONDS
        with redis_client.store_errors():
            self._redis.set(_pause_key(name), msgspec.json.encode(pause), ex=seconds)
        return pause

    def _delete(self, name: str, *, with_snapshot: bool) -> None:
        """Delete the pause, as Zoom answers again, and perhaps the snapshot."""
        with redis_client.store_errors():
            self._redis.delete(_pause_key(name), *([_key(name)] if with_snapshot else []))


def _key(name: str) -> str:
    return key_names.tagged(key_names.digest(name), SNAPSHOT.name)


def _pause_key(name: str) -> str:
    return _key(name) + ":pause"
