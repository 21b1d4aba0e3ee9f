"""What Zoom tells us by webhook: taken in at once, worked off after the answer, each event once.

Events wait in a Redis list, so that a worker that ends between answer and work loses none: the next event, the next
worker that starts and every worker from time to time work off what is there.
"""

from __future__ import annotations

import contextlib
import logging
import re
import secrets
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

import msgspec
import redis

from zoomapp.errors import NotAuthorized, SessionExpired, TokenError, ZoomAppError, ZoomRefused
from zoomapp.log_setup import hash_user_id
from zoomapp.store import key_names, leases
from zoomapp.store.encrypted_records import EVENT_LEASE, EVENT_QUEUE, EVENT_SEEN, GRANT_PROBE, EncryptedRecords
from zoomapp.store.encryption import KeyRing
from zoomapp.store.redis_client import store_errors
from zoomapp.tokens.service import TokenService
from zoomapp.user_api.user_client import UserClient

log = logging.getLogger(__name__)

QUEUE = key_names.PREFIX + EVENT_QUEUE.key
SEEN = key_names.PREFIX + EVENT_SEEN.key.removesuffix(":*")
LEASE = key_names.PREFIX + EVENT_LEASE.key
#: A dead owner keeps the rest waiting for this long; a living one extends its lease with every event.
LEASE_SECONDS = 10.0
#: How often a worker looks for what others left behind.
LOOK_SECONDS = 60.0
#: An event is remembered longer than Zoom goes on sending it (its last try comes after 85 minutes).
SEEN_SECONDS = EVENT_SEEN.seconds
#: What a Zoom user id may be. Others are not looked up.
USER_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
#: A claim we cannot verify makes us ask Zoom about a user at most this often.
PROBE_SECONDS = GRANT_PROBE.seconds

#: Remembered and queued in one step; whoever repeats it, as the answer was lost, hears yes again.
_TAKE_IN = """
local by = redis.call('GET', KEYS[1])
if by then return by == ARGV[1] and 1 or 0 end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[3])
redis.call('RPUSH', KEYS[2], ARGV[2])
return 1
"""

Handler = Callable[[dict[str, Any]], None]


