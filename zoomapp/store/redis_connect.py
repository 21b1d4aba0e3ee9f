"""The Redis client for ``REDIS_URL``: of one server, of a cluster, or of a master behind Sentinels."""

from __future__ import annotations

import random
import ssl
import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple, cast
from urllib.parse import unquote, urlsplit

import redis
from redis.backoff import ConstantBackoff
from redis.cluster import ClusterNode
from redis.exceptions import RedisClusterException
from redis.maint_notifications import MaintNotificationsConfig
from redis.retry import Retry
from redis.sentinel import Sentinel

from zoomapp.store.redis_client import PAUSE_SECONDS, TIMEOUT_SECONDS, RedisPool, RetryOnce, SentinelPool

#: One command can wait for a node three times: before, while and after another node is asked who has the slot.
NODE_SECONDS = 0.8
#: Several Sentinels may be silent, and they are asked one after the other.
SENTINEL_SECONDS = 0.3


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
