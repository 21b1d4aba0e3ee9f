"""A Redis connection pool with less bookkeeping, and a function that sends a command without redis-py's client.

It replaces ``get_connection`` and ``release`` of redis-py's pool, which take a lock, count connections for metrics and
poll the socket before each command, and ``execute_command`` for reads of several keys. Time limits, the silence breaker
and the retry are those of ``store/redis_client.py``. Private names used here: ``_checkpid``, ``_available_connections``
and ``_in_use_connections`` of redis-py's pool.
"""

from __future__ import annotations

import time
from typing import Any

import redis
from redis.connection import Connection
from redis.sentinel import SentinelConnectionPool

from zoomapp.store.redis_client import RedisPool
from zoomapp.store.redis_connect import Pools

#: A connection whose reply was read less than this ago is not polled. If it was closed since, the command fails.
FRESH_SECONDS = 1.0


class FastRedisPool(RedisPool):
    """A RedisPool that keeps its own list of free connections.

    ``connection.emptied_at``: when ``ask`` read the only reply that the connection had; 0 after any other use.
    """

    def ask(self, *command: str) -> Any:
        """The server's reply to a command."""
        connection: Any = self.get_connection()
        try:
            reply = connection.retry.call_with_retry(
                lambda: connection.send_command(*command) or connection.read_response(),
                lambda error: connection.disconnect(),
            )
            connection.emptied_at = time.monotonic()
            return reply
        finally:
            self.release(connection)

    def take(self) -> Connection:
        self._checkpid()
        connection: Any
        try:
            connection = self._available_connections.pop()
        except IndexError:
            connection = self.make_connection()
            connection.emptied_at = 0.0
        self._in_use_connections.add(connection)
        emptied_at, connection.emptied_at = connection.emptied_at, 0.0
        try:
            connection.connect()
            if time.monotonic() - emptied_at > FRESH_SECONDS and not _is_clean(connection):
                connection.disconnect()
                connection.connect()
        except BaseException:
            self.give_back(connection)
            raise
        return connection  # type: ignore[no-any-return]

    def give_back(self, connection: Any) -> None:
        self._checkpid()
        self._in_use_connections.discard(connection)
        if connection.pid != self.pid:  # it belongs to the process that this one was forked from
            return
        if connection.should_reconnect() or not self.owns_connection(connection):
            connection.disconnect()
        self._available_connections.append(connection)


class FastSentinelPool(SentinelConnectionPool, FastRedisPool):
    """A FastRedisPool for the server that the Sentinels call the master."""


FAST_POOLS = Pools(FastRedisPool, FastSentinelPool)


def _is_clean(connection: Connection) -> bool:
    """Whether the connection is open and has no unread data."""
    try:
        return not connection.can_read()
    except (redis.ConnectionError, redis.TimeoutError, OSError):
        return False
