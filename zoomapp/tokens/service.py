"""Access tokens for Zoom: load, refresh, save, delete and revoke a user's tokens.

A refresh runs once over threads (single flight), and once over processes and machines (``refresh.py``).
"""

from __future__ import annotations

import dataclasses
import logging
import secrets
import threading
import time
from collections.abc import Callable

from zoomapp import deadline
from zoomapp.errors import NotAuthorized, SessionExpired, ShuttingDown, UpstreamTimeout, ZoomAppError
from zoomapp.log_setup import hash_user_id
from zoomapp.single_flight import SingleFlight
from zoomapp.store.encryption import KeyRing
from zoomapp.tokens.records import TokenRecords
from zoomapp.tokens.refresh import Revocation, TokenRefresh, revoke_at_zoom
from zoomapp.tokens.store import TokenStore
from zoomapp.tokens.unsaved import UnsavedTokens
from zoomapp.zoom.oauth import TokenSet, ZoomOAuth

log = logging.getLogger(__name__)

#: Our clock and Zoom's differ, and a call takes a while: a token this close to its end is not used.
SKEW_SECONDS = 10.0
#: How long a caller without a deadline waits for a refresh.
WAIT_SECONDS = 60.0
#: After a failed early refresh the old token still works: this long no other early refresh starts.
PAUSE_SECONDS = 10.0


class TokenService:
    """Gives out access tokens. One per app; safe to use from many threads."""

    def __init__(
        self,
        store: TokenStore,
        ring: KeyRing,
        oauth: ZoomOAuth,
        margin_seconds: float = 300.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.store = store
        self._oauth = oauth
        self._margin_seconds = margin_seconds
        self._clock = clock
        self._shutting_down = threading.Event()
        self._records = TokenRecords(store, ring)
        self.unsaved = UnsavedTokens(self._records, self._shutting_down)
        self._refresh = TokenRefresh(self._records, self.unsaved, oauth, clock, self._shutting_down)
        self._flights = SingleFlight()
        #: By user: when the next early refresh may start, in monotonic seconds.
        self._early_refresh_at: dict[str, float] = {}

    def access_token(self, user_id: str, record: bytes | None = None) -> str:
        """An access token that is good for some seconds more; one near its end is refreshed in the background.

        ``record``: the stored record, if the caller has just read it along with something else.
        Raises NotAuthorized, SessionExpired, UpstreamError, StoreUnavailable, ShuttingDown.
        """
        tokens = self.load(user_id, record)
        seconds = tokens.expires_at - self._clock()
        if seconds > min(self._margin_seconds, (tokens.expires_at - tokens.issued_at) / 10):
            return tokens.access_token
        if seconds > SKEW_SECONDS:
            self._refresh_early(user_id, tokens.access_token)
            return tokens.access_token
        return self.refresh(user_id, rejected=tokens.access_token)

    def refresh(self, user_id: str, *, rejected: str) -> str:
        """An access token other than ``rejected``. Many callers cost one refresh. Raises as ``access_token``."""
        # Named after the rejected token: no caller joins a flight whose outcome may be the token it cannot use.
        flight = self._flights.start(rejected, lambda: self._refresh.run(user_id, rejected))
        if flight is None:
            raise ShuttingDown("no refresh starts after SIGTERM")
        token = flight.result(deadline.remaining(WAIT_SECONDS))
        if token is None:
            raise UpstreamTimeout("the refresh is still under way")
        return token

    def load(self, user_id: str, record: bytes | None = None) -> TokenSet:
        """The stored tokens. Raises NotAuthorized, SessionExpired, StoreUnavailable."""
        record, tokens = self._records.load(user_id, record)
        if tokens.ended:
            raise SessionExpired("the grant has ended")
        self._records.use_newest_key(user_id, record, tokens)
        return tokens

    def scopes(self, user_id: str) -> frozenset[str]:
        """The scopes of the stored grant. Raises as ``load``."""
        return self.load(user_id).scopes

    def save(self, user_id: str, tokens: TokenSet, account_id: str = "") -> None:
        """Save a new authorization. Any earlier one is dead at Zoom already (its error 4741)."""
        new_grant = dataclasses.replace(
            tokens, user_id=user_id, account_id=account_id, grant_id=secrets.token_hex(8), ended_by=""
        )
        self.unsaved.discard(user_id)
        self._records.save(user_id, new_grant)
        log.info("tokens saved", extra={"user": hash_user_id(user_id)})

    def delete(self, user_id: str) -> bool:
        """Delete everything that is stored of a user. False when there were no tokens."""
        self.unsaved.discard(user_id)
        had_tokens = self.store.delete(user_id)
        log.info("user deleted", extra={"user": hash_user_id(user_id), "had_tokens": had_tokens})
        return had_tokens

    def revoke(self, user_id: str) -> Revocation:
        """Revoke the grant at Zoom and delete the user, also when Zoom refuses or cannot be reached."""
        try:
            result = revoke_at_zoom(self._oauth, user_id, self.load(user_id).access_token)
        except (NotAuthorized, SessionExpired):
            result = Revocation.REFUSED
        self.delete(user_id)
        return result

    def begin_shutdown(self) -> None:
        """Start no refresh from now on: one that is killed half-way would lose the grant."""
        self._shutting_down.set()
        self._flights.close()

    def _refresh_early(self, user_id: str, access_token: str) -> None:
        """Start a refresh in the background."""
        if self._early_refresh_at.get(user_id, 0.0) <= time.monotonic():
            self._flights.start(access_token, lambda: self._refresh_or_pause(user_id, access_token))

    def _refresh_or_pause(self, user_id: str, access_token: str) -> str:
        self._early_refresh_at.pop(user_id, None)
        try:
            return self._refresh.run(user_id, access_token)
        except ZoomAppError:
            self._early_refresh_at[user_id] = time.monotonic() + PAUSE_SECONDS
            raise
