"""All the grants that are kept, and how those that nobody uses stay alive."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import msgspec
import redis

from zoomapp.errors import NotAuthorized, RateLimited, RefreshRefused, SessionExpired, UpstreamError
from zoomapp.store import key_names, redis_client
from zoomapp.store.encryption import CannotDecrypt, KeyRing
from zoomapp.tokens.service import TokenService
from zoomapp.tokens.store import KIND
from zoomapp.zoom.oauth import TokenSet

#: So many failures one after the other mean that Zoom is away, not that something is wrong with a grant.
FAILURES_IN_A_ROW = 5


@dataclass(frozen=True)
class Grant:
    """A kept record. ``tokens`` is None when it does not open; ``key_id`` names the key it was sealed under."""

    tag: str
    key_id: str
    tokens: TokenSet | None

    @property
    def state(self) -> str:
        if self.tokens is None:
            return "unreadable"
        return "ended" if self.tokens.ended else "alive"


def all_grants(client: redis.Redis, ring: KeyRing) -> Iterator[Grant]:
    """Every grant that is kept. Raises StoreUnavailable."""
    for name, sealed in redis_client.load_many(client, redis_client.scan_keys(client, KIND)):
        tag = key_names.tag_of(name)
        try:
            tokens = msgspec.json.decode(ring.decrypt(KIND, tag, sealed), type=TokenSet)
        except (CannotDecrypt, msgspec.MsgspecError):
            tokens = None
        yield Grant(tag, ring.key_id(sealed), tokens)


def idle(grants: Iterable[Grant], before: float) -> list[tuple[str, str]]:
    """User id and access token of the living grants that were last renewed before that moment."""
    living = (each.tokens for each in grants if each.tokens and not each.tokens.ended)
    return [(tokens.user_id, tokens.access_token) for tokens in living if tokens.issued_at < before]


@dataclass
class KeptAlive:
    """How many grants were renewed, had ended, failed. ``stopped`` says why the rest was not tried."""

    renewed: int = 0
    ended: int = 0
    failed: int = 0
    stopped: str = ""


class KeepAlive:
    """Renews grants one after the other, at most ``rate`` a second.

    ``pause`` waits for so many seconds and says whether to stop. A renewal goes the way every other goes, lease
    included: whoever comes second, on another machine or in the app, finds the new tokens and spends nothing.
    """

    def __init__(
        self,
        tokens: TokenService,
        rate: float,
        pause: Callable[[float], bool],
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tokens = tokens
        self._interval = 1 / rate
        self._pause = pause
        self._ticks = ticks

    def run(self, grants: Iterable[tuple[str, str]], tell: Callable[[int], object] = lambda count: None) -> KeptAlive:
        """Renew ``grants``, as ``idle`` gives them. Raises StoreUnavailable."""
        done, in_a_row = KeptAlive(), 0
        next_at = self._ticks()
        for user_id, access_token in grants:
            if self._pause(max(0.0, next_at - self._ticks())):
                done.stopped = "told to stop"
                break
            next_at = max(next_at, self._ticks()) + self._interval
            try:
                self._tokens.refresh(user_id, rejected=access_token)
                done.renewed, in_a_row = done.renewed + 1, 0
            except RefreshRefused:
                done.failed, in_a_row = done.failed + 1, in_a_row + 1
            except (NotAuthorized, SessionExpired):
                done.ended += 1
            except RateLimited as error:
                done.stopped = f"Zoom asks to wait {error.retry_after} seconds"
                break
            except UpstreamError:
                done.failed, in_a_row = done.failed + 1, in_a_row + 1
            tell(1)
            if in_a_row == FAILURES_IN_A_ROW:
                done.stopped = f"Zoom failed {in_a_row} times in a row"
                break
        return done
