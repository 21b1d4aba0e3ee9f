"""One-time download links, for a browser that has no session: valid for a minute and one use.

Zoom's embedded browser may not save a download; the system browser may, and is not signed in. Only the user and the
address are stored. The file itself is fetched with the user's own grant when the link is used.
"""

from __future__ import annotations

import secrets
from typing import cast

import msgspec
import redis

from zoomapp.errors import NotAuthorized
from zoomapp.store import key_names, redis_client, user_keys
from zoomapp.store.encrypted_records import ONE_TIME_LINK
from zoomapp.store.encryption import EncryptedRecords, KeyRing


class LinkTarget(msgspec.Struct, frozen=True):
    """The user whose file it is, and its address: path and query."""

    user_id: str
    address: str


class OneTimeLinks:
    """The download links of all users. A disconnect deletes those of the user."""

    def __init__(self, client: redis.Redis, ring: KeyRing) -> None:
        self._redis = client
        self._encrypted = EncryptedRecords(ring)
        self._user_keys = user_keys.UserKeys(client)

    def create(self, user_id: str, address: str) -> str:
        """The secret of a new link to ``address``. Raises NotAuthorized, StoreUnavailable."""
        secret = f"{key_names.tag(user_id)}.{secrets.token_urlsafe(24)}"
        key = _key(secret)
        encrypted = self._encrypted.encode(ONE_TIME_LINK, key, LinkTarget(user_id, address))
        if self._user_keys.put(user_id, key, encrypted, ONE_TIME_LINK.seconds) is user_keys.WriteResult.NOT_CONNECTED:
            raise NotAuthorized("no tokens stored")
        return secret

    def redeem(self, secret: str, address: str) -> str | None:
        """The user whose file at ``address`` may be fetched, once. None for a used, expired or wrong link.

        Raises StoreUnavailable.
        """
        key = _key(secret)
        with redis_client.store_errors():
            encrypted = cast("bytes | None", self._redis.getdel(key))
        target = self._encrypted.decode(ONE_TIME_LINK, key, encrypted, LinkTarget)
        return target.user_id if target and target.address == address else None


def _key(secret: str) -> str:
    """The key of the link with this secret, whose first part is the tag of the user."""
    tag, _, rest = secret.partition(".")
    return key_names.tagged(key_names.clean(tag), ONE_TIME_LINK.name, key_names.digest(rest))
