"""The event ``app_deauthorized``: a user removed the app, and everything stored of them is deleted."""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Callable
from typing import Any

import redis

from zoomapp.errors import NotAuthorized, SessionExpired, ZoomAppError, ZoomRefused
from zoomapp.log_setup import audit, hash_user_id
from zoomapp.store import leases
from zoomapp.tokens.service import TokenService
from zoomapp.user_api.user_client import UserClient
from zoomapp.zoom import endpoints
from zoomapp.zoom.tolerant_reader import JsonObject

log = logging.getLogger(__name__)

EVENT = "app_deauthorized"
#: The form of a Zoom user id. Others are not looked up.
USER_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
#: An unverified event makes us ask Zoom about a user at most this often.
PROBE_SECONDS = 60


class Deauthorization:
    """Deletes users who removed the app."""

    def __init__(
        self, client: redis.Redis, tokens: TokenService, user_client: Callable[[str], UserClient], client_id: str
    ) -> None:
        self._redis = client
        self._tokens = tokens
        self._user_client = user_client
        self._client_id = client_id

    def on_event(self, event: dict[str, Any]) -> None:
        """Delete the user, unless they authorized the app again after the removal."""
        payload = _payload(event)
        user_id = payload.text("user_id")
        if payload.text("client_id") != self._client_id or not user_id:
            log.warning("deauthorization of another app")
            return
        try:
            if self._tokens.load(user_id).granted_at > _removed_at(event):
                log.info("deauthorization outdated", extra={"user": hash_user_id(user_id)})
                return
        except (NotAuthorized, SessionExpired):
            pass
        self._delete(user_id)

    def verify(self, event: dict[str, Any]) -> None:
        """For an event without a valid signature: ask Zoom about the grant, and delete the user if it has ended.

        Signatures of this event are reported to fail at times; to delete a user on a stranger's word would be worse.
        """
        user_id = _payload(event).text("user_id")
        if event.get("event") != EVENT or not USER_ID.fullmatch(user_id):
            return
        try:
            # Only for users with a record: strangers must not make us write a key per id they claim.
            if self._tokens.store.load(user_id) and leases.claim_once(self._redis, "probe", user_id, PROBE_SECONDS):
                self._delete_if_ended(user_id)
        except ZoomAppError as error:
            log.info("unverified deauthorization", extra={"user": hash_user_id(user_id), "detail": error.detail})

    def _delete_if_ended(self, user_id: str) -> None:
        with contextlib.suppress(SessionExpired, ZoomRefused):
            self._user_client(user_id).call(endpoints.READ_USER)
        try:
            # A refused call does not end a grant. Only a refusal of the token endpoint does.
            self._tokens.load(user_id)
        except SessionExpired:
            self._delete(user_id)

    def _delete(self, user_id: str) -> None:
        self._tokens.delete(user_id)
        audit("deauthorization", "succeeded", user_id)


def _payload(event: dict[str, Any]) -> JsonObject:
    return JsonObject(event, "webhook event").part("payload")


def _removed_at(event: dict[str, Any]) -> float:
    """Epoch seconds of the removal. An event without a readable time counts as the newest."""
    removed_at = _payload(event).time("deauthorization_time")
    sent_at = JsonObject(event, "webhook event").epoch_seconds("event_ts")
    return removed_at.timestamp() if removed_at else float("inf") if sent_at is None else sent_at
