"""All stored grants, and ``KeepAlive``, which refreshes idle ones so that they do not expire at Zoom."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import redis

from zoomapp.errors import NotAuthorized, RateLimited, RefreshRefused, SessionExpired, UpstreamError
from zoomapp.store import redis_client
from zoomapp.store.encrypted_records import TOKENS
from zoomapp.store.encryption import EncryptedRecords, KeyRing
from zoomapp.tokens.service import TokenService
from zoomapp.zoom.oauth import TokenSet

#: After this many failures in a row Zoom is unavailable; the grants are not the cause.
MAX_FAILURES_IN_A_ROW = 5


@dataclass(frozen=True)
class Grant:
    """A stored grant. ``tokens`` is None for an unreadable record; ``key_id`` names the key that encrypted it."""

    key_id: str
    tokens: TokenSet | None

    @property
    def state(self) -> str:
        if self.tokens is None:
            return "unreadable"
        return "ended" if self.tokens.ended else "alive"


def all_grants(client: redis.Redis, ring: KeyRing) -> Iterator[Grant]:
    """Every stored grant. Raises StoreUnavailable."""
    records = EncryptedRecords(ring)
    for key, encrypted in redis_client.load_many(client, redis_client.scan_keys(client, TOKENS.name)):
        tokens = records.decode(TOKENS, TOKENS.owner_in(key), encrypted, TokenSet)
        yield Grant(ring.key_id(encrypted), tokens)


def idle(grants: Iterable[Grant], before: float) -> list[tuple[str, str]]:
    """User id and access token of the active grants that were last refreshed before that moment."""
    active = (grant.tokens for grant in grants if grant.tokens and not grant.tokens.ended)
    return [(tokens.user_id, tokens.access_token) for tokens in active if tokens.issued_at < before]


@dataclass
class KeepAliveResult:
    """How many grants were refreshed, had ended, failed. ``stopped`` says why the rest was not tried."""

    refreshed: int = 0
    ended: int = 0
    failed: int = 0
    stopped: str = ""


class KeepAlive:
    """Refreshes grants one by one, at most ``rate`` per second.

    ``pause`` waits for so many seconds and returns whether to stop. A refresh takes the same lease as in the app: on
    two machines at once each grant is refreshed once.
    """

    def __init__(
        self,
        tokens: TokenService,
        rate: float,
        pause: Callable[[float], bool],
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tokens = tokens
        self._interval_seconds = 1 / rate
        self._pause = pause
        self._ticks = ticks

    def run(
        self, grants: Iterable[tuple[str, str]], on_progress: Callable[[int], object] = lambda count: None
    ) -> KeepAliveResult:
        """Refresh ``grants``, as ``idle`` returns them. Raises StoreUnavailable."""
        result, failures_in_a_row = KeepAliveResult(), 0
        next_at = self._ticks()
        for user_id, access_token in grants:
            if self._pause(max(0.0, next_at - self._ticks())):
                result.stopped = "the process is stopping"
                break
            next_at = max(next_at, self._ticks()) + self._interval_seconds
            try:
                self._tokens.refresh(user_id, rejected=access_token)
                result.refreshed, failures_in_a_row = result.refreshed + 1, 0
            except RefreshRefused:
                result.failed, failures_in_a_row = result.failed + 1, failures_in_a_row + 1
            except (NotAuthorized, SessionExpired):
                result.ended += 1
            except RateLimited as error:
                result.stopped = f"Zoom asks to wait {error.retry_after} seconds"
                break
            except UpstreamError:
                result.failed, failures_in_a_row = result.failed + 1, failures_in_a_row + 1
            on_progress(1)
            if failures_in_a_row == MAX_FAILURES_IN_A_ROW:
                result.stopped = f"Zoom failed {failures_in_a_row} times in a row"
                break
        return result
