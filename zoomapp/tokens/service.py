"""When a token is given, replaced, kept and given up.

Zoom rotates refresh tokens: each is good for one renewal, and the loser of a race has lost the grant. So one worker
renews at a time, over threads (a flight), processes and machines (a lease in the store), and what it got is kept only
if the record is still the one it began with.
"""

from __future__ import annotations

import dataclasses
import logging
import math
import secrets
import threading
import time
from collections.abc import Callable

from zoomapp import deadline, metrics
from zoomapp.errors import (
    NotAuthorized,
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
from zoomapp.single_flight import SingleFlight
from zoomapp.store import key_names
from zoomapp.store.encrypted_records import TOKENS, EncryptedRecords
from zoomapp.store.encryption import CannotDecrypt, KeyRing
from zoomapp.tokens.store import TokenStore
from zoomapp.zoom.oauth import InvalidGrant, TokenRefused, TokenSet, ZoomOAuth

log = logging.getLogger(__name__)

#: Our clock and Zoom's differ, and a call takes a while: a token this close to its end is not given out.
SKEW_SECONDS = 10.0
#: A dead owner blocks a renewal for this long; a living one extends its lease every third of it.
LEASE_SECONDS = 6.0
#: How often those without the lease look whether the record has changed.
LOOK_SECONDS = 0.025
#: Waiters, and whoever comes right after them, share a failure for this long instead of repeating it.
FAILURE_SECONDS = 1.5
#: Where Zoom asked for a pause, they share that for as long, yet no longer than this.
MOST_FAILURE_SECONDS = 60.0
#: A refusal that ends no grant is shared for this long: Zoom is not asked again until then.
REFUSED_SECONDS = 300.0
#: After a failure ahead of time the old token goes on working; do not ask again at once.
PAUSE_SECONDS = 10.0
#: A renewed pair that the store would not take is offered to it this often.
RETRY_SECONDS = 0.2
#: After SIGTERM the host kills us soon; held tokens are offered for this long more.
HOLD_SECONDS = 20.0


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
        self._ring = ring
        self._encrypted = EncryptedRecords(ring)
        self._oauth = oauth
        self._margin = margin_seconds
        self._clock = clock
        self._flights = SingleFlight()
        self._pauses: dict[str, float] = {}
        #: Renewed tokens that the store did not take yet, with the record they replace.
        self._held: dict[str, tuple[bytes, TokenSet]] = {}
        self._ending = threading.Event()

    # What others ask for

    def access_token(self, user_id: str, record: bytes | None = None) -> str:
        """A token good for some seconds more; it is renewed ahead of its end, while the old one still works.

        ``record``: what lies in the store, if the caller has just read it along with something else.
        Raises NotAuthorized, SessionExpired, UpstreamError, StoreUnavailable or ShuttingDown.
        """
        tokens = self.load(user_id, record)
        left = tokens.expires_at - self._clock()
        if left > self._margin_of(tokens):
            return tokens.access_token
        if left > SKEW_SECONDS:
            self._renew_ahead(user_id, tokens)
            return tokens.access_token
        return self.replace(user_id, rejected=tokens.access_token)

    def replace(self, user_id: str, *, rejected: str) -> str:
        """A token other than ``rejected``; many callers, one renewal (single-flight). Raises as ``access_token``."""
        # Named by the token it replaces: no caller joins a flight whose outcome may be the very token it was refused.
        flight = self._flights.join(rejected, lambda: self._renew(user_id, rejected))
        if flight is None:
            raise ShuttingDown("no renewal is begun after SIGTERM")
        token = flight.result(deadline.remaining(60.0))
        if token is None:
            raise UpstreamTimeout("renewal is still under way")
        return token

    def load(self, user_id: str, record: bytes | None = None) -> TokenSet:
        """The kept tokens, sealed anew if an old key sealed them. Raises NotAuthorized, SessionExpired."""
        record, tokens = self._record(user_id, record)
        if tokens.ended:
            raise SessionExpired("the grant has ended")
        if not self._ring.is_newest(record):
            self._seal_anew(user_id, record, tokens)
        return tokens

    def _seal_anew(self, user_id: str, record: bytes, tokens: TokenSet) -> None:
        """Under the newest key, if the store takes it: what can be read is good, whether or not it can be written."""
        try:
            self.store.swap(user_id, record, self._seal(tokens))
        except StoreUnavailable as error:
            log.warning("record not sealed anew", extra={"user": hash_user_id(user_id), "detail": error.detail})

    def scopes(self, user_id: str) -> frozenset[str]:
        """The scopes of the kept grant. Raises NotAuthorized, SessionExpired."""
        return self.load(user_id).scopes

    def keep(self, user_id: str, tokens: TokenSet, account_id: str = "") -> None:
        """Keep a new authorization; whatever was kept before is dead at Zoom already (its error 4741)."""
        named = dataclasses.replace(tokens, user_id=user_id, account_id=account_id)
        grant = dataclasses.replace(named, grant_id=secrets.token_hex(8), ended_by="")
        self._held.pop(user_id, None)
        self.store.save(user_id, self._seal(grant))
        log.info("tokens kept", extra={"user": hash_user_id(user_id)})

    def forget(self, user_id: str) -> bool:
        """Drop everything kept of a user. False when there were no tokens."""
        self._held.pop(user_id, None)
        there = self.store.forget(user_id)
        log.info("user forgotten", extra={"user": hash_user_id(user_id), "had_tokens": there})
        return there

    def give_up(self, user_id: str) -> bool:
        """Revoke at Zoom and forget. Zoom out of reach does not keep us from forgetting. True when Zoom confirmed."""
        try:
            confirmed = self._revoke(user_id, self.load(user_id))
        except (NotAuthorized, SessionExpired):
            confirmed = False
        self.forget(user_id)
        return confirmed

    def begin_shutdown(self) -> None:
        """From now on begin no renewal: one that is killed half-way would lose the grant."""
        self._ending.set()
        self._flights.close()

    def _revoke(self, user_id: str, tokens: TokenSet) -> bool:
        try:
            self._oauth.revoke(tokens.access_token)
        except UpstreamError as error:
            log.warning("grant not revoked at Zoom", extra={"user": hash_user_id(user_id), "detail": error.detail})
            return False
        return True

    # Renewing

    def _margin_of(self, tokens: TokenSet) -> float:
        return min(self._margin, (tokens.expires_at - tokens.issued_at) / 10)

    def _renew_ahead(self, user_id: str, tokens: TokenSet) -> None:
        """Begin a renewal that nobody waits for."""
        if self._pauses.get(user_id, 0.0) <= time.monotonic():
            self._flights.join(tokens.access_token, lambda: self._renew_or_pause(user_id, tokens.access_token))

    def _renew_or_pause(self, user_id: str, rejected: str) -> str:
        self._pauses.pop(user_id, None)
        try:
            return self._renew(user_id, rejected)
        except ZoomAppError:
            self._pauses[user_id] = time.monotonic() + PAUSE_SECONDS
            raise

    def _renew(self, user_id: str, rejected: str) -> str:
        """Lock, load again, look again, refresh, save, release. Runs in the flight's own thread."""
        owner = secrets.token_hex(16)
        gives_up_at = time.monotonic() + 2 * LEASE_SECONDS + deadline.REQUEST_SECONDS
        waited = False
        while time.monotonic() < gives_up_at:
            token = self._changed(user_id, rejected)
            if token:
                return token
            if self._ending.is_set():
                raise ShuttingDown("no renewal is begun after SIGTERM")
            # To take the lease is to write: a store that cannot be written to never costs a refresh token.
            if self.store.take_lease(user_id, owner, LEASE_SECONDS):
                with _Extended(self.store, user_id, owner):
                    return self._changed(user_id, rejected) or self._refresh(user_id)
            if not waited:
                metrics.lease_wait()
                waited = True
            time.sleep(LOOK_SECONDS)
        raise UpstreamTimeout("another worker's renewal did not end")

    def _changed(self, user_id: str, rejected: str) -> str:
        """The kept token if it is no longer the rejected one, else an empty string. Raises the shared failure."""
        record, tokens = self._record(user_id)
        if tokens.ended:
            raise SessionExpired("the grant has ended")
        if tokens.access_token != rejected:
            return tokens.access_token
        held = self._held.get(user_id)
        if held:
            return held[1].access_token
        mark, _, said = self.store.failure(user_id).partition(" ")
        if mark == key_names.digest(record):
            raise self._shared(said)
        return ""

    def _refresh(self, user_id: str) -> str:
        """Spend the refresh token. From the answer to the store there is nothing in between."""
        record, tokens = self._record(user_id)
        try:
            token = self._settle(user_id, record, self._oauth.refresh(tokens))
            metrics.refresh("renewed")
            return token
        except InvalidGrant as error:
            metrics.refresh("refused")
            return self._refused(user_id, record, error)
        except TokenRefused as error:
            metrics.refresh("refused")
            return self._refused_otherwise(user_id, record, error)
        except UpstreamError as error:
            metrics.refresh("failed")
            self._share(user_id, record, error)
            log.warning("tokens not renewed", extra={"user": hash_user_id(user_id), "detail": error.detail})
            raise

    def _share(self, user_id: str, record: bytes, error: UpstreamError) -> None:
        """Tell those who wait, in all workers, why there is no new token, and how long Zoom wants not to be asked."""
        wait = error.retry_after if isinstance(error, RateLimited) else 0
        self._note_failure(user_id, record, error, wait, min(max(FAILURE_SECONDS, wait), MOST_FAILURE_SECONDS))

    def _note_failure(self, user_id: str, record: bytes, error: ZoomAppError, wait: float, seconds: float) -> None:
        note = f"{key_names.digest(record)} {error.code} {self._clock() + wait:.1f}"
        self.store.note_failure(user_id, note, seconds)

    def _shared(self, said: str) -> ZoomAppError:
        """What waiters raise for a failure they did not see themselves."""
        code, _, until = said.partition(" ")
        told = "shared by the worker that tried"
        if code == RateLimited.code:
            return RateLimited(max(1, math.ceil(float(until or 0) - self._clock())), detail=told)
        if code == RefreshRefused.code:
            return RefreshRefused(told)
        return UpstreamTimeout(told) if code == UpstreamTimeout.code else UpstreamError(told)

    def _settle(self, user_id: str, record: bytes, renewed: TokenSet) -> str:
        """Keep what was renewed, unless a newer authorization or a removal came first."""
        try:
            kept = self._swap(user_id, record, renewed)
        except StoreUnavailable as error:
            self._hold(user_id, record, renewed, error.detail)
            return renewed.access_token
        if kept:
            log.info("tokens renewed", extra={"user": hash_user_id(user_id)})
            return renewed.access_token
        if self.store.load(user_id) is None:
            # Removed while Zoom was answering: what it answered must not live on there.
            self._revoke(user_id, renewed)
        return self.load(user_id).access_token

    def _swap(self, user_id: str, record: bytes, renewed: TokenSet) -> bool:
        """Put ``renewed`` in the place of ``record``, or of that same record sealed anew or marked as ended.

        Raises StoreUnavailable, also when what lies there now cannot be read here.
        """
        sealed = self._seal(renewed)
        while not self.store.swap(user_id, record, sealed):
            current = self.store.load(user_id)
            if current is None or not self._stems_from(user_id, current, record):
                log.warning("renewed tokens are outdated", extra={"user": hash_user_id(user_id)})
                return False
            record = current
        return True

    def _stems_from(self, user_id: str, current: bytes, record: bytes) -> bool:
        before = self._open(user_id, record)
        try:
            now = self._opened(user_id, current)
        except CannotDecrypt as error:
            # Sealed anew, it may be, by a process that has a key this one lacks: whose it is, nobody can tell here.
            raise StoreUnavailable("the record is under a key that is not in this ring") from error
        return before.refresh_token == now.refresh_token or now.ended_by == key_names.digest(before.refresh_token)

    def _refused(self, user_id: str, record: bytes, error: InvalidGrant) -> str:
        """``invalid_grant``: somebody else may have been faster; if not, the grant has ended."""
        spent = self._open(user_id, record).refresh_token
        while True:
            current, tokens = self._record(user_id)
            if tokens.ended or tokens.refresh_token != spent:
                return self.load(user_id).access_token
            ended = dataclasses.replace(
                tokens, access_token="", refresh_token="", expires_at=0.0, ended_by=key_names.digest(spent)
            )
            if self.store.swap(user_id, current, self._seal(ended)):
                break
        log.info("grant ended", extra={"user": hash_user_id(user_id)})
        raise SessionExpired("invalid_grant") from error

    def _refused_otherwise(self, user_id: str, record: bytes, refusal: TokenRefused) -> str:
        """A refusal that ends no grant: the record stays, and Zoom is not asked again for five minutes."""
        current, tokens = self._record(user_id)
        if tokens.ended or tokens.refresh_token != self._open(user_id, record).refresh_token:
            return self.load(user_id).access_token
        error = RefreshRefused(f"refresh refused: {refusal}")
        self._note_failure(user_id, current, error, REFUSED_SECONDS, REFUSED_SECONDS)
        log.warning("token refresh refused", extra={"user": hash_user_id(user_id), "detail": error.detail})
        raise error from refusal

    # A pair the store would not take

    def _hold(self, user_id: str, record: bytes, renewed: TokenSet, why: str) -> None:
        """Keep a renewed pair here and offer it to the store until it takes it."""
        self._held[user_id] = (record, renewed)
        log.error(
            "not stored after a renewal; tokens held in memory", extra={"user": hash_user_id(user_id), "detail": why}
        )
        threading.Thread(target=self._offer, args=(user_id,), name="held-tokens").start()

    def _offer(self, user_id: str) -> None:
        gives_up_at = float("inf")
        while (held := self._held.get(user_id)) is not None and time.monotonic() < gives_up_at:
            if self._ending.is_set():
                gives_up_at = min(gives_up_at, time.monotonic() + HOLD_SECONDS)
            try:
                kept = self._swap(user_id, *held)
            except StoreUnavailable:
                time.sleep(RETRY_SECONDS)
                continue
            self._held.pop(user_id, None)
            log.warning("held tokens settled", extra={"user": hash_user_id(user_id), "kept": kept})

    # Records

    def _record(self, user_id: str, record: bytes | None = None) -> tuple[bytes, TokenSet]:
        """The sealed record and what it holds. Raises NotAuthorized, also for a record that does not open."""
        record = record or self.store.load(user_id)
        if record is None:
            raise NotAuthorized("no tokens kept")
        return record, self._open(user_id, record)

    def _open(self, user_id: str, record: bytes) -> TokenSet:
        try:
            return self._opened(user_id, record)
        except CannotDecrypt as error:
            log.error("a token record does not open", extra={"user": hash_user_id(user_id), "detail": str(error)})
            raise NotAuthorized("the record does not open") from error

    def _opened(self, user_id: str, record: bytes) -> TokenSet:
        return self._encrypted.decode_or_raise(TOKENS, key_names.tag(user_id), record, TokenSet)

    def _seal(self, tokens: TokenSet) -> bytes:
        return self._encrypted.encode(TOKENS, key_names.tag(tokens.user_id), tokens)


class _Extended:
    """Holds a lease for as long as its owner lives and works, and ends it then."""

    def __init__(self, store: TokenStore, user_id: str, owner: str) -> None:
        self._store, self._user_id, self._owner = store, user_id, owner
        self._done = threading.Event()

    def __enter__(self) -> None:
        threading.Thread(target=self._extend, name="lease", daemon=True).start()

    def _extend(self) -> None:
        while not self._done.wait(LEASE_SECONDS / 3):
            try:
                self._store.take_lease(self._user_id, self._owner, LEASE_SECONDS)
            except ZoomAppError:
                log.warning("lease not extended", extra={"user": hash_user_id(self._user_id)})

    def __exit__(self, *_: object) -> None:
        self._done.set()
        try:
            self._store.give_lease(self._user_id, self._owner)
        except ZoomAppError:
            log.warning("lease not given back", extra={"user": hash_user_id(self._user_id)})
