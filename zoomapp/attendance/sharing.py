"""Hosts who share something of their running meetings: whose meeting a UUID is.

Co-hosts may see exact times, participants how many people are there. Both are preferences of the host, off by
default, and are read again for each request.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import redis

from zoomapp.attendance import records
from zoomapp.store import key_names, preferences, redis_client, user_keys
from zoomapp.store.encrypted_records import SHARED_MEETING
from zoomapp.store.encryption import EncryptedRecords, KeyRing
from zoomapp.store.user_records import UserRecords
from zoomapp.zoom.tolerant_reader import JsonObject

#: The events that show that a meeting runs, of which some come again and again.
EVENTS = ("meeting.started", "meeting.participant_joined", records.ROLE_CHANGED)


class Audience(StrEnum):
    """With whom a host shares."""

    COHOSTS = "co-hosts"
    PARTICIPANTS = "participants"


class SharedMeetings:
    """The running meetings of which the hosts share something."""

    def __init__(self, client: redis.Redis, ring: KeyRing, user_records: UserRecords) -> None:
        self._redis = client
        self._encrypted = EncryptedRecords(ring)
        self._records = user_records
        self._user_keys = user_keys.UserKeys(client)

    def on_event(self, event: dict[str, Any]) -> None:
        """Save whose meeting it is, if its host shares. Raises StoreUnavailable."""
        fields = JsonObject(event, "webhook event")
        meeting = fields.part("payload").part("object")
        host, uuid = meeting.text("host_id"), meeting.text("uuid")
        if fields.text("event") not in EVENTS or not host or not uuid or not self._audiences(host):
            return
        key = _key(uuid)
        with redis_client.store_errors():
            self._redis.set(key, self._encrypted.encode(SHARED_MEETING, key, host), ex=SHARED_MEETING.seconds)
        # A disconnect of the host deletes it.
        if self._user_keys.lend(host, key) is user_keys.WriteResult.NOT_CONNECTED:
            with redis_client.store_errors():
                self._redis.delete(key)

    def host_of(self, uuid: str, audience: Audience = Audience.COHOSTS) -> str:
        """The host of this meeting if they share it with this audience now, else empty. Raises StoreUnavailable."""
        key = _key(uuid)
        host = self._encrypted.decode(SHARED_MEETING, key, redis_client.load(self._redis, key), str)
        return host if host and audience in self._audiences(host) else ""

    def _audiences(self, host: str) -> set[Audience]:
        chosen = preferences.load(self._records, host)
        shares = {Audience.COHOSTS: chosen.share_with_cohosts, Audience.PARTICIPANTS: chosen.share_with_participants}
        return {audience for audience, is_on in shares.items() if is_on}


def _key(uuid: str) -> str:
    return key_names.tagged(key_names.digest(uuid), SHARED_MEETING.name)
