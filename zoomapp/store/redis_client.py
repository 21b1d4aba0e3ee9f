"""Redis connections with short time limits, and reads that raise StoreUnavailable when Redis cannot serve."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

import redis
from redis.backoff import NoBackoff
from redis.connection import Connection, ConnectionInterface
from redis.exceptions import RedisClusterException
from redis.retry import Retry
from redis.sentinel import SentinelConnectionPool

from zoomapp.errors import StoreUnavailable
from zoomapp.store import key_names

T = TypeVar("T")

#: The longest wait for a free connection, and the longest wait for a reply. A request fails within 3 s without Redis.
TIMEOUT_SECONDS = 1.0
#: A command that failed sooner than this is tried once more: its connection may just have been closed.
IMMEDIATE_FAILURE_SECONDS = 0.2
PAUSE_SECONDS = 0.05
#: Per process, so that two processes fit into a plan of 20. A command holds a connection; a call to Zoom does not.
CONNECTIONS = 8


class SilenceBreaker:
    """Refuses callers for a second after the server did not answer, so that only one caller waits for a silent server.

    One caller a second is let through, to see whether the server is back.
    """

    def __init__(self) -> None:
        self._silent_until = 0.0
        self._next_try_at = 0.0

    def check(self) -> None:
        """Raises redis.TimeoutError while the server counts as silent."""
        now = time.monotonic()
        if now < self._silent_until:
            if now < self._next_try_at:
                raise redis.TimeoutError("silent a moment ago")
            self._next_try_at = now + TIMEOUT_SECONDS

    def record_failure(self, since: float) -> None:
        """Record a failure that began at ``since``. An immediate failure is no silence: the next one is as fast."""
        now = time.monotonic()
        if now - since > IMMEDIATE_FAILURE_SECONDS:
            self._silent_until, self._next_try_at = now + TIMEOUT_SECONDS, now

    def record_success(self) -> None:
        self._silent_until = 0.0


class RedisPool(redis.ConnectionPool):
    """redis-py's pool with at most CONNECTIONS connections to one server, and a SilenceBreaker."""

    def __init__(self, **options: Any) -> None:
        self._free = threading.BoundedSemaphore(CONNECTIONS)
        self._taken_at: dict[ConnectionInterface, float] = {}
        self._breaker = SilenceBreaker()
        super().__init__(**{**options, "max_connections": CONNECTIONS})

    def get_connection(self, command_name: str | None = None, *names: Any, **options: Any) -> Connection:
        # Callers that wait for a free connection must learn of a silence, too: so we wait here and check afterwards.
        if not self._free.acquire(timeout=TIMEOUT_SECONDS):
            raise redis.TimeoutError("no connection has become free")
        started_at = time.monotonic()
        try:
            self._breaker.check()
            connection = self.take()
        except BaseException:
            self._free.release()
            self._breaker.record_failure(since=started_at)
            raise
        self._taken_at[connection] = time.monotonic()
        return connection

    def release(self, connection: ConnectionInterface) -> None:
        taken_at = self._taken_at.pop(connection, None)
        if taken_at is None:  # no caller has it; redis-py's ``get_connection`` failed
            super().release(cast(Connection, connection))
            return
        connected = connection.is_connected
        self.give_back(connection)
        if connected:
            self._breaker.record_success()
        else:
            self._breaker.record_failure(since=taken_at)
        self._free.release()

    def take(self) -> Connection:
        """An open connection without unread data. Raises redis.RedisError."""
        connection: Connection = super().get_connection()
        return connection

    def give_back(self, connection: Any) -> None:
        """Make a connection available to others."""
        super().release(connection)


class SentinelPool(SentinelConnectionPool, RedisPool):
    """A RedisPool for the server that the Sentinels call the master."""


class RetryOnce(Retry):
    """One more try after an immediate failure; none after a failure for which the caller had to wait."""

    def __init__(self) -> None:
        super().__init__(NoBackoff(), 0)

    def call_with_retry(
        self,
        do: Callable[[], T],
        fail: Callable[..., Any],
        is_retryable: Callable[[Exception], bool] | None = None,
        with_failure_count: bool = False,
    ) -> T:
        started_at = time.monotonic()
        try:
            return do()
        except (redis.ConnectionError, redis.TimeoutError, TimeoutError) as error:
            if is_retryable and not is_retryable(error):
                raise
            fail(*(error, 1) if with_failure_count else (error,))
            if time.monotonic() - started_at > IMMEDIATE_FAILURE_SECONDS:
                raise
        time.sleep(PAUSE_SECONDS)
        return super().call_with_retry(do, fail, is_retryable, with_failure_count)


@contextmanager
def store_errors() -> Iterator[None]:
    """A ``with`` block whose Redis errors (gone, silent, full, read-only) become StoreUnavailable."""
    try:
        yield
    except (redis.RedisError, RedisClusterException) as error:
        raise StoreUnavailable(f"{type(error).__name__}: {error}") from error


def load(client: redis.Redis, key: str) -> bytes | None:
    """The value of ``key``. Raises StoreUnavailable."""
    with store_errors():
        return cast("bytes | None", client.get(key))


#: Keys per round trip of a scan.
PAGE = 500


def scan_keys(client: redis.Redis, kind: str) -> list[str]:
    """All users' keys of one kind (``session:*`` for kinds with names). Slow, but it does not block Redis."""
    with store_errors():
        # A scan may return a key twice.
        return sorted({key.decode() for key in client.scan_iter(f"{key_names.PREFIX}{{*}}:{kind}", count=PAGE)})


def load_many(client: redis.Redis, names: list[str]) -> Iterator[tuple[str, bytes]]:
    """Key and value of the keys that still exist, PAGE keys per round trip."""
    for start in range(0, len(names), PAGE):
        page = names[start : start + PAGE]
        with store_errors(), client.pipeline(transaction=False) as pipe:
            for name in page:
                pipe.get(name)
            found = pipe.execute()
        yield from ((name, content) for name, content in zip(page, found, strict=True) if content is not None)


def load_together(client: redis.Redis, *names: str) -> list[bytes | None]:
    """The values of several keys of one user, in one round trip. Raises StoreUnavailable."""
    with store_errors():
        # Only the pool of fastpath/ has ``ask``, and a cluster's client must choose the node itself.
        pool = getattr(client, "connection_pool", None)
        ask = getattr(pool, "ask", client.execute_command)
        return cast("list[bytes | None]", ask("MGET", *names))
