"""Files to be fetched once by a browser that has no session: the link is the key, good for a minute and one use.

Zoom's embedded view may not save a download; the system browser does, and knows nobody there. What is kept is who may
fetch what, never the file: it comes when it is asked for, by that person's own grant, however large it is.
"""

from __future__ import annotations

import secrets
from typing import cast

import msgspec
import redis

from zoomapp.errors import NotAuthorized
from zoomapp.store import key_names, redis_client, user_keys
from zoomapp.store.encryption import CannotDecrypt, KeyRing

KIND = "file"
SECONDS = 60


class LinkTarget(msgspec.Struct, frozen=True):
    """Whose file it is, and its address: path and query."""

    user_id: str
    address: str


class OneTimeLinks:
    """Files between the one who leaves them and the one who has the link. Whoever disconnects takes theirs along."""

    def __init__(self, client: redis.Redis, ring: KeyRing) -> None:
        self._redis = client
        self._ring = ring

    def leave(self, user_id: str, address: str) -> str:
        """For a minute, ``address`` may be fetched for this person; the secret that does.

        Raises NotAuthorized, StoreUnavailable.
        """
        secret = f"{key_names.tag(user_id)}.{secrets.token_urlsafe(24)}"
        key = _key(secret)
        sealed = self._ring.encrypt(KIND, key, msgspec.msgpack.encode(LinkTarget(user_id, address)))
        if user_keys.UserKeys(self._redis).put(user_id, key, sealed, SECONDS) is user_keys.WriteResult.NOT_CONNECTED:
            raise NotAuthorized("no tokens kept")
        return secret

    def take(self, secret: str, address: str) -> str | None:
        """For whom this very address may be fetched, once; None for a link that was used, is too old or of another.

        Raises StoreUnavailable.
        """
        key = _key(secret)
        with redis_client.store_errors():
            sealed = cast("bytes | None", self._redis.getdel(key))
        try:
            left = msgspec.msgpack.decode(self._ring.decrypt(KIND, key, sealed), type=LinkTarget) if sealed else None
        except (CannotDecrypt, msgspec.MsgspecError):
            return None
        return left.user_id if left and left.address == address else None


def _key(secret: str) -> str:
    """Under the tag of whoever left it, which is the secret's first part."""
    tag, _, rest = secret.partition(".")
    return key_names.tagged(key_names.clean(tag), KIND, key_names.digest(rest))
