"""Forms that take effect once: each carries a random key, and a second sending gets the first one's result."""

from __future__ import annotations

import re
import secrets

from zoomapp.store import key_names
from zoomapp.store.user_records import UserRecords

#: As long as somebody might reload or go back to the form.
DAY_SECONDS = 86400
KIND = "once"
PENDING = ""

_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")


def new_key() -> str:
    """A key for a fresh form."""
    return secrets.token_urlsafe(16)


class IdempotencyKeys:
    """The forms of one user."""

    def __init__(self, kept: UserRecords, user_id: str) -> None:
        self._kept = kept
        self._user_id = user_id

    def begin(self, key: str) -> bool:
        """Whether this is the first sending. A key that is not one of ours protects nothing, and never was sent."""
        return not _KEY.fullmatch(key) or self._kept.claim(
            self._user_id, KIND, PENDING, DAY_SECONDS, key_names.digest(key)
        )

    def result(self, key: str) -> str | None:
        """What the first sending led to; ``PENDING`` while it is under way, None if there was none."""
        kept = self._kept.load(self._user_id, KIND, key_names.digest(key))
        return kept if isinstance(kept, str) else None

    def finish(self, key: str, result: str) -> None:
        self._kept.save(self._user_id, KIND, result, DAY_SECONDS, key_names.digest(key))

    def give_up(self, key: str) -> None:
        """Nothing came of it: the same form may be sent again."""
        self._kept.drop(self._user_id, KIND, key_names.digest(key))
