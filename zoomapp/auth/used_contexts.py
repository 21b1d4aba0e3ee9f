"""App contexts that were used: each opens one session, and a repeat by that very session is recognized."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import redis

from zoomapp.store import key_names
from zoomapp.store.encrypted_records import USED_CONTEXT
from zoomapp.store.redis_client import store_errors

#: A browser that sends the same context twice, as some do for a preloaded page, does so within this time.
REPEAT_SECONDS = 60


class UsedContexts:
    """Which contexts were used, when, and by which session. ``sealed``: a context's bytes as Zoom encrypted them."""

    def __init__(self, client: redis.Redis, clock: Callable[[], float]) -> None:
        self._redis = client
        self._clock = clock

    def claim(self, sealed: bytes, session_id: str, seconds: int) -> bool:
        """Whether this is the first use within ``seconds``; of many at once, one hears yes. Raises StoreUnavailable."""
        with store_errors():
            return bool(self._redis.set(_key(sealed), self._use(session_id), nx=True, ex=max(1, seconds)))

    def move(self, sealed: bytes, session_id: str) -> None:
        """The context opened a new session: from here on repeats are those of this one. Raises StoreUnavailable."""
        with store_errors():
            self._redis.set(_key(sealed), self._use(session_id), xx=True, keepttl=True)

    def is_repeat(self, sealed: bytes, session_id: str) -> bool:
        """Whether this session used the context within REPEAT_SECONDS. Raises StoreUnavailable."""
        with store_errors():
            use = cast("bytes | None", self._redis.get(_key(sealed)))
        used_at, _, session = (use or b"").decode("ascii", "replace").partition(" ")
        recent = used_at.isdecimal() and 0 <= self._milliseconds() - int(used_at) <= REPEAT_SECONDS * 1000
        return recent and session == key_names.digest(session_id)

    def _use(self, session_id: str) -> str:
        return f"{self._milliseconds()} {key_names.digest(session_id)}"

    def _milliseconds(self) -> int:
        return int(self._clock() * 1000)


def _key(sealed: bytes) -> str:
    return f"{key_names.PREFIX}{USED_CONTEXT.name}:{key_names.digest(sealed)}"
