"""Redis: how we connect, and what we call it when it is gone."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import redis
from redis.backoff import ExponentialBackoff
from redis.retry import Retry

from zoomapp import keys
from zoomapp.errors import StoreUnavailable

#: One silent command costs at most two of these: a request knows within 3 s that the store is gone.
TIMEOUT_SECONDS = 1.0
CONNECTIONS = 20


def connect(url: str, *, verify: bool = True) -> redis.Redis:
    """A client with short timeouts and one retry; it connects when first used, so it survives a fork."""
    options: dict[str, Any] = {
        "socket_timeout": TIMEOUT_SECONDS,
        "socket_connect_timeout": TIMEOUT_SECONDS,
        "health_check_interval": 30,
        # A repeated command may run twice (its first answer was lost): every command we send allows for that.
        "retry": Retry(ExponentialBackoff(cap=0.2, base=0.05), 1),
    }
    if url.startswith("redis+cluster://"):
        nodes = redis.cluster.RedisCluster.from_url(url.removeprefix("redis+cluster://").join(("redis://", "")))
        return nodes  # type: ignore[return-value]
    if url.startswith("rediss://") and not verify:
        options |= {"ssl_cert_reqs": ssl.CERT_NONE, "ssl_check_hostname": False}
    pool = redis.BlockingConnectionPool.from_url(url, max_connections=CONNECTIONS, timeout=TIMEOUT_SECONDS, **options)
    return redis.Redis(connection_pool=pool)


@contextmanager
def named_failures() -> Iterator[None]:
    """Whatever Redis says while it cannot serve (gone, silent, full, read-only) becomes StoreUnavailable."""
    try:
        yield
    except redis.RedisError as error:
        raise StoreUnavailable(f"{type(error).__name__}: {error}") from error


#: What is kept of a user under a name that needs no list.
KINDS = ("tokens", "lease", "failure", "preferences")


def read(client: redis.Redis, key: str) -> bytes | None:
    """What lies at ``key``. Raises StoreUnavailable."""
    with named_failures():
        return cast("bytes | None", client.get(key))


def list_key(client: redis.Redis, user_id: str, key: str, seconds: int) -> None:
    """Put a key on the list of what is kept of this user, so that ``drop_user`` finds it."""
    listed = keys.of_user(user_id, "keys")
    with client.pipeline(transaction=False) as pipe:
        pipe.sadd(listed, key)
        pipe.expire(listed, seconds)
        pipe.execute()


def drop_user(client: redis.Redis, user_id: str) -> None:
    """Delete every key of this user: tokens first, then sessions and the rest of the list."""
    listed = keys.of_user(user_id, "keys")
    client.delete(*(keys.of_user(user_id, kind) for kind in KINDS))
    client.delete(listed, *client.smembers(listed))


def first_time(client: redis.Redis, kind: str, name: str, seconds: int) -> bool:
    """Whether this is the first time within ``seconds`` that ``name`` is seen; of many who ask, one hears yes."""
    with named_failures():
        return bool(client.set(f"{keys.PREFIX}{kind}:{keys.digest(name)}", b"1", nx=True, ex=max(1, seconds)))
