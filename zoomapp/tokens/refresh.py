"""The token refresh: lock, reload, re-check, refresh, save, release.

Zoom rotates refresh tokens: each can be used once, and a second use ends the grant. So one worker refreshes at a time,
over all processes and machines (a lease in the store). The new tokens are saved only in place of the record that was
refreshed.
"""

from __future__ import annotations

import dataclasses
import logging
import math
import threading
import time
from collections.abc import Callable
from enum import Enum

from zoomapp import deadline, metrics
from zoomapp.errors import (
    RateLimited,
    RefreshRefused,
    SessionExpired,
    ShuttingDown,
    StoreUnavailable,
    UpstreamError,
    UpstreamTimeout,
    ZoomAppError,
)
from zoomapp.log_setup import hash_user_id
from zoomapp.store import key_names
from zoomapp.tokens.records import TokenRecords
from zoomapp.tokens.unsaved import UnsavedRefresh, UnsavedTokens
from zoomapp.zoom.oauth import InvalidGrant, RevocationRefused, TokenRefused, TokenSet, ZoomOAuth

log = logging.getLogger(__name__)

#: A worker that dies blocks the refresh for this long. One that lives extends its lease every third of it.
LEASE_SECONDS = 6.0
#: How often a worker without the lease looks whether the record has changed.
POLL_SECONDS = 0.025
#: Other workers share a failure for this long instead of asking Zoom again.
FAILURE_SECONDS = 1.5
#: Where Zoom asked for a pause they share it for as long, but no longer than this.
MAX_FAILURE_SECONDS = 60.0
#: A refusal that does not end the grant is shared for this long: Zoom is not asked again until then.
REFUSED_SECONDS = 300.0


