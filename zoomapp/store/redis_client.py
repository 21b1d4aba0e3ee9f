"""Redis: how we connect, and what we call it when it is gone."""

from __future__ import annotations

import random
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast
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

#: So long we wait for a free connection, and so long for an answer: a request knows within 3 s that the store is gone.
TIMEOUT_SECONDS = 1.0
#: What failed sooner than this, as on a connection closed meanwhile, is tried once more.
IMMEDIATE_FAILURE_SECONDS = 0.2
PAUSE_SECONDS = 0.05
#: A node is waited for up to three times: before, between and after asking another who has the slot now.
NODE_SECONDS = 0.8
#: Each of several Sentinels may be silent, one after the other.
SENTINEL_SECONDS = 0.3
#: Per process, so that two fit into a plan of 20; they are held for a command, never while Zoom works.
CONNECTIONS = 8
#: A connection read empty less than this ago need not be looked into; if it was closed since, the command tells.
FRESH_SECONDS = 1.0


def connect(url: str, *, verify: bool = True) -> redis.Redis:
    """A client with short timeouts and one retry; it connects when first used, so it survives a fork.

    ``url``: ``redis://``, ``rediss://``, ``redis+cluster://host:port,host:port`` (or ``rediss+cluster://``),
    ``redis+sentinel://host:port,host:port/service/database`` with ``user:password@`` before the hosts where needed.
    """
    if "+cluster://" in url:
        return cast(redis.Redis, LazyCluster(lambda: _cluster(url, verify)))
    if url.startswith("redis+sentinel://"):
        return _behind_sentinels(url)
    return redis.Redis(connection_pool=RedisPool.from_url(url, **_options(), **_tls(url, verify)))


class RedisPool(redis.ConnectionPool):
    """A few connections to one server, which a silence costs one wait and not one for everybody.

    After it, for a second, one caller at a time tries whether the server is back; the others are told at once.
    Handing out and taking back is done here: redis-py's own, which counts each time who has what, takes as long as the
    command in between.
    """

    def __init__(self, **options: Any) -> None:
        self._free = threading.BoundedSemaphore(CONNECTIONS)
        self._taken_at: dict[ConnectionInterface, float] = {}
        self._silent_until = 0.0
        self._try_at = 0.0
        super().__init__(**{**options, "max_connections": CONNECTIONS})

    def get_connection(self, command_name: str | None = None, *names: Any, **options: Any) -> Connection:
        # Those who wait here must learn of a silence before they connect: the pool's own waiting is too late for that.
        if not self._free.acquire(timeout=TIMEOUT_SECONDS):
            raise redis.TimeoutError("no connection has become free")
        asked_at = time.monotonic()
        try:
            self._unless_silent(asked_at)
            connection: Connection = self._ready()
        except BaseException:
            self._free.release()
            self._note_silence(since=asked_at)
            raise
        self._taken_at[connection] = time.monotonic()
        return connection

    def ask(self, *command: str) -> Any:
        """What the server answers: past the client, whose handling of a command takes as long as the command."""
        connection: Any = self.get_connection()
        try:
            answer = connection.retry.call_with_retry(
                lambda: connection.send_command(*command) or connection.read_response(),
                lambda error: connection.disconnect(),
            )
            connection.emptied_at = time.monotonic()
            return answer
        finally:
            self.release(connection)

    def release(self, connection: ConnectionInterface) -> None:
        taken_at = self._taken_at.pop(connection, None)
        if taken_at is None:
            return
        connected = connection.is_connected
        self._give_back(connection)
        if connected:
            self._silent_until = 0.0
        else:
            self._note_silence(since=taken_at)
        self._free.release()

    def _ready(self) -> Any:
        """A connection that is open, with nothing in it that nobody asked for: whose answer would that be?

        ``emptied_at``: when ``ask`` last read all of the one answer it had asked for; 0 where others came after it.
        """
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
            self._give_back(connection)
            raise
        return connection

    def _give_back(self, connection: Any) -> None:
        self._checkpid()
        self._in_use_connections.discard(connection)
        if connection.pid != self.pid:  # of the process this one was forked from
            return
        if connection.should_reconnect() or not self.owns_connection(connection):
            connection.disconnect()
        self._available_connections.append(connection)

    def _unless_silent(self, now: float) -> None:
        if now < self._silent_until:
            if now < self._try_at:
                raise redis.TimeoutError("silent a moment ago")
            self._try_at = now + TIMEOUT_SECONDS

    def _note_silence(self, since: float) -> None:
        """What came to nothing at once was no silence: a server that is down says so each time."""
        now = time.monotonic()
        if now - since > IMMEDIATE_FAILURE_SECONDS:
            self._silent_until, self._try_at = now + TIMEOUT_SECONDS, now


