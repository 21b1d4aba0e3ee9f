"""Sealing: authenticated encryption with a ring of keys, so that a key can be retired without losing a record."""

from __future__ import annotations

import hashlib
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = b"\x01"
_KEY_ID, _NONCE, _TAG = 4, 12, 16
_HEAD = len(VERSION) + _KEY_ID
#: So many records, of up to this size, are at hand once opened: a session and its tokens are opened with each call.
AT_HAND, AT_HAND_BYTES = 512, 4096


class CannotDecrypt(Exception):
    """The record was not encrypted by us for this owner and kind, or its key has left the ring."""


class KeyRing:
    """Seals with the newest key and opens with any.

    A encrypted record is: version (1 byte), key id (4), nonce (12), ciphertext and tag of AES-256-GCM. The kind of
    record and its owner are associated data: a record put in another's place, or used as another kind, does not open.
    """

    def __init__(self, keys: tuple[bytes, ...]) -> None:
        self._ciphers = {hashlib.sha256(b"key id:" + key).digest()[:_KEY_ID]: AESGCM(key) for key in keys}
        self._newest = next(iter(self._ciphers))
        self._opened = lru_cache(maxsize=AT_HAND)(self._decrypt)

    def encrypt(self, kind: str, owner: str, plain: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        encrypted = self._ciphers[self._newest].encrypt(nonce, plain, _associated(kind, owner))
        return VERSION + self._newest + nonce + encrypted

    def decrypt(self, kind: str, owner: str, encrypted: bytes) -> bytes:
        """What was encrypted. Raises CannotOpen."""
        return (self._opened if len(encrypted) <= AT_HAND_BYTES else self._decrypt)(kind, owner, encrypted)

    def _decrypt(self, kind: str, owner: str, encrypted: bytes) -> bytes:
        cipher = self._ciphers.get(encrypted[len(VERSION) : _HEAD])
        if not encrypted.startswith(VERSION) or cipher is None or len(encrypted) < _HEAD + _NONCE + _TAG:
            raise CannotDecrypt("unknown key or format")
        nonce, body = encrypted[_HEAD : _HEAD + _NONCE], encrypted[_HEAD + _NONCE :]
        try:
            return cipher.decrypt(nonce, body, _associated(kind, owner))
        except InvalidTag as error:
            raise CannotDecrypt("not encrypted for this owner and kind") from error

    @property
    def ids(self) -> list[str]:
        """The ids of the keys in the ring, newest first; an id tells nothing of its key."""
        return [each.hex() for each in self._ciphers]

    def key_id(self, encrypted: bytes) -> str:
        """The id of the key that encrypted it, in the ring or not; empty for what nobody encrypted here."""
        return encrypted[len(VERSION) : _HEAD].hex() if encrypted.startswith(VERSION) and len(encrypted) > _HEAD else ""

    def is_newest(self, encrypted: bytes) -> bool:
        """Whether the newest key encrypted it; if not, it is time to seal it again."""
        return encrypted[len(VERSION) : _HEAD] == self._newest


def _associated(kind: str, owner: str) -> bytes:
    return f"{len(kind)}:{kind}:{owner}".encode()