class TokenRefresh:
    """Refreshes the tokens of a user under a lease, and shares a failure with all workers."""

    def __init__(
        self,
        records: TokenRecords,
        unsaved: UnsavedTokens,
        oauth: ZoomOAuth,
        clock: Callable[[], float],
        shutting_down: threading.Event,
    ) -> None:
        self._records = records
        self._unsaved = unsaved
        self._oauth = oauth
        self._clock = clock
        self._shutting_down = shutting_down

    def run(self, user_id: str, rejected: str) -> str:
        """An access token other than ``rejected``.

        Raises NotAuthorized, SessionExpired, UpstreamError, StoreUnavailable, ShuttingDown.
        """
        lease = self._records.store.lease(user_id, LEASE_SECONDS)
        ends_at = time.monotonic() + 2 * LEASE_SECONDS + deadline.REQUEST_SECONDS
        waited = False
        while time.monotonic() < ends_at:
            # Another worker may have refreshed, or failed a moment ago: then there is nothing to do.
            record, tokens = self._records.load(user_id)
            if token := self._usable_token(user_id, record, tokens, rejected):
                return token
            # A refresh that SIGTERM interrupts would lose the grant.
            if self._shutting_down.is_set():
                raise ShuttingDown("no refresh starts after SIGTERM")

            # Lock. The lease is a write, so no refresh token is used while the store cannot be written.
            with lease.hold(extend=True) as locked:
                if locked:
                    # Reload and re-check: another worker may have refreshed just before this one got the lease.
                    record, tokens = self._records.load(user_id)
                    if token := self._usable_token(user_id, record, tokens, rejected):
                        return token
                    # Refresh and save.
                    return self._refresh(user_id, record, tokens)
            # Release: the lease ends with its block, also after an exception.

            if not waited:
                metrics.lease_wait()
                waited = True
            time.sleep(POLL_SECONDS)
        raise UpstreamTimeout("another worker's refresh did not end")

    def _usable_token(self, user_id: str, record: bytes, tokens: TokenSet, rejected: str) -> str:
        """The access token of this record, or one not saved yet, if it is not the rejected one; else an empty string.

        Raises the failure of another worker that tried to refresh this very record.
        """
        if tokens.ended:
            raise SessionExpired("the grant has ended")
        if tokens.access_token != rejected:
            return tokens.access_token
        if token := self._unsaved.access_token(user_id):
            return token
        digest, _, failure = self._records.store.load_failure(user_id).partition(" ")
        if digest == key_names.digest(record):
            raise self._shared_failure(failure)
        return ""

    def _refresh(self, user_id: str, record: bytes, tokens: TokenSet) -> str:
        """Spend the refresh token. Nothing happens between Zoom's answer and the store."""
        try:
            token = self._save(user_id, record, tokens, self._oauth.refresh(tokens))
            metrics.refresh("renewed")
            return token
        except InvalidGrant as error:
            metrics.refresh("refused")
            return self._end_grant(user_id, tokens, error)
        except TokenRefused as error:
            metrics.refresh("refused")
            return self._pause_after_refusal(user_id, tokens, error)
        except UpstreamError as error:
            metrics.refresh("failed")
            self._pause_after_outage(user_id, record, error)
            log.warning("token refresh failed", extra={"user": hash_user_id(user_id), "detail": error.detail})
            raise

    def _save(self, user_id: str, record: bytes, spent: TokenSet, refreshed: TokenSet) -> str:
        """Save the refreshed tokens, unless the user authorized again or was deleted meanwhile."""
        try:
            saved = self._records.replace_refreshed(user_id, record, spent, refreshed)
        except StoreUnavailable as error:
            self._unsaved.add(user_id, UnsavedRefresh(record, spent, refreshed))
            details = {"user": hash_user_id(user_id), "detail": error.detail}
            log.error("refreshed tokens not stored; held in memory", extra=details)
            return refreshed.access_token
        if saved:
            log.info("tokens refreshed", extra={"user": hash_user_id(user_id)})
            return refreshed.access_token
        if self._records.store.load(user_id) is None:
            # Deleted while Zoom was answering: the new tokens must not live on at Zoom.
            revoke_at_zoom(self._oauth, user_id, refreshed.access_token)
        return self._current_token(user_id)

    def _end_grant(self, user_id: str, spent: TokenSet, error: InvalidGrant) -> str:
        """Mark the grant as ended after ``invalid_grant``, unless another worker was faster: then return its token."""
        while True:
            record, tokens = self._records.load(user_id)
            if tokens.ended or tokens.refresh_token != spent.refresh_token:
                return self._current_token(user_id)
            digest = key_names.digest(spent.refresh_token)
            ended = dataclasses.replace(tokens, access_token="", refresh_token="", expires_at=0.0, ended_by=digest)
            if self._records.replace(user_id, record, ended):
                break
        log.info("grant ended", extra={"user": hash_user_id(user_id)})
        raise SessionExpired("invalid_grant") from error

    def _pause_after_refusal(self, user_id: str, spent: TokenSet, refusal: TokenRefused) -> str:
        """A refusal that does not end the grant: the record stays, and Zoom is not asked again for five minutes."""
        record, tokens = self._records.load(user_id)
        if tokens.ended or tokens.refresh_token != spent.refresh_token:
            return self._current_token(user_id)
        error = RefreshRefused(f"refresh refused: {refusal}")
        self._share_failure(user_id, record, error, REFUSED_SECONDS, REFUSED_SECONDS)
        log.warning("token refresh refused", extra={"user": hash_user_id(user_id), "detail": error.detail})
        raise error from refusal

    def _pause_after_outage(self, user_id: str, record: bytes, error: UpstreamError) -> None:
        """Let no worker ask Zoom again for a moment, or for as long as Zoom wants."""
        retry_after = error.retry_after if isinstance(error, RateLimited) else 0
        seconds = min(max(FAILURE_SECONDS, retry_after), MAX_FAILURE_SECONDS)
        self._share_failure(user_id, record, error, retry_after, seconds)

    def _share_failure(
        self, user_id: str, record: bytes, error: ZoomAppError, retry_after: float, seconds: float
    ) -> None:
        """Store for ``seconds`` why this record could not be refreshed."""
        failure = f"{key_names.digest(record)} {error.code} {self._clock() + retry_after:.1f}"
        self._records.store.save_failure(user_id, failure, seconds)

    def _shared_failure(self, failure: str) -> ZoomAppError:
        """The exception for a failure that another worker stored."""
        code, _, retry_at = failure.partition(" ")
        detail = "shared by the worker that tried"
        if code == RateLimited.code:
            return RateLimited(max(1, math.ceil(float(retry_at or 0) - self._clock())), detail=detail)
        if code == RefreshRefused.code:
            return RefreshRefused(detail)
        return UpstreamTimeout(detail) if code == UpstreamTimeout.code else UpstreamError(detail)

    def _current_token(self, user_id: str) -> str:
        """The stored access token. Raises NotAuthorized, SessionExpired."""
        record, tokens = self._records.load(user_id)
        if tokens.ended:
            raise SessionExpired("the grant has ended")
        self._records.use_newest_key(user_id, record, tokens)
        return tokens.access_token


class Revocation(Enum):
    """What became of a request that Zoom end a grant. FAILED: Zoom did not judge the token."""

    CONFIRMED, REFUSED, FAILED = range(3)


def revoke_at_zoom(oauth: ZoomOAuth, user_id: str, access_token: str) -> Revocation:
    """Ask Zoom to end the grant. Never raises: a grant that does not end is logged."""
    try:
        oauth.revoke(access_token)
    except UpstreamError as error:
        log.warning("grant not revoked at Zoom", extra={"user": hash_user_id(user_id), "detail": error.detail})
        return Revocation.REFUSED if isinstance(error, RevocationRefused) else Revocation.FAILED
    return Revocation.CONFIRMED
