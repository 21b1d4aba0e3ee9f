"""Token records: a user's tokens as encrypted bytes, read from the store and replaced in it."""

from __future__ import annotations

import logging

from zoomapp.errors import NotAuthorized, StoreUnavailable
from zoomapp.log_setup import hash_user_id
from zoomapp.store import key_names
from zoomapp.store.encrypted_records import TOKENS
from zoomapp.store.encryption import CannotDecrypt, EncryptedRecords, KeyRing
from zoomapp.tokens.store import TokenStore
from zoomapp.zoom.oauth import TokenSet

log = logging.getLogger(__name__)


class TokenRecords:
    """Encrypts, decrypts and replaces the records of a store."""

    def __init__(self, store: TokenStore, ring: KeyRing) -> None:
        self.store = store
        self._ring = ring
        self._encrypted = EncryptedRecords(ring)

    def load(self, user_id: str, record: bytes | None = None) -> tuple[bytes, TokenSet]:
        """The record and its tokens. ``record``: as the caller has just read it.

        Raises NotAuthorized when there is no record or it cannot be decrypted, StoreUnavailable.
        """
        record = record or self.store.load(user_id)
        if record is None:
            raise NotAuthorized("no tokens stored")
        try:
            return record, self._decrypt(user_id, record)
        except CannotDecrypt as error:
            log.error("token record cannot be decrypted", extra={"user": hash_user_id(user_id), "detail": str(error)})
            raise NotAuthorized("the token record cannot be decrypted") from error

    def save(self, user_id: str, tokens: TokenSet) -> None:
        """Store these tokens; an earlier record is overwritten. Raises StoreUnavailable."""
        self.store.save(user_id, self._encrypt(tokens))

    def replace(self, user_id: str, record: bytes, tokens: TokenSet) -> bool:
        """Store these tokens in place of ``record``; False when another record is stored. Raises StoreUnavailable."""
        return self.store.compare_and_set(user_id, record, self._encrypt(tokens))

    def replace_refreshed(self, user_id: str, record: bytes, spent: TokenSet, refreshed: TokenSet) -> bool:
        """Store the refreshed tokens in place of ``record``, which holds the ``spent`` ones.

        They also replace the same tokens encrypted again under another key, or marked as ended. False when the user
        was deleted or authorized again. Raises StoreUnavailable, also when the stored record cannot be decrypted here.
        """
        encrypted = self._encrypt(refreshed)
        while not self.store.compare_and_set(user_id, record, encrypted):
            current = self.store.load(user_id)
            if current is None or not self._has_same_grant(user_id, current, spent):
                log.warning("refreshed tokens are outdated", extra={"user": hash_user_id(user_id)})
                return False
            record = current
        return True

    def use_newest_key(self, user_id: str, record: bytes, tokens: TokenSet) -> None:
        """Encrypt the record again if an old key encrypted it. A store that cannot write does not matter."""
        if self._ring.is_newest(record):
            return
        try:
            self.replace(user_id, record, tokens)
        except StoreUnavailable as error:
            log.warning(
                "token record not encrypted again", extra={"user": hash_user_id(user_id), "detail": error.detail}
            )

    def _has_same_grant(self, user_id: str, current: bytes, spent: TokenSet) -> bool:
        """Whether a stored record holds the spent refresh token, or marks it as ended."""
        try:
            tokens = self._decrypt(user_id, current)
        except CannotDecrypt as error:
            # A process with a newer key may have encrypted it again. This process cannot read which tokens they are.
            raise StoreUnavailable("the record is under a key that is not in this ring") from error
        return tokens.refresh_token == spent.refresh_token or tokens.ended_by == key_names.digest(spent.refresh_token)

    def _decrypt(self, user_id: str, record: bytes) -> TokenSet:
        return self._encrypted.decode_or_raise(TOKENS, key_names.tag(user_id), record, TokenSet)

    def _encrypt(self, tokens: TokenSet) -> bytes:
        return self._encrypted.encode(TOKENS, key_names.tag(tokens.user_id), tokens)
