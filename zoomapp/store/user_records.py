"""Small sealed records of one user: preferences, what a page last showed, which forms were sent.

An aid, not a guard: what cannot be read counts as not there, and a record that cannot be written is not missed.
"""

from __future__ import annotations

import logging
from typing import Any, cast

import msgspec
import redis

from zoomapp.errors import StoreUnavailable
from zoomapp.store import key_names, redis_client
from zoomapp.store.encryption import CannotDecrypt, KeyRing
from zoomapp.store.user_keys import UserKeys, WriteResult

log = logging.getLogger(__name__)


class UserRecords:
    """JSON values by user, kind and name; each ends after its seconds, and all of them when the user disconnects.

    Of somebody who is not connected nothing is kept.
    """

    def __init__(self, client: redis.Redis, ring: KeyRing) -> None:
        self._redis = client
        self._ring = ring
        self._belongings = UserKeys(client)

    def load(self, user_id: str, kind: str, name: str = "") -> Any:
        """The value, or None."""
        key = key_names.of_user(user_id, kind, name)
        try:
            with redis_client.store_errors():
                sealed = cast("bytes | None", self._redis.get(key))
            return msgspec.json.decode(self._ring.decrypt(kind, key, sealed)) if sealed else None
        except (StoreUnavailable, CannotDecrypt, msgspec.DecodeError) as error:
            log.warning("record not readable", extra={"kind": kind, "detail": str(error)})
            return None

    def save(self, user_id: str, kind: str, value: Any, seconds: int, name: str = "") -> bool:
        """False when this user is not connected."""
        return self._write(user_id, kind, value, seconds, name) != WriteResult.NOT_CONNECTED

    def claim(self, user_id: str, kind: str, value: Any, seconds: int, name: str = "") -> bool:
        """Save unless there is one already; of many who ask at once, one hears yes."""
        return self._write(user_id, kind, value, seconds, name, first=True) != WriteResult.THERE_ALREADY

    def drop(self, user_id: str, kind: str, name: str = "") -> None:
        try:
            with redis_client.store_errors():
                self._redis.delete(key_names.of_user(user_id, kind, name))
        except StoreUnavailable as error:
            log.warning("record not dropped", extra={"kind": kind, "detail": error.detail})

    def _write(self, user_id: str, kind: str, value: Any, seconds: int, name: str, first: bool = False) -> WriteResult:
        key = key_names.of_user(user_id, kind, name)
        sealed = self._ring.encrypt(kind, key, msgspec.json.encode(value))
        try:
            return self._belongings.put(user_id, key, sealed, seconds, first=first)
        except StoreUnavailable as error:
            log.warning("record not written", extra={"kind": kind, "detail": error.detail})
            return WriteResult.DONE
