"""What somebody's own Zoom client says of who is in their meeting: kept sealed, under them, for their eyes alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import redis

from zoomapp.attendance import Record, merge_client_report
from zoomapp.store import redis_client, user_keys
from zoomapp.store.encrypted_records import CLIENT_REPORT, EncryptedRecords
from zoomapp.store.encryption import KeyRing

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
        self._encrypted = EncryptedRecords(ring)
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
        encrypted = self._encrypted.encode(CLIENT_REPORT, key, ClientReport(uuid, at, tuple(stays[-MAX_STAYS:])))
        self._belongings.put(user_id, key, encrypted, CLIENT_REPORT.seconds)

    def of(self, user_id: str, number: int, uuid: str) -> ClientReport | None:
        """What this person's client saw of that instance; without a UUID, of the last one. Raises StoreUnavailable."""
        key = _key(user_id, number)
        report = self._encrypted.decode(CLIENT_REPORT, key, redis_client.load(self._redis, key), ClientReport)
        return report if report and uuid in ("", report.uuid) else None


def _key(user_id: str, number: int) -> str:
    return CLIENT_REPORT.key_of(user_id, str(number))
