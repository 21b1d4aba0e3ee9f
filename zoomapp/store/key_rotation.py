"""Sealing what is kept under the newest key, so that an older one can leave the ring.

Safe while the app runs: each record is put in the place of the very bytes it was made from, or not at all. It keeps the
rest of its life. Whatever is sealed newly already is left alone, so a second run goes on where a first one stopped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import cast

import redis

from zoomapp.store import key_names, redis_client
from zoomapp.store.encryption import CannotDecrypt, KeyRing
from zoomapp.tokens.store import KIND as TOKENS

#: What outlives a day, by the ending of its keys. Everything else has ended before an operator is done.
STRINGS = (TOKENS, "preferences", "seen:*", "session:*")
HASHES = ("rooms", "room:*")

_RESEAL = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
return 1
"""

_RESEAL_FIELD = """
if redis.call('HGET', KEYS[1], ARGV[3]) ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], ARGV[3], ARGV[2])
return 1
"""


@dataclass
class RotationResult:
    """How many records there were of each sort. ``unknown`` and ``damaged``: by key id, never by content."""

    seen: int = 0
    resealed: int = 0
    #: Under keys that are not in the ring.
    unknown: Counter[str] = field(default_factory=Counter)
    #: Under a key of the ring, and yet they do not open.
    damaged: Counter[str] = field(default_factory=Counter)

    @property
    def complete(self) -> bool:
        return not self.unknown and not self.damaged


class KeyRotation:
    """One pass over all records."""

    def __init__(self, client: redis.Redis, ring: KeyRing) -> None:
        self._redis = client
        self._ring = ring
        self._swap = client.register_script(_RESEAL)
        self._swap_field = client.register_script(_RESEAL_FIELD)
        self._strings = [name for kind in STRINGS for name in redis_client.scan_keys(client, kind)]
        self._hashes = [name for kind in HASHES for name in redis_client.scan_keys(client, kind)]

    def __len__(self) -> int:
        """How many keys there are to go through."""
        return len(self._strings) + len(self._hashes)

    def run(self, tell: Callable[[int], object] = lambda count: None) -> RotationResult:
        """Seal them anew; ``tell`` hears of each key that is done. Raises StoreUnavailable."""
        done = RotationResult()
        for name, sealed in redis_client.load_many(self._redis, self._strings):
            self._reseal(name, sealed, done, partial(redis_client.load, self._redis, name), partial(self._put, name))
            tell(1)
        for name in self._hashes:
            for place, sealed in self._fields(name).items():
                self._reseal(
                    name, sealed, done, partial(self._read_field, name, place), partial(self._put_field, name, place)
                )
            tell(1)
        return done

    def _reseal(
        self,
        name: str,
        sealed: bytes | None,
        done: RotationResult,
        read: Callable[[], bytes | None],
        put: Callable[[bytes, bytes], bool],
    ) -> None:
        """Seal one record anew. ``put`` keeps the second in the place of the first, if that is still there."""
        kind = name.split(":")[2]
        owner = key_names.tag_of(name) if kind == TOKENS else name
        done.seen += 1
        while sealed is not None and not self._ring.is_newest(sealed):
            try:
                anew = self._ring.encrypt(kind, owner, self._ring.decrypt(kind, owner, sealed))
            except CannotDecrypt:
                key_id = self._ring.key_id(sealed)
                (done.damaged if key_id in self._ring.ids else done.unknown)[key_id] += 1
                return
            if put(sealed, anew):
                done.resealed += 1
                return
            # Somebody wrote it meanwhile: look at what lies there now.
            sealed = read()

    def _put(self, name: str, sealed: bytes, anew: bytes) -> bool:
        with redis_client.store_errors():
            return bool(self._swap([name], [sealed, anew]))

    def _put_field(self, name: str, place: bytes, sealed: bytes, anew: bytes) -> bool:
        with redis_client.store_errors():
            return bool(self._swap_field([name], [sealed, anew, place]))

    def _fields(self, name: str) -> dict[bytes, bytes]:
        with redis_client.store_errors():
            return cast("dict[bytes, bytes]", self._redis.hgetall(name))

    def _read_field(self, name: str, place: bytes) -> bytes | None:
        with redis_client.store_errors():
            return cast("bytes | None", self._redis.hget(name, place.decode()))
