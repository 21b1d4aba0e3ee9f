"""Everything that is stored about one user, for a person who asks for their data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import redis

from zoomapp.store.encrypted_records import (
    ANSWERS,
    ONE_TIME_LINK,
    TOKENS,
    USER_KEY_LIST,
    USER_SHARED_LIST,
    RecordKind,
    kind_of,
)
from zoomapp.store.encryption import CannotDecrypt, EncryptedRecords, KeyRing
from zoomapp.store.redis_client import store_errors
from zoomapp.store.user_keys import single_kinds

#: Kinds that hold credentials, or Zoom's raw answers, which may: an export only says that they exist.
WITHHELD = (TOKENS, ONE_TIME_LINK, ANSWERS)


@dataclass(frozen=True)
class ExportedRecord:
    """One record. ``what``: its line on the privacy page. ``value`` is None if it is withheld or cannot be read."""

    kind: str
    what: str
    expires_in_seconds: int
    value: Any = None
    withheld: bool = False
    readable: bool = True


def export_user(client: redis.Redis, ring: KeyRing, user_id: str) -> list[ExportedRecord]:
    """The user's encrypted records, by kind; technical data without content are left out. Raises StoreUnavailable."""
    records = EncryptedRecords(ring)
    with store_errors():
        found = [
            _read(client, records, kind, key)
            for key in _keys(client, user_id)
            if (kind := kind_of(key)) and kind.encrypted and client.exists(key)
        ]
    return sorted(found, key=lambda record: record.kind)


def _keys(client: redis.Redis, user_id: str) -> Iterator[str]:
    """The user's keys: those of which there is one each, and those in the user's lists."""
    yield from (kind.key_of(user_id) for kind in single_kinds())
    for kind in (USER_KEY_LIST, USER_SHARED_LIST):
        yield from sorted(key.decode() for key in cast("set[bytes]", client.smembers(kind.key_of(user_id))))


def _read(client: redis.Redis, records: EncryptedRecords, kind: RecordKind, key: str) -> ExportedRecord:
    seconds = client.ttl(key)
    if kind in WITHHELD:
        return ExportedRecord(kind.name, kind.privacy.content, seconds, withheld=True)
    try:
        value = _load(client, records, kind, key)
    except CannotDecrypt:
        return ExportedRecord(kind.name, kind.privacy.content, seconds, readable=False)
    return ExportedRecord(kind.name, kind.privacy.content, seconds, value)


def _load(client: redis.Redis, records: EncryptedRecords, kind: RecordKind, key: str) -> Any:
    """The decrypted content. Raises CannotDecrypt."""

    def decode(encrypted: Any) -> Any:
        return records.decode_or_raise(kind, kind.owner_in(key), encrypted, Any)

    if kind.storage == "hash":
        fields = cast("dict[bytes, bytes]", client.hgetall(key))
        return {name.decode(): decode(encrypted) for name, encrypted in fields.items()}
    if kind.storage == "list":
        return [decode(encrypted) for encrypted in cast("list[bytes]", client.lrange(key, 0, -1))]
    return decode(client.get(key))