def _is_clean(connection: Connection) -> bool:
    try:
        return not connection.can_read()
    except (redis.ConnectionError, redis.TimeoutError, OSError):
        return False


class SentinelPool(SentinelConnectionPool, RedisPool):
    """The same for the master that Sentinels tell."""


class RetryOnce(Retry):
    """One more try for what failed at once; none for what has kept the caller waiting.

    The first is made here, the second by redis-py, whose own counting costs each command as much as sending it.
    """

    def __init__(self) -> None:
        super().__init__(NoBackoff(), 0)

    def call_with_retry(
        self,
        do: Callable[[], T],
        fail: Callable[..., Any],
        is_retryable: Callable[[Exception], bool] | None = None,
        with_failure_count: bool = False,
    ) -> T:
        begun_at = time.monotonic()
        try:
            return do()
        except self._supported_errors as error:
            if is_retryable and not is_retryable(error):
                raise
            fail(*(error, 1) if with_failure_count else (error,))
            if time.monotonic() - begun_at > IMMEDIATE_FAILURE_SECONDS:
                raise
        time.sleep(PAUSE_SECONDS)
        return super().call_with_retry(do, fail, is_retryable, with_failure_count)


class LazyCluster:
    """A cluster's client, made when first used: redis-py's own asks the nodes for their slots as soon as it is made."""

    def __init__(self, make: Callable[[], redis.RedisCluster]) -> None:
        self._make = make
        self._making = threading.Lock()
        self._made: redis.RedisCluster | None = None
        self._failure = ""
        self._failed_until = 0.0

    def register_script(self, script: str) -> Callable[[list[str], list[Any]], Any]:
        """Sent whole each time: loading it first would ask every node, and fail while one is down."""
        return lambda names, values: self.eval(script, len(names), *names, *values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client(), name)

    def _client(self) -> redis.RedisCluster:
        """One caller at a time makes it; who comes meanwhile or soon after a failure shares what became of it."""
        if self._made is not None:
            return self._made
        if not self._making.acquire(timeout=2 * TIMEOUT_SECONDS):
            raise redis.TimeoutError("no node of the cluster has answered yet")
        try:
            if self._made is None:
                self._made = self._make_or_remember()
            return self._made
        finally:
            self._making.release()

    def _make_or_remember(self) -> redis.RedisCluster:
        if time.monotonic() < self._failed_until:
            raise redis.ConnectionError(self._failure)
        try:
            return self._make()
        except (redis.RedisError, RedisClusterException) as error:
            self._failure, self._failed_until = str(error), time.monotonic() + TIMEOUT_SECONDS
            raise


def _cluster(url: str, verify: bool) -> redis.RedisCluster:
    plain = url.replace("+cluster", "", 1)
    first, others = _two_hosts(plain)
    return redis.RedisCluster(
        url=first,
        startup_nodes=[ClusterNode(host, port) for host, port in others],  # type: ignore[no-untyped-call]
        # Slots without a master are the business of those whose keys lie there.
        require_full_coverage=False,
        connection_pool_class=RedisPool,
        # Once, by the client as a whole, which asks the others first who has the slot now: a node itself is asked once.
        **{**_options(NODE_SECONDS), "retry": Retry(ConstantBackoff(PAUSE_SECONDS), 1), **_tls(plain, verify)},
    )