class WebhookQueue:
    """The queue of events, and who handles which."""

    def __init__(
        self,
        client: redis.Redis,
        ring: KeyRing,
        tokens: TokenService,
        gateway: Callable[[str], UserClient],
        client_id: str,
    ) -> None:
        self._redis = client
        self._encrypted = EncryptedRecords(ring)
        self._tokens = tokens
        self._gateway = gateway
        self._client_id = client_id
        self._take_in = client.register_script(_TAKE_IN)
        self._leases = leases.Leases(client)
        self._look_at = 0.0
        #: By the beginning of the event's name; a handler may hear the same event twice.
        self.handlers: dict[str, Handler] = {"app_deauthorized": self._deauthorized}

    def take_in(self, event: dict[str, Any]) -> bool:
        """Queue an event to be worked off. False when it was here before. Raises StoreUnavailable."""
        seen = f"{SEEN}:{key_names.digest(msgspec.json.encode(event, order='sorted'))}"
        encrypted = self._encrypted.encode(EVENT_QUEUE, "", event)
        with store_errors():
            return bool(self._take_in([seen, QUEUE], [secrets.token_hex(8), encrypted, SEEN_SECONDS]))

    def watch(self) -> None:
        """Work off what others left behind, now and from time to time, in a thread of its own. Never before a fork."""
        self._look_at = float("inf")
        threading.Thread(target=self._watch, name="events", daemon=True).start()

    def is_due(self) -> bool:
        """Whether it is time to look again, for servers that start no ``watch``; whoever hears yes is to look."""
        now = time.monotonic()
        due, self._look_at = now >= self._look_at, max(self._look_at, now + LOOK_SECONDS)
        return due

    def _watch(self) -> None:
        while True:
            # What a dead worker began is free again as soon as its lease has ended.
            time.sleep(LOOK_SECONDS if self.work_off() else LEASE_SECONDS)

    def work_off(self) -> bool:
        """Handle what is queued, one worker at a time, in order. Never raises: nobody waits for this.

        False when something is left: another worker is at it, or the store is gone.
        """
        owner = secrets.token_hex(8)
        try:
            with store_errors():
                while self._redis.llen(QUEUE):
                    if not self._leases.take(LEASE, owner, LEASE_SECONDS):
                        return False
                    try:
                        self._work_off_all(owner)
                    finally:
                        self._leases.give(LEASE, owner)
        except ZoomAppError as error:
            log.warning("events wait", extra={"detail": error.detail})
            return False
        return True

    def _work_off_all(self, owner: str) -> None:
        while (sealed := cast("bytes | None", self._redis.lindex(QUEUE, 0))) is not None:
            if not self._leases.take(LEASE, owner, LEASE_SECONDS):
                return
            self._handle(sealed)
            self._redis.lrem(QUEUE, 1, cast(str, sealed))

    def _handle(self, sealed: bytes) -> None:
        event = self._encrypted.decode(EVENT_QUEUE, "", sealed, dict[str, Any])
        if event is None:
            log.error("queued event lost: not readable")
            return
        name = str(event.get("event", ""))
        for prefix, handler in self.handlers.items():
            if name.startswith(prefix):
                self._call(handler, name, event)

    @staticmethod
    def _call(handler: Handler, name: str, event: dict[str, Any]) -> None:
        """One event that cannot be handled must not keep the rest waiting; only an outage stops the line."""
        try:
            handler(event)
        except TokenError as error:
            log.info("event without effect", extra={"event": name, "detail": error.detail})
        except ZoomAppError:
            raise
        except Exception:
            log.exception("event not handled", extra={"event": name})

    # The app was removed

    def _deauthorized(self, event: dict[str, Any]) -> None:
        """Delete everything of the user, unless a newer authorization came after the removal."""
        payload = _payload(event)
        user_id = payload.get("user_id")
        if payload.get("client_id") != self._client_id or not isinstance(user_id, str) or not user_id:
            log.warning("deauthorization not ours")
            return
        try:
            if self._tokens.load(user_id).granted_at > _removed_at(event):
                log.info("deauthorization outdated", extra={"user": hash_user_id(user_id)})
                return
        except (NotAuthorized, SessionExpired):
            pass
        self._tokens.forget(user_id)

    def look_into(self, event: dict[str, Any]) -> None:
        """A deauthorization we cannot verify: ask Zoom about the grant, and believe Zoom alone.

        Signatures of this one event have been reported not to verify; deleting on anybody's word would be worse.
        """
        user_id = _payload(event).get("user_id")
        if event.get("event") != "app_deauthorized" or not isinstance(user_id, str) or not USER_ID.fullmatch(user_id):
            return
        try:
            # Only for users with a record: strangers must not make us write a key per id they claim.
            if self._tokens.store.load(user_id) and leases.claim_once(
                self._redis, GRANT_PROBE.name, user_id, PROBE_SECONDS
            ):
                self._forget_if_ended(user_id)
        except ZoomAppError as error:
            log.info("unverified deauthorization", extra={"user": hash_user_id(user_id), "detail": error.detail})

    def _forget_if_ended(self, user_id: str) -> None:
        with contextlib.suppress(SessionExpired, ZoomRefused):
            self._gateway(user_id).get("/v2/users/me")
        try:
            # A call that Zoom refused ends no grant: only what the token endpoint refused is marked so.
            self._tokens.load(user_id)
        except SessionExpired:
            self._tokens.forget(user_id)


def _payload(event: dict[str, Any]) -> dict[str, Any]:
    payload = event.get("payload")
    return payload if isinstance(payload, dict) else {}


def _removed_at(event: dict[str, Any]) -> float:
    """Epoch seconds of the removal; a claim without a readable time counts as just now."""
    try:
        return datetime.fromisoformat(str(_payload(event).get("deauthorization_time"))).timestamp()
    except ValueError:
        moment = event.get("event_ts")
        return moment / 1000 if isinstance(moment, int | float) else float("inf")
