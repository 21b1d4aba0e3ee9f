"""Redis: how we connect, and what we call it when it is gone."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast
from urllib.parse import unquote, urlsplit

import redis
from redis.backoff import ExponentialBackoff
from redis.client import Pipeline
from redis.cluster import ClusterNode
from redis.exceptions import RedisClusterException
from redis.maint_notifications import MaintNotificationsConfig
from redis.retry import Retry
from redis.sentinel import Sentinel

from zoomapp import keys
from zoomapp.errors import StoreUnavailable

#: One silent command costs at most two of these: a request knows within 3 s that the store is gone.
TIMEOUT_SECONDS = 1.0
#: Per process, so that two fit into a plan of 20; they are held for a command, never while Zoom works.
CONNECTIONS = 8


def connect(url: str, *, verify: bool = True) -> redis.Redis:
    """A client with short timeouts and one retry; it connects when first used, so it survives a fork.

    ``url``: ``redis://``, ``rediss://``, ``redis+cluster://host:port,host:port`` (or ``rediss+cluster://``),
    ``redis+sentinel://host:port,host:port/service/database`` with ``user:password@`` before the hosts where needed.
    """
    if "+cluster://" in url:
        return cast(redis.Redis, LazyCluster(lambda: _cluster(url, verify)))
    if url.startswith("redis+sentinel://"):
        return _behind_sentinels(url)
    options = {**_options(), **_tls(url, verify)}
    pool = redis.BlockingConnectionPool.from_url(url, max_connections=CONNECTIONS, timeout=TIMEOUT_SECONDS, **options)
    return redis.Redis(connection_pool=pool)


class LazyCluster:
    """A cluster's client, made when first used: redis-py's own asks the nodes for their slots as soon as it is made."""

    def __init__(self, make: Callable[[], redis.RedisCluster]) -> None:
        self._make = make
        self._making = threading.Lock()
        self._made: redis.RedisCluster | None = None

    def register_script(self, script: str) -> Callable[[list[str], list[Any]], Any]:
        """Sent whole each time: loading it first would ask every node, and fail while one is down."""
        return lambda names, values: self.eval(script, len(names), *names, *values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client(), name)

    def _client(self) -> redis.RedisCluster:
        with self._making:
            if self._made is None:
                self._made = self._make()
            return self._made


def _cluster(url: str, verify: bool) -> redis.RedisCluster:
    plain = url.replace("+cluster", "", 1)
    first, others = _first_host(plain)
    return redis.RedisCluster(
        url=first,
        startup_nodes=[ClusterNode(host, port) for host, port in others],  # type: ignore[no-untyped-call]
        # Slots without a master are the business of those whose keys lie there.
        require_full_coverage=False,
        connection_pool_class=redis.BlockingConnectionPool,
        max_connections=CONNECTIONS,
        timeout=TIMEOUT_SECONDS,
        **{**_options(), "retry": Retry(ExponentialBackoff(cap=0.2, base=0.05), 2), **_tls(plain, verify)},
    )


def _behind_sentinels(url: str) -> redis.Redis:
    parts = urlsplit(url)
    _, _, hosts = parts.netloc.rpartition("@")
    service, _, database = parts.path.strip("/").partition("/")
    options = _options()
    sentinels = Sentinel([_host_and_port(each, 26379) for each in hosts.split(",")], sentinel_kwargs=options)  # type: ignore[no-untyped-call]
    who = {
        "username": parts.username and unquote(parts.username),
        "password": parts.password and unquote(parts.password),
    }
    client: redis.Redis = sentinels.master_for(service, db=int(database or 0), **who, **options)  # type: ignore[no-untyped-call]
    return client


def _first_host(url: str) -> tuple[str, list[tuple[str, int]]]:
    """The URL with the first of its hosts only, and the other hosts."""
    scheme, _, rest = url.partition("://")
    netloc, slash, path = rest.partition("/")
    who, at, hosts = netloc.rpartition("@")
    first, *others = hosts.split(",")
    return f"{scheme}://{who}{at}{first}{slash}{path}", [_host_and_port(each, 6379) for each in others]


def _host_and_port(text: str, port: int) -> tuple[str, int]:
    parts = urlsplit(f"//{text}")
    return parts.hostname or "", parts.port or port


def _options() -> dict[str, Any]:
    return {
        "socket_timeout": TIMEOUT_SECONDS,
        "socket_connect_timeout": TIMEOUT_SECONDS,
        "health_check_interval": 30,
        # A repeated command may run twice (its first answer was lost): every command we send allows for that.
        "retry": Retry(ExponentialBackoff(cap=0.2, base=0.05), 1),
        # Only one vendor's servers know these; asking costs every new connection a round trip.
        "maint_notifications_config": MaintNotificationsConfig(enabled=False),
    }


def _tls(url: str, verify: bool) -> dict[str, Any]:
    if verify or not url.startswith("rediss://"):
        return {}
    return {"ssl_cert_reqs": ssl.CERT_NONE, "ssl_check_hostname": False}


@contextmanager
def named_failures() -> Iterator[None]:
    """Whatever Redis says while it cannot serve (gone, silent, full, read-only) becomes StoreUnavailable."""
    try:
        yield
    except (redis.RedisError, RedisClusterException) as error:
        raise StoreUnavailable(f"{type(error).__name__}: {error}") from error


#: What is kept of a user under a name that needs no list.
ANSWERS, ANSWERS_VERSION = "answers", "answers-version"
HOST_DAYS = "host-days"
KINDS = ("tokens", "lease", "failure", "preferences", ANSWERS, ANSWERS_VERSION, HOST_DAYS)

#: How long the list of what is kept of a user outlives its last entry: longer than anything on it by default.
LISTED_SECONDS = 400 * 86400


def read(client: redis.Redis, key: str) -> bytes | None:
    """What lies at ``key``. Raises StoreUnavailable."""
    with named_failures():
        return cast("bytes | None", client.get(key))


#: A page of a scan, and of what is read with it in one trip.
PAGE = 500


def find(client: redis.Redis, kind: str) -> list[str]:
    """The keys of that kind, everybody's (``session:*`` for those with names). Slow, yet it blocks nobody."""
    with named_failures():
        # A scan may tell a key twice.
        return sorted({key.decode() for key in client.scan_iter(f"{keys.PREFIX}{{*}}:{kind}", count=PAGE)})


