"""Re-encryption of stored records with the newest key, so that an older key can be removed.

Safe while the app runs: a record is replaced only if it still has the bytes that were read. It keeps its expiry.
Records under the newest key are left alone, so a second run continues where a first one stopped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

import redis

from zoomapp.store import encrypted_records, redis_client
from zoomapp.store.encrypted_records import RecordKind
from zoomapp.store.encryption import CannotDecrypt, KeyRing

_REPLACE = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
return 1
"""

_REPLACE_FIELD = """
if redis.call('HGET', KEYS[1], ARGV[3]) ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], ARGV[3], ARGV[2])
return 1
"""

#: Finds the entry by its bytes, as its position changes.
_REPLACE_ENTRY = """
local position = redis.call('LPOS', KEYS[1], ARGV[1])
if not position then return 0 end
redis.call('LSET', KEYS[1], position, ARGV[2])
return 1
"""


@dataclass
class RotationResult:
    """Counts of records. ``unknown`` and ``damaged`` count by key id."""

    found: int = 0
    reencrypted: int = 0
    #: Encrypted with keys that are not in the ring.
    unknown: Counter[str] = field(default_factory=Counter)
    #: Encrypted with a key of the ring, and not decryptable.
    damaged: Counter[str] = field(default_factory=Counter)

    @property
    def complete(self) -> bool:
        return not self.unknown and not self.damaged


class KeyRotation:
    """One pass over all records that outlive a day, as the registry says."""

    def __init__(self, client: redis.Redis, ring: KeyRing) -> None:
        self._redis = client
        self._ring = ring
        self._replace = client.register_script(_REPLACE)
        self._replace_field = client.register_script(_REPLACE_FIELD)
        self._replace_entry = client.register_script(_REPLACE_ENTRY)
        self._keys = {
            kind: redis_client.scan_keys(client, kind.key.partition("}:")[2])
            for kind in encrypted_records.ALL
            if kind.is_rotated
        }

    def __len__(self) -> int:
        """The number of Redis keys to go through."""
        return sum(len(keys) for keys in self._keys.values())

    def run(self, on_progress: Callable[[int], object] = lambda count: None) -> RotationResult:
        """Re-encrypt all; ``on_progress`` is called with 1 after each key. Raises StoreUnavailable."""
        result = RotationResult()
        rotate = {"string": self._rotate_strings, "hash": self._rotate_hashes, "list": self._rotate_lists}
        for kind, keys in self._keys.items():
            rotate[kind.storage](kind, keys, result, on_progress)
        return result

    def _rotate_strings(
        self, kind: RecordKind, keys: list[str], result: RotationResult, on_progress: Callable[[int], object]
    ) -> None:
        for key, encrypted in redis_client.load_many(self._redis, keys):
            load = partial(redis_client.load, self._redis, key)
            self._rotate(kind, key, encrypted, result, load, partial(self._run, self._replace, key))
            on_progress(1)

    def _rotate_hashes(
        self, kind: RecordKind, keys: list[str], result: RotationResult, on_progress: Callable[[int], object]
    ) -> None:
        for key in keys:
            for name, encrypted in self._load_fields(key).items():
                load = partial(self._load_field, key, name)
                replace = partial(self._run, self._replace_field, key, name)
                self._rotate(kind, key, encrypted, result, load, replace)
            on_progress(1)

    def _rotate_lists(
        self, kind: RecordKind, keys: list[str], result: RotationResult, on_progress: Callable[[int], object]
    ) -> None:
        for key in keys:
            for encrypted in self._load_entries(key):
                replace = partial(self._run, self._replace_entry, key)
                self._rotate(kind, key, encrypted, result, lambda: None, replace)
            on_progress(1)

    def _rotate(
        self,
        kind: RecordKind,
        key: str,
        encrypted: bytes | None,
        result: RotationResult,
        load: Callable[[], bytes | None],
        replace: Callable[[bytes, bytes], bool],
    ) -> None:
        """Re-encrypt one record. ``replace`` returns whether the old bytes were still there."""
        owner = kind.owner_in(key)
        result.found += 1
        while encrypted is not None and not self._ring.is_newest(encrypted):
            try:
                plain = self._ring.decrypt(kind.encryption_name, owner, encrypted)
            except CannotDecrypt:
                key_id = self._ring.key_id(encrypted)
                (result.damaged if key_id in self._ring.ids else result.unknown)[key_id] += 1
                return
            if replace(encrypted, self._ring.encrypt(kind.encryption_name, owner, plain)):
                result.reencrypted += 1
                return
            # Another process wrote it meanwhile.
            encrypted = load()

    def _run(self, script: Callable[..., Any], key: str, *values: bytes) -> bool:
        """Run a script. It takes the old bytes, the new ones, then the name of the field if there is one."""
        *name, old, new = values
        with redis_client.store_errors():
            return bool(script([key], [old, new, *name]))

    def _load_fields(self, key: str) -> dict[bytes, bytes]:
        with redis_client.store_errors():
            return cast("dict[bytes, bytes]", self._redis.hgetall(key))

    def _load_field(self, key: str, name: bytes) -> bytes | None:
        with redis_client.store_errors():
            return cast("bytes | None", self._redis.hget(key, name.decode()))

    def _load_entries(self, key: str) -> list[bytes]:
        with redis_client.store_errors():
            return cast("list[bytes]", self._redis.lrange(key, 0, -1))