def _behind_sentinels(url: str) -> redis.Redis:
    parts = urlsplit(url)
    _, _, hosts = parts.netloc.rpartition("@")
    service, _, database = parts.path.strip("/").partition("/")
    sentinels = Sentinel(  # type: ignore[no-untyped-call]
        [_host_and_port(each, 26379) for each in hosts.split(",")], sentinel_kwargs=_options(SENTINEL_SECONDS)
    )
    who = {
        "username": parts.username and unquote(parts.username),
        "password": parts.password and unquote(parts.password),
    }
    client: redis.Redis = sentinels.master_for(  # type: ignore[no-untyped-call]
        service, connection_pool_class=SentinelPool, db=int(database or 0), **who, **_options()
    )
    return client


def _two_hosts(url: str) -> tuple[str, list[tuple[str, int]]]:
    """The URL with one of its hosts only, and another host if there is one: drawn anew each time.

    They are asked one after the other, and if both are silent the caller has waited long enough.
    """
    scheme, _, rest = url.partition("://")
    netloc, slash, path = rest.partition("/")
    who, at, hosts = netloc.rpartition("@")
    named = hosts.split(",")
    first, *others = random.sample(named, min(2, len(named)))
    return f"{scheme}://{who}{at}{first}{slash}{path}", [_host_and_port(each, 6379) for each in others]


def _host_and_port(text: str, port: int) -> tuple[str, int]:
    parts = urlsplit(f"//{text}")
    return parts.hostname or "", parts.port or port


def _options(seconds: float = TIMEOUT_SECONDS) -> dict[str, Any]:
    return {
        "socket_timeout": seconds,
        "socket_connect_timeout": seconds,
        # A repeated command may run twice (its first answer was lost): every command we send allows for that.
        "retry": RetryOnce(),
        # Only one vendor's servers know these; asking costs every new connection a round trip.
        "maint_notifications_config": MaintNotificationsConfig(enabled=False),
    }


def _tls(url: str, verify: bool) -> dict[str, Any]:
    if verify or not url.startswith("rediss://"):
        return {}
    return {"ssl_cert_reqs": ssl.CERT_NONE, "ssl_check_hostname": False}


@contextmanager
def store_errors() -> Iterator[None]:
    """Whatever Redis says while it cannot serve (gone, silent, full, read-only) becomes StoreUnavailable."""
    try:
        yield
    except (redis.RedisError, RedisClusterException) as error:
        raise StoreUnavailable(f"{type(error).__name__}: {error}") from error


def load(client: redis.Redis, key: str) -> bytes | None:
    """What lies at ``key``. Raises StoreUnavailable."""
    with store_errors():
        return cast("bytes | None", client.get(key))


#: A page of a scan, and of what is read with it in one trip.
PAGE = 500


def scan_keys(client: redis.Redis, kind: str) -> list[str]:
    """The keys of that kind, everybody's (``session:*`` for those with names). Slow, yet it blocks nobody."""
    with store_errors():
        # A scan may tell a key twice.
        return sorted({key.decode() for key in client.scan_iter(f"{key_names.PREFIX}{{*}}:{kind}", count=PAGE)})


def load_many(client: redis.Redis, names: list[str]) -> Iterator[tuple[str, bytes]]:
    """Key and content of those that are still there, a page at a time."""
    for start in range(0, len(names), PAGE):
        page = names[start : start + PAGE]
        with store_errors(), client.pipeline(transaction=False) as pipe:
            for name in page:
                pipe.get(name)
            found = pipe.execute()
        yield from ((name, content) for name, content in zip(page, found, strict=True) if content is not None)


def load_together(client: redis.Redis, *names: str) -> list[bytes | None]:
    """What lies at several keys of one user, in one trip. Raises StoreUnavailable."""
    with store_errors():
        pool = getattr(client, "connection_pool", None)
        # A cluster's client knows which node to ask.
        ask = pool.ask if isinstance(pool, RedisPool) else client.execute_command
        return cast("list[bytes | None]", ask("MGET", *names))
