"""Small encrypted records of one user: preferences, what a page last showed, which forms were sent.

The app works without them: an unreadable record counts as missing, and a record that cannot be written is skipped.
"""

from __future__ import annotations

import logging
from typing import Any

import redis

from zoomapp.errors import StoreUnavailable
from zoomapp.store import redis_client
from zoomapp.store.encrypted_records import RecordKind
from zoomapp.store.encryption import EncryptedRecords, KeyRing
from zoomapp.store.user_keys import UserKeys, WriteResult

log = logging.getLogger(__name__)


class UserRecords:
    """JSON values by user, kind and name. They expire, and a disconnect deletes them.

    Nothing is stored for a user who is not connected.
    """

    def __init__(self, client: redis.Redis, ring: KeyRing) -> None:
        self._redis = client
        self._encrypted = EncryptedRecords(ring)
        self._user_keys = UserKeys(client)

    def load(self, user_id: str, kind: RecordKind, name: str = "") -> Any:
        """The value, or None."""
        try:
            return self.read(user_id, kind, name)
        except StoreUnavailable as error:
            log.warning("record not readable", extra={"kind": kind.name, "detail": error.detail})
            return None

    def read(self, user_id: str, kind: RecordKind, name: str = "") -> Any:
        """The value, or None if there is none, before it is changed. Raises StoreUnavailable."""
        key = kind.key_of(user_id, name)
        return self._encrypted.decode(kind, key, redis_client.load(self._redis, key), Any)

    def save(self, user_id: str, kind: RecordKind, value: Any, seconds: int, name: str = "") -> bool:
        """False when this user is not connected."""
        return self._write(user_id, kind, value, seconds, name) != WriteResult.NOT_CONNECTED

    def claim(self, user_id: str, kind: RecordKind, value: Any, seconds: int, name: str = "") -> bool:
        """Save unless there is a record already. Of many concurrent callers, one gets True."""
        return self._write(user_id, kind, value, seconds, name, first=True) != WriteResult.THERE_ALREADY

    def delete(self, user_id: str, kind: RecordKind, name: str = "") -> None:
        try:
            with redis_client.store_errors():
                self._redis.delete(kind.key_of(user_id, name))
        except StoreUnavailable as error:
            log.warning("record not deleted", extra={"kind": kind.name, "detail": error.detail})

    def _write(
        self, user_id: str, kind: RecordKind, value: Any, seconds: int, name: str, first: bool = False
    ) -> WriteResult:
        key = kind.key_of(user_id, name)
        try:
            return self._user_keys.put(user_id, key, self._encrypted.encode(kind, key, value), seconds, first=first)
        except StoreUnavailable as error:
            log.warning("record not written", extra={"kind": kind.name, "detail": error.detail})
            return WriteResult.DONE
