"""What somebody's own Zoom client says of who is in their meeting: kept sealed, under them, for their eyes alone."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import msgspec
import redis

from zoomapp.attendance import Record, merge_client_report
from zoomapp.store import key_names, redis_client, user_keys
from zoomapp.store.encryption import CannotDecrypt, KeyRing

log = logging.getLogger(__name__)

KIND = "sightings"
DAY_SECONDS = 86400
#: Of one meeting: a thousand people who each come and leave five times. Beyond that the first who left are dropped.
MAX_STAYS = 5_000


@dataclass(frozen=True)
class ClientReport:
    """The stays that a client saw in the instance with this ``uuid``; the newest list came ``at`` that moment."""

    uuid: str
    at: float
    stays: tuple[Record, ...]


class ClientReports:
    """What each person's client saw of the last instance of each meeting."""

    def __init__(self, client: redis.Redis, ring: KeyRing, clock: Callable[[], float]) -> None:
        self._redis = client
        self._ring = ring
        self._clock = clock
        self._belongings = user_keys.UserKeys(client)

    def add(self, user_id: str, number: int, uuid: str, rows: Iterable[dict[str, Any]]) -> None:
        """Take in the whole list of who is there now, of somebody who is connected. Raises StoreUnavailable.

        Of two that come at once one is lost; the next one heals that, as every list is whole.
        """
        known, at = self.of(user_id, number, uuid), self._clock()
        stays = merge_client_report(known.stays if known else (), at, rows)
        # Who is there comes last, and stays.
        stays.sort(key=lambda stay: (stay.left_at is None, stay.left_at or 0.0))
        key = _key(user_id, number)
        sealed = self._ring.encrypt(KIND, key, msgspec.json.encode(ClientReport(uuid, at, tuple(stays[-MAX_STAYS:]))))
        self._belongings.put(user_id, key, sealed, DAY_SECONDS)

    def of(self, user_id: str, number: int, uuid: str) -> ClientReport | None:
        """What this person's client saw of that instance; without a UUID, of the last one. Raises StoreUnavailable."""
        key = _key(user_id, number)
        sealed = redis_client.load(self._redis, key)
        try:
            seen = msgspec.json.decode(self._ring.decrypt(KIND, key, sealed), type=ClientReport) if sealed else None
        except (CannotDecrypt, msgspec.MsgspecError):
            log.warning("sighting does not open")
            return None
        return seen if seen and uuid in ("", seen.uuid) else None


def _key(user_id: str, number: int) -> str:
    return key_names.of_user(user_id, KIND, str(number))
