"""Refreshed tokens that the store did not accept: held in memory and offered to the store until it takes them.

Zoom has spent the old refresh token by then, so these tokens are the only good ones.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass

from zoomapp.errors import StoreUnavailable
from zoomapp.log_setup import hash_user_id
from zoomapp.tokens.records import TokenRecords
from zoomapp.zoom.oauth import TokenSet

log = logging.getLogger(__name__)

#: How often the tokens are offered.
RETRY_SECONDS = 0.2
#: The host kills the process soon after SIGTERM: from then on the tokens are offered for this long.
SHUTDOWN_SECONDS = 20.0


@dataclass(frozen=True)
class UnsavedRefresh:
    """The refreshed tokens, with the record and the tokens that they replace."""

    record: bytes
    spent: TokenSet
    refreshed: TokenSet


class UnsavedTokens:
    """The unsaved tokens of this process, by user."""

    def __init__(self, records: TokenRecords, shutting_down: threading.Event) -> None:
        self._records = records
        self._shutting_down = shutting_down
        self._by_user: dict[str, UnsavedRefresh] = {}

    def __len__(self) -> int:
        return len(self._by_user)

    def access_token(self, user_id: str) -> str:
        """The user's unsaved access token, or an empty string."""
        unsaved = self._by_user.get(user_id)
        return unsaved.refreshed.access_token if unsaved else ""

    def add(self, user_id: str, unsaved: UnsavedRefresh) -> None:
        """Offer these tokens to the store, in a thread, until it takes them."""
        self._by_user[user_id] = unsaved
        threading.Thread(target=self._offer, args=(user_id,), name="unsaved-tokens").start()

    def discard(self, user_id: str) -> None:
        """Offer this user's tokens no more."""
        self._by_user.pop(user_id, None)

    def _offer(self, user_id: str) -> None:
        ends_at = float("inf")
        while (unsaved := self._by_user.get(user_id)) is not None and time.monotonic() < ends_at:
            if self._shutting_down.is_set():
                ends_at = min(ends_at, time.monotonic() + SHUTDOWN_SECONDS)
            try:
                saved = self._records.replace_refreshed(user_id, unsaved.record, unsaved.spent, unsaved.refreshed)
            except StoreUnavailable:
                time.sleep(RETRY_SECONDS)
                continue
            self.discard(user_id)
            log.warning("unsaved tokens settled", extra={"user": hash_user_id(user_id), "saved": saved})
