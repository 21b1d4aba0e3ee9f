"""Authenticated encryption of records, with a ring of keys so that a key can be replaced without losing a record."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from zoomapp.store.encrypted_records import RecordKind

log = logging.getLogger(__name__)

T = TypeVar("T")

VERSION = b"\x01"
_KEY_ID, _NONCE, _TAG = 4, 12, 16
_HEAD = len(VERSION) + _KEY_ID

_CODECS: dict[str, tuple[Callable[[Any], bytes], Callable[..., Any]]] = {
    "json": (msgspec.json.encode, msgspec.json.decode),
    "msgpack": (msgspec.msgpack.encode, msgspec.msgpack.decode),
}


class CannotDecrypt(Exception):
    """The record was not encrypted by this app for this owner and kind, or its key is not in the ring."""


class KeyRing:
    """Encrypts with the newest key and decrypts with any.

    An encrypted record is: version (1 byte), key id (4), nonce (12), ciphertext and tag of AES-256-GCM. The kind of
    record and its owner are associated data: a record copied to another owner or kind cannot be decrypted.
    """

    def __init__(self, keys: tuple[bytes, ...]) -> None:
        self._ciphers = {hashlib.sha256(b"key id:" + key).digest()[:_KEY_ID]: AESGCM(key) for key in keys}
        self._newest = next(iter(self._ciphers))

    def encrypt(self, kind: str, owner: str, plain: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        encrypted = self._ciphers[self._newest].encrypt(nonce, plain, _associated(kind, owner))
        return VERSION + self._newest + nonce + encrypted

    def decrypt(self, kind: str, owner: str, encrypted: bytes) -> bytes:
        """The plaintext. Raises CannotDecrypt."""
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
        """The ids of the keys in the ring, newest first. An id reveals nothing about its key."""
        return [key_id.hex() for key_id in self._ciphers]

    def key_id(self, encrypted: bytes) -> str:
        """The id of the key that encrypted this record, in the ring or not; empty for other bytes."""
        return encrypted[len(VERSION) : _HEAD].hex() if encrypted.startswith(VERSION) and len(encrypted) > _HEAD else ""

    def is_newest(self, encrypted: bytes) -> bool:
        """Whether the newest key encrypted this record; if not, it should be encrypted again."""
        return encrypted[len(VERSION) : _HEAD] == self._newest


def _associated(kind: str, owner: str) -> bytes:
    return f"{len(kind)}:{kind}:{owner}".encode()


class EncryptedRecords:
    """Encrypts values for one kind of record and owner, and decrypts them."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring

    def encode(self, kind: RecordKind, owner: str, value: Any) -> bytes:
        """The value, serialized and encrypted. ``owner``: the key, or what ``kind.bound_to`` says instead."""
        encode, _ = _CODECS[kind.codec]
        return self._ring.encrypt(kind.encryption_name, owner, encode(value))

    def decode(self, kind: RecordKind, owner: str, encrypted: bytes | None, type: type[T]) -> T | None:
        """The value; None if there is none or it is unreadable, which is logged."""
        if encrypted is None:
            return None
        try:
            return self.decode_or_raise(kind, owner, encrypted, type)
        except CannotDecrypt as error:
            log.warning("record not readable", extra={"kind": kind.name, "detail": str(error)})
            return None

    def decode_or_raise(self, kind: RecordKind, owner: str, encrypted: bytes, type: type[T]) -> T:
        """The value. Raises CannotDecrypt, also for a value of another type."""
        _, decode = _CODECS[kind.codec]
        try:
            value: T = decode(self._ring.decrypt(kind.encryption_name, owner, encrypted), type=type)
            return value
        except msgspec.MsgspecError as error:
            raise CannotDecrypt(f"not a valid {kind.name} record: {error}") from error
