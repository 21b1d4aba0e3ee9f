"""Files to be fetched once by a browser that has no session: the link is the key, good for a minute and one use.

Zoom's embedded view may not save a download; the system browser does, and knows nobody there.
"""

from __future__ import annotations

import secrets
from typing import cast

import msgspec
import redis

from zoomapp import keys, storage
from zoomapp.errors import NotAuthorized, TooLarge
from zoomapp.tokens.cipher import CannotOpen, KeyRing

KIND = "file"
SECONDS = 60
MOST_BYTES = 8 * 1024 * 1024


class File(msgspec.Struct, frozen=True):
    """A whole file: its bytes and the two header fields that say what it is."""

    body: bytes
    content_type: str
    disposition: str


class Handed:
    """Files between the one who leaves them and the one who has the link. Whoever disconnects takes theirs along."""

    def __init__(self, client: redis.Redis, ring: KeyRing) -> None:
        self._redis = client
        self._ring = ring

    def leave(self, user_id: str, file: File) -> str:
        """Keep ``file`` for a minute; the secret that fetches it. Raises TooLarge, NotAuthorized, StoreUnavailable."""
        if len(file.body) > MOST_BYTES:
            raise TooLarge(f"a file of {len(file.body)} bytes")
        secret = f"{keys.tag(user_id)}.{secrets.token_urlsafe(24)}"
        key = _key(secret)
        sealed = self._ring.seal(KIND, key, msgspec.msgpack.encode(file))
        if storage.Belongings(self._redis).put(user_id, key, sealed, SECONDS) is storage.Put.NOT_CONNECTED:
            raise NotAuthorized("no tokens kept")
        return secret

    def take(self, secret: str) -> File | None:
        """The file, once; None when the link was used or is too old. Raises StoreUnavailable."""
        key = _key(secret)
        with storage.named_failures():
            sealed = cast("bytes | None", self._redis.getdel(key))
        try:
            return msgspec.msgpack.decode(self._ring.open(KIND, key, sealed), type=File) if sealed else None
        except (CannotOpen, msgspec.MsgspecError):
            return None


def _key(secret: str) -> str:
    """Under the tag of whoever left it, which is the secret's first part."""
    tag, _, rest = secret.partition(".")
    return keys.tagged(keys.clean(tag), KIND, keys.digest(rest))
