"""Sign-ins in Zoom's client that a page posts twice: a repeat waits for the first post and changes nothing.

React's strict mode, or an event that arrives twice, sends the same code and state twice at once. A code works once, so
the second post would be refused, and the page would show a failed sign-in although the first one succeeded.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import cast

import redis

from zoomapp import deadline
from zoomapp.errors import Busy, StoreUnavailable
from zoomapp.store import key_names
from zoomapp.store.encrypted_records import REPEATED_SIGN_IN
from zoomapp.store.redis_client import store_errors

log = logging.getLogger(__name__)

#: A post is a repeat only this long after the first one.
REPEAT_SECONDS = 60
#: How long a repeat waits for the first post, and how often it looks.
WAIT_SECONDS, POLL_SECONDS = 20.0, 0.05
#: Repeats that wait at the same time in this process.
MAX_WAITING = 16

RUNNING, DONE, FAILED = "running", "done", "failed"


class RepeatedSignIns:
    """The first post of each code in the last minute. Only digests are stored.

    ``owner``: a browser's name, or the id of the session that it had before the sign-in.
    """

    def __init__(self, client: redis.Redis, clock: Callable[[], float]) -> None:
        self._redis = client
        self._clock = clock
        self._places = threading.BoundedSemaphore(MAX_WAITING)

    def claim(self, owner: str, code: str, state: str) -> bool:
        """Whether this is the first post. Of many at once one gets True. Raises StoreUnavailable."""
        with store_errors():
            return bool(self._redis.set(_key(owner, code), self._record(RUNNING, state), nx=True, ex=REPEAT_SECONDS))

    def finish(self, owners: tuple[str, ...], code: str, state: str, result: str) -> None:
        """Let repeats of these owners have the result: DONE or FAILED. Without Redis they wait and are refused."""
        try:
            with store_errors():
                for owner in owners:
                    self._redis.set(_key(owner, code), self._record(result, state), ex=REPEAT_SECONDS)
        except StoreUnavailable as error:
            log.warning("sign-in result not stored", extra={"detail": error.detail})

    def result(self, owners: tuple[str, ...], code: str, states: tuple[str, ...]) -> str:
        """DONE if the first post signed in; FAILED if not, or if it had another state; "" if there was no first post.

        Waits while the first post is under way. ``states``: the forms in which a page may send the state; none if it
        sent none. Raises Busy, StoreUnavailable.
        """
        result = self._load(owners, code, states)
        if result != RUNNING:
            return result
        if not self._places.acquire(blocking=False):
            raise Busy("repeated sign-ins")
        try:
            ends_at = time.monotonic() + deadline.remaining(WAIT_SECONDS)
            while result == RUNNING and time.monotonic() < ends_at:
                time.sleep(POLL_SECONDS)
                result = self._load(owners, code, states)
        finally:
            self._places.release()
        return FAILED if result == RUNNING else result

    def _load(self, owners: tuple[str, ...], code: str, states: tuple[str, ...]) -> str:
        with store_errors():
            records = [cast("bytes | None", self._redis.get(_key(owner, code))) for owner in owners]
        for record in records:
            began_at, _, rest = (record or b"").decode("ascii", "replace").partition(" ")
            result, _, state = rest.partition(" ")
            if not began_at.isdecimal() or not 0 <= self._milliseconds() - int(began_at) <= REPEAT_SECONDS * 1000:
                continue
            return result if not states or state in map(key_names.digest, states) else FAILED
        return ""

    def _record(self, result: str, state: str) -> str:
        return f"{self._milliseconds()} {result} {key_names.digest(state)}"

    def _milliseconds(self) -> int:
        return int(self._clock() * 1000)


def _key(owner: str, code: str) -> str:
    return f"{key_names.PREFIX}{REPEATED_SIGN_IN.name}:{key_names.digest(f'{owner} {code}')}"
