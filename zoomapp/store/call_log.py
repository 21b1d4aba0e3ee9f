"""The call log: the last hundred Zoom calls of each session, for developers.

A request only adds its calls to a queue in memory; a thread writes the queue to Redis, a few sessions at a time. So no
request waits for Redis because of the log, and a process that dies loses at most a second of it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, cast

import redis

from zoomapp.errors import StoreUnavailable
from zoomapp.store import key_names, redis_client, user_keys
from zoomapp.store.encrypted_records import CALLS
from zoomapp.store.encryption import EncryptedRecords, KeyRing

log = logging.getLogger(__name__)

MAX_CALLS = 100
WRITE_SECONDS = 1.0
#: Sessions per batch, and the pause between batches: encryption delays this process' requests, writes delay Redis.
BATCH_SIZE, PAUSE_SECONDS = 16, 0.005
#: While Redis is unavailable the oldest calls are dropped.
MAX_PENDING = 5000


class CallLog:
    """The call logs of all sessions. Calls that cannot be written are dropped."""

    def __init__(self, client: redis.Redis, ring: KeyRing, clock: Callable[[], float] = time.time) -> None:
        self._redis = client
        self._clock = clock
        self._encrypted = EncryptedRecords(ring)
        self._user_keys = user_keys.UserKeys(client)
        self._pending: deque[tuple[str, str, list[dict[str, Any]]]] = deque(maxlen=MAX_PENDING)
        self._write_lock = threading.Lock()
        self._timer_lock = threading.Lock()
        self._timer: threading.Timer | None = None

    def add(self, user_id: str, session_id: str, calls: list[dict[str, Any]]) -> None:
        """Queue the calls of one request, oldest first. Each gets the time at which the request ended."""
        at = int(self._clock())
        self._pending.append((user_id, session_id, [{**call, "at": at} for call in calls]))
        with self._timer_lock:
            if self._timer is None:
                self._timer = threading.Timer(WRITE_SECONDS, self._write_on_time)
                self._timer.daemon = True
                self._timer.start()

    def stop(self) -> None:
        """Write the queue now, and cancel the timer."""
        with self._timer_lock:
            if self._timer is not None:
                self._timer.cancel()
        self.write()

    def write(self, pause_seconds: float = 0.0) -> None:
        """Write the queue to Redis."""
        with self._write_lock:
            by_session: dict[tuple[str, str], list[dict[str, Any]]] = {}
            while self._pending:
                user_id, session_id, calls = self._pending.popleft()
                by_session.setdefault((user_id, session_id), []).extend(calls)
            lists = [((user_id, _key(user_id, session)), calls) for (user_id, session), calls in by_session.items()]
            try:
                for start in range(0, len(lists), BATCH_SIZE):
                    self._push(lists[start : start + BATCH_SIZE])
                    time.sleep(pause_seconds)
            except StoreUnavailable as error:  # the other batches would only wait and fail, too
                log.debug("call log not written", extra={"detail": error.detail})

    def _push(self, lists: list[tuple[tuple[str, str], list[dict[str, Any]]]]) -> None:
        encrypted = {
            (user_id, key): [self._encrypted.encode(CALLS, key, call) for call in calls[-MAX_CALLS:]]
            for (user_id, key), calls in lists
        }
        # For a user who disconnected meanwhile this stores nothing.
        self._user_keys.push(encrypted, CALLS.seconds, MAX_CALLS)

    def read(self, user_id: str, session_id: str) -> list[dict[str, Any]]:
        """The calls of this session, newest first."""
        self.write()
        key = _key(user_id, session_id)
        try:
            with redis_client.store_errors():
                entries = cast("list[bytes]", self._redis.lrange(key, 0, MAX_CALLS - 1))
        except StoreUnavailable as error:
            log.warning("call log not readable", extra={"detail": error.detail})
            return []
        calls = [self._encrypted.decode(CALLS, key, entry, dict[str, Any]) for entry in entries]
        return [call for call in calls if call is not None]

    def _write_on_time(self) -> None:
        # First: calls that are added from now on start another timer.
        with self._timer_lock:
            self._timer = None
        self.write(PAUSE_SECONDS)


def _key(user_id: str, session_id: str) -> str:
    return CALLS.key_of(user_id, key_names.digest(session_id))
