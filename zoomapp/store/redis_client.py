"""The Redis client: connections with short time limits, and StoreUnavailable when Redis cannot serve."""

from __future__ import annotations

import random
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeVar, cast
from urllib.parse import unquote, urlsplit

import redis
from redis.backoff import ConstantBackoff, NoBackoff
from redis.cluster import ClusterNode
from redis.connection import Connection, ConnectionInterface
from redis.exceptions import RedisClusterException
from redis.maint_notifications import MaintNotificationsConfig
from redis.retry import Retry
from redis.sentinel import Sentinel, SentinelConnectionPool

from zoomapp.errors import StoreUnavailable
from zoomapp.store import key_names

T = TypeVar("T")

#: The longest wait for a free connection, and the longest wait for a reply. A request fails within 3 s without Redis.
TIMEOUT_SECONDS = 1.0
#: A command that failed sooner than this is tried once more: its connection may just have been closed.
IMMEDIATE_FAILURE_SECONDS = 0.2
PAUSE_SECONDS = 0.05
#: One command can wait for a node three times: before, while and after another node is asked who has the slot.
NODE_SECONDS = 0.8
#: Several Sentinels may be silent, and they are asked one after the other.
SENTINEL_SECONDS = 0.3
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


class Pools(NamedTuple):
    """The classes of connection pools that ``connect`` uses."""

    server: type[RedisPool] = RedisPool
    sentinel: type[RedisPool] = SentinelPool


PLAIN_POOLS = Pools()


def connect(url: str, *, verify: bool = True, pools: Pools = PLAIN_POOLS) -> redis.Redis:
    """A client with short timeouts and one retry; it connects when first used, so it survives a fork.

    ``url``: ``redis://``, ``rediss://``, ``redis+cluster://host:port,host:port`` (or ``rediss+cluster://``),
    ``redis+sentinel://host:port,host:port/service/database`` with ``user:password@`` before the hosts where needed.
    """
    if "+cluster://" in url:
        return cast(redis.Redis, LazyCluster(lambda: _cluster(url, verify, pools.server)))
    if url.startswith("redis+sentinel://"):
        return _behind_sentinels(url, pools.sentinel)
    return redis.Redis(connection_pool=pools.server.from_url(url, **_options(), **_tls(url, verify)))


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


class LazyCluster:
    """A cluster's client that connects when first used: redis-py's own asks the nodes for their slots at once."""

    def __init__(self, make: Callable[[], redis.RedisCluster]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._cluster: redis.RedisCluster | None = None
        self._failure = ""
        self._failed_until = 0.0

    def register_script(self, script: str) -> Callable[[list[str], list[Any]], Any]:
        """A function that sends the whole script. Loading it first needs every node, also one that is down."""
        return lambda names, values: self.eval(script, len(names), *names, *values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client(), name)

    def _client(self) -> redis.RedisCluster:
        """The client. One caller at a time makes it; a failure is shared with all callers of the next second."""
        if self._cluster is not None:
            return self._cluster
        if not self._lock.acquire(timeout=2 * TIMEOUT_SECONDS):
            raise redis.TimeoutError("no node of the cluster has answered yet")
        try:
            if self._cluster is None:
                self._cluster = self._make_or_fail()
            return self._cluster
        finally:
            self._lock.release()

    def _make_or_fail(self) -> redis.RedisCluster:
        if time.monotonic() < self._failed_until:
            raise redis.ConnectionError(self._failure)
        try:
            return self._make()
        except (redis.RedisError, RedisClusterException) as error:
            self._failure, self._failed_until = str(error), time.monotonic() + TIMEOUT_SECONDS
            raise


def _cluster(url: str, verify: bool, pool: type[RedisPool] = RedisPool) -> redis.RedisCluster:
    plain = url.replace("+cluster", "", 1)
    first, others = _two_hosts(plain)
    return redis.RedisCluster(
        url=first,
        startup_nodes=[ClusterNode(host, port) for host, port in others],  # type: ignore[no-untyped-call]
        # A slot without a master fails the commands for its keys only.
        require_full_coverage=False,
        connection_pool_class=pool,
        # The cluster's client tries once more, after it has asked the other nodes who has the slot now.
        **{**_options(NODE_SECONDS), "retry": Retry(ConstantBackoff(PAUSE_SECONDS), 1), **_tls(plain, verify)},
    )


def _behind_sentinels(url: str, pool: type[RedisPool]) -> redis.Redis:
    parts = urlsplit(url)
    _, _, hosts = parts.netloc.rpartition("@")
    service, _, database = parts.path.strip("/").partition("/")
    sentinels = Sentinel(  # type: ignore[no-untyped-call]
        [_host_and_port(host, 26379) for host in hosts.split(",")], sentinel_kwargs=_options(SENTINEL_SECONDS)
    )
    credentials = {
        "username": parts.username and unquote(parts.username),
        "password": parts.password and unquote(parts.password),
    }
    client: redis.Redis = sentinels.master_for(  # type: ignore[no-untyped-call]
        service, connection_pool_class=pool, db=int(database or 0), **credentials, **_options()
    )
    return client


def _two_hosts(url: str) -> tuple[str, list[tuple[str, int]]]:
    """The URL with one random host of its list, and a second random host if there is one.

    redis-py asks one host after the other. Two silent hosts already use up the time limit of a request.
    """
    scheme, _, rest = url.partition("://")
    netloc, slash, path = rest.partition("/")
    credentials, at, hosts = netloc.rpartition("@")
    all_hosts = hosts.split(",")
    first, *others = random.sample(all_hosts, min(2, len(all_hosts)))
    return f"{scheme}://{credentials}{at}{first}{slash}{path}", [_host_and_port(host, 6379) for host in others]


def _host_and_port(text: str, port: int) -> tuple[str, int]:
    parts = urlsplit(f"//{text}")
    return parts.hostname or "", parts.port or port


def _options(seconds: float = TIMEOUT_SECONDS) -> dict[str, Any]:
    return {
        "socket_timeout": seconds,
        "socket_connect_timeout": seconds,
        # A repeated command may run twice, if only its reply was lost: every command we send allows for that.
        "retry": RetryOnce(),
        # Only one vendor's servers have these notifications; asking costs every new connection a round trip.
        "maint_notifications_config": MaintNotificationsConfig(enabled=False),
    }


def _tls(url: str, verify: bool) -> dict[str, Any]:
    if verify or not url.startswith("rediss://"):
        return {}
    return {"ssl_cert_reqs": ssl.CERT_NONE, "ssl_check_hostname": False}


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
