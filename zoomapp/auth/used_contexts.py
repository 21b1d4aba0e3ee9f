"""Used app contexts: each context opens one session, and a repeat by the same session is recognized."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import redis

from zoomapp.store import key_names
from zoomapp.store.encrypted_records import USED_CONTEXT
from zoomapp.store.redis_client import store_errors

#: Some browsers send a context twice, for a preloaded page, within this time.
REPEAT_SECONDS = 60


class UsedContexts:
    """When and by which session each context was used. ``context`` is the context's bytes as Zoom encrypted them."""

    def __init__(self, client: redis.Redis, clock: Callable[[], float]) -> None:
        self._redis = client
        self._clock = clock

    def claim(self, context: bytes, session_id: str, seconds: int) -> bool:
        """Whether this is the first use within ``seconds``. Of many callers one gets True. Raises StoreUnavailable."""
        with store_errors():
            return bool(self._redis.set(_key(context), self._use(session_id), nx=True, ex=max(1, seconds)))

    def move(self, context: bytes, session_id: str) -> None:
        """The context opened this new session: only it may repeat the context. Raises StoreUnavailable."""
        with store_errors():
            self._redis.set(_key(context), self._use(session_id), xx=True, keepttl=True)

    def is_repeat(self, context: bytes, session_id: str) -> bool:
        """Whether this session used the context within REPEAT_SECONDS. Raises StoreUnavailable."""
        with store_errors():
            use = cast("bytes | None", self._redis.get(_key(context)))
        used_at, _, session = (use or b"").decode("ascii", "replace").partition(" ")
        recent = used_at.isdecimal() and 0 <= self._milliseconds() - int(used_at) <= REPEAT_SECONDS * 1000
        return recent and session == key_names.digest(session_id)

    def _use(self, session_id: str) -> str:
        return f"{self._milliseconds()} {key_names.digest(session_id)}"

    def _milliseconds(self) -> int:
        return int(self._clock() * 1000)


def _key(context: bytes) -> str:
    return f"{key_names.PREFIX}{USED_CONTEXT.name}:{key_names.digest(context)}"