def read_many(client: redis.Redis, names: list[str]) -> Iterator[tuple[str, bytes]]:
    """Key and content of those that are still there, a page at a time."""
    for start in range(0, len(names), PAGE):
        page = names[start : start + PAGE]
        with named_failures(), client.pipeline(transaction=False) as pipe:
            for name in page:
                pipe.get(name)
            found = pipe.execute()
        yield from ((name, content) for name, content in zip(page, found, strict=True) if content is not None)


def read_together(client: redis.Redis, *names: str) -> list[bytes | None]:
    """What lies at several keys of one user, in one trip. Raises StoreUnavailable."""
    with named_failures():
        # Past the method's own handling of its arguments, which takes longer than the command.
        return cast("list[bytes | None]", client.execute_command("MGET", *names))  # type: ignore[no-untyped-call]


def list_key(client: redis.Redis, user_id: str, key: str) -> None:
    """Put a key on the list of what is kept of this user, so that ``drop_user`` finds it."""
    with client.pipeline(transaction=False) as pipe:
        list_in(pipe, user_id, key)
        pipe.execute()


def list_in(pipe: Pipeline, user_id: str, key: str) -> None:
    """The same as part of a longer trip."""
    listed = keys.of_user(user_id, "keys")
    pipe.sadd(listed, key)
    pipe.expire(listed, LISTED_SECONDS)


def drop_user(client: redis.Redis, user_id: str) -> None:
    """Delete every key of this user: tokens first, then sessions and the rest of the list."""
    listed = keys.of_user(user_id, "keys")
    client.delete(*(keys.of_user(user_id, kind) for kind in KINDS))
    client.delete(listed, *client.smembers(listed))


def first_time(client: redis.Redis, kind: str, name: str, seconds: int) -> bool:
    """Whether this is the first time within ``seconds`` that ``name`` is seen; of many who ask, one hears yes."""
    with named_failures():
        return bool(client.set(f"{keys.PREFIX}{kind}:{keys.digest(name)}", b"1", nx=True, ex=max(1, seconds)))
