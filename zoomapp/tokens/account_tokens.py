"""The access token of one whole account (Server-to-Server credentials), which all processes share.

Zoom issues such a token for the asking, without a refresh token. One worker requests it (single flight in the process,
a lease in Redis over all of them), and everybody uses it until shortly before it expires. A refusal or an outage is
shared in the same record, so that Zoom is not asked again at once.
https://developers.zoom.us/docs/internal-apps/s2s-oauth/
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import redis

from zoomapp import deadline
from zoomapp.errors import (
    AccountRefused,
    RateLimited,
    StoreUnavailable,
    UpstreamError,
    UpstreamTimeout,
    ZoomAppError,
)
from zoomapp.single_flight import SingleFlight
from zoomapp.store import key_names, redis_client
from zoomapp.store.encrypted_records import ACCOUNT_TOKEN, ACCOUNT_TOKEN_LEASE
from zoomapp.store.encryption import EncryptedRecords, KeyRing
from zoomapp.store.leases import Leases
from zoomapp.zoom.oauth import TokenSet, ZoomOAuth

log = logging.getLogger(__name__)

#: A token this close to its end is not used; never more than a tenth of its life.
MARGIN_SECONDS = 60.0
#: How long a caller waits for another one that requests the token.
WAIT_SECONDS = 25.0
#: A worker that dies blocks the others for this long.
LEASE_SECONDS = 6.0
#: For how long no other token is requested after a refusal and after an outage.
REFUSED_SECONDS, FAILED_SECONDS = 300.0, 1.5


@dataclass(frozen=True)
class AccountToken:
    """The stored record: a token or, with ``failed``, the reason why there is none. Both until ``ends_at``."""

    ends_at: float
    access_token: str = field(default="", repr=False)
    failed: str = ""
    detail: str = ""


class AccountTokens:
    """The token of one account. One per process; safe to use from many threads."""

    def __init__(
        self, client: redis.Redis, ring: KeyRing, oauth: ZoomOAuth, account_id: str, clock: Callable[[], float]
    ) -> None:
        self.account_id = account_id
        self._redis = client
        self._encrypted = EncryptedRecords(ring)
        self._leases = Leases(client)
        self._oauth = oauth
        self._clock = clock
        self._flights = SingleFlight()
        # Other credentials have another record: a corrected secret takes effect at once.
        credentials = key_names.digest(f"{oauth.client_id} {oauth.client_secrets.in_use}")
        tag = key_names.tag(account_id)
        self._key = key_names.tagged(tag, ACCOUNT_TOKEN.name, credentials)
        self._lease_key = key_names.tagged(tag, ACCOUNT_TOKEN_LEASE.name, credentials)

    def access_token(self, rejected: str = "") -> str:
        """An access token other than ``rejected``. Many callers cost one request to Zoom.

        Raises AccountRefused, UpstreamError, StoreUnavailable.
        """
        if token := self._usable_token(rejected):
            return token
        with self._flights.turn(self._key, deadline.remaining(WAIT_SECONDS)):
            return self._request_once(rejected)

    def pause(self, refusal: AccountRefused) -> None:
        """Request no token for some minutes: Zoom's API refuses a fresh one."""
        self._save(AccountToken(self._clock() + REFUSED_SECONDS, failed="refused", detail=refusal.detail))
        log.warning("account credentials refused", extra={"detail": refusal.detail})

    def new_tokens(self) -> TokenSet:
        """Fresh tokens from Zoom, which are not saved: for the doctor. Raises AccountRefused, UpstreamError."""
        return self._oauth.account_tokens(self.account_id)

    def _request_once(self, rejected: str) -> str:
        """The token, requested by the worker that gets the lease."""
        lease = self._leases.lease(self._lease_key, LEASE_SECONDS)
        waits_until = time.monotonic() + deadline.remaining(WAIT_SECONDS)
        while True:
            with lease.hold(wait_seconds=waits_until - time.monotonic(), extend=True) as taken:
                # Load again: another worker may have requested it just before.
                if token := self._usable_token(rejected):
                    return token
                if taken:
                    return self._request()
            if time.monotonic() >= waits_until:
                raise UpstreamTimeout("another worker's request of the account token did not end")

    def _usable_token(self, rejected: str) -> str:
        """The stored token; "" if there is none that can be used. Raises a failure that is stored."""
        encrypted = redis_client.load(self._redis, self._key)
        record = self._encrypted.decode(ACCOUNT_TOKEN, self._key, encrypted, AccountToken)
        if record is None or record.ends_at <= self._clock():
            return ""
        if record.failed:
            raise self._stored_failure(record)
        return record.access_token if record.access_token != rejected else ""

    def _stored_failure(self, record: AccountToken) -> ZoomAppError:
        if record.failed == "refused":
            return AccountRefused(record.detail)
        if record.failed == RateLimited.code:
            return RateLimited(max(1, math.ceil(record.ends_at - self._clock())), detail=record.detail)
        return UpstreamError(record.detail)

    def _request(self) -> str:
        try:
            tokens = self._oauth.account_tokens(self.account_id)
        except AccountRefused as error:
            self.pause(error)
            raise
        except UpstreamError as error:
            seconds = max(FAILED_SECONDS, getattr(error, "retry_after", 0))
            self._save(AccountToken(self._clock() + seconds, failed=error.code, detail=error.detail))
            log.warning("account token request failed", extra={"detail": error.detail})
            raise
        margin_seconds = min(MARGIN_SECONDS, (tokens.expires_at - tokens.issued_at) / 10)
        self._save(AccountToken(tokens.expires_at - margin_seconds, tokens.access_token))
        log.info("account token requested")
        return tokens.access_token

    def _save(self, record: AccountToken) -> None:
        seconds = min(ACCOUNT_TOKEN.seconds, max(1, math.ceil(record.ends_at - self._clock())))
        try:
            with redis_client.store_errors():
                encrypted = self._encrypted.encode(ACCOUNT_TOKEN, self._key, record)
                self._redis.set(self._key, encrypted, ex=seconds)
        except StoreUnavailable as error:
            log.warning("account token not saved", extra={"detail": error.detail})
