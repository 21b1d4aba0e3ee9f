"""Leases: what one worker at a time may do, over all processes."""

from __future__ import annotations

import redis

from zoomapp.store import key_names
from zoomapp.store.redis_client import store_errors

_TAKE = """
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
"""

_GIVE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"


class Leases:
    """What one at a time may do, over all processes. An owner is a text that nobody else has."""

    def __init__(self, client: redis.Redis) -> None:
        self._take = client.register_script(_TAKE)
        self._give = client.register_script(_GIVE)

    def take(self, key: str, owner: str, seconds: float) -> bool:
        """Whether it is ``owner``'s now, for ``seconds``. Taking what one has extends it. Raises StoreUnavailable."""
        with store_errors():
            return bool(self._take([key], [owner, int(seconds * 1000)]))

    def give(self, key: str, owner: str) -> None:
        """End it, if it is still ``owner``'s. Raises StoreUnavailable."""
        with store_errors():
            self._give([key], [owner])


def claim_once(client: redis.Redis, kind: str, name: str | bytes, seconds: int) -> bool:
    """Whether this is the first time within ``seconds`` that ``name`` is seen; of many who ask, one hears yes."""
    with store_errors():
        return bool(client.set(f"{key_names.PREFIX}{kind}:{key_names.digest(name)}", b"1", nx=True, ex=max(1, seconds)))
