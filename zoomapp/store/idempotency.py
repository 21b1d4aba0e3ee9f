"""Idempotency keys of forms: a form that is sent twice takes effect once and gets the first result."""

from __future__ import annotations

import re
import secrets

from zoomapp.store import key_names
from zoomapp.store.encrypted_records import IDEMPOTENCY_KEY
from zoomapp.store.user_records import UserRecords

#: The result of a form whose first request is still running.
PENDING = ""

_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")


def new_key() -> str:
    """A random key for a new form."""
    return secrets.token_urlsafe(16)


class IdempotencyKeys:
    """The keys of the forms that one user sent."""

    def __init__(self, records: UserRecords, user_id: str) -> None:
        self._records = records
        self._user_id = user_id

    def begin(self, key: str) -> bool:
        """Whether this is the first request with this key. True for a malformed key: it protects nothing."""
        return not _KEY.fullmatch(key) or self._records.claim(
            self._user_id, IDEMPOTENCY_KEY, PENDING, IDEMPOTENCY_KEY.seconds, key_names.digest(key)
        )

    def result(self, key: str) -> str | None:
        """The result of the first request; ``PENDING`` while it is running, None if there was none."""
        result = self._records.load(self._user_id, IDEMPOTENCY_KEY, key_names.digest(key))
        return result if isinstance(result, str) else None

    def finish(self, key: str, result: str) -> None:
        self._records.save(self._user_id, IDEMPOTENCY_KEY, result, IDEMPOTENCY_KEY.seconds, key_names.digest(key))

    def give_up(self, key: str) -> None:
        """Forget the first request, which failed: the same form may be sent again."""
        self._records.delete(self._user_id, IDEMPOTENCY_KEY, key_names.digest(key))
