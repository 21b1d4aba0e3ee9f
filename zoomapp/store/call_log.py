"""The last hundred calls of each session, for developers.

A request only puts its calls aside; a thread writes what lies there, a few sessions at a time. So the log costs no
request a trip to Redis, and what is lost with a process is at most a second of it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from functools import lru_cache
from typing import Any, cast

import msgspec
import redis

from zoomapp.errors import StoreUnavailable
from zoomapp.store import key_names, redis_client, user_keys
from zoomapp.store.encryption import CannotDecrypt, KeyRing

log = logging.getLogger(__name__)

KIND = "calls"
MOST = 100
KEEP_SECONDS = 86400
WRITE_SECONDS = 1.0
#: So many sessions at once, and then a pause: sealing holds up this process' requests, and writing those of Redis.
AT_ONCE, PAUSE_SECONDS = 16, 0.005
#: While Redis is away the log forgets, instead of growing.
MAX_PENDING = 5000


class CallLog:
    """An aid: what cannot be written is not missed."""

    def __init__(self, client: redis.Redis, ring: KeyRing) -> None:
        self._redis = client
        self._ring = ring
        self._belongings = user_keys.UserKeys(client)
        self._pending: deque[tuple[str, str, list[dict[str, Any]]]] = deque(maxlen=MAX_PENDING)
        self._writing = threading.Lock()
        self._timing = threading.Lock()
        self._timer: threading.Timer | None = None

    def add(self, user_id: str, session_id: str, calls: list[dict[str, Any]]) -> None:
        """Put the calls of one request aside, oldest first."""
        self._pending.append((user_id, _key(user_id, session_id), calls))
        with self._timing:
            if self._timer is None:
                self._timer = threading.Timer(WRITE_SECONDS, self._on_time)
                self._timer.daemon = True
                self._timer.start()

    def stop(self) -> None:
        """Write what lies aside; nothing is written later on its own."""
        with self._timing:
            if self._timer is not None:
                self._timer.cancel()
        self.write()

    def write(self, pause_seconds: float = 0.0) -> None:
        """Write all that lies aside."""
        with self._writing:
            by_key: dict[tuple[str, str], list[dict[str, Any]]] = {}
            while self._pending:
                user_id, key, calls = self._pending.popleft()
                by_key.setdefault((user_id, key), []).extend(calls)
            lists = list(by_key.items())
            try:
                for start in range(0, len(lists), AT_ONCE):
                    self._push(lists[start : start + AT_ONCE])
                    time.sleep(pause_seconds)
            except StoreUnavailable as error:  # nor would it take the others: nobody waits for each of them in turn
                log.debug("call log not written", extra={"detail": error.detail})

    def _push(self, lists: list[tuple[tuple[str, str], list[dict[str, Any]]]]) -> None:
        sealed = {
            (user_id, key): [self._ring.encrypt(KIND, key, msgspec.json.encode(each)) for each in calls[-MOST:]]
            for (user_id, key), calls in lists
        }
        # Whoever disconnected since then has nothing kept any more, and that stays so.
        self._belongings.push(sealed, KEEP_SECONDS, MOST)

    def read(self, user_id: str, session_id: str) -> list[dict[str, Any]]:
        """The calls of this session, newest first."""
        self.write()
        key = _key(user_id, session_id)
        try:
            with redis_client.store_errors():
                entries = cast("list[bytes]", self._redis.lrange(key, 0, MOST - 1))
            return [msgspec.json.decode(self._ring.decrypt(KIND, key, each)) for each in entries]
        except (StoreUnavailable, CannotDecrypt, msgspec.DecodeError) as error:
            log.warning("call log not readable", extra={"detail": str(error)})
            return []

    def _on_time(self) -> None:
        # First this: what is put aside from now on begins a timer of its own.
        with self._timing:
            self._timer = None
        self.write(PAUSE_SECONDS)


@lru_cache(maxsize=512)
def _key(user_id: str, session_id: str) -> str:
    return key_names.of_user(user_id, KIND, key_names.digest(session_id))
