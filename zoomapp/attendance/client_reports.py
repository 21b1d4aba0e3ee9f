"""Reports of a user's Zoom client of who is in the meeting: stored encrypted, for that user alone."""

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
#: Per meeting: a thousand people with five stays each. Beyond that, the stays that ended first are dropped.
MAX_STAYS = 5_000


@dataclass(frozen=True)
class ClientReport:
    """The stays that a client saw in the instance ``uuid``; ``at`` is the moment of its newest report."""

    uuid: str
    at: float
    stays: tuple[Record, ...]


class ClientReports:
    """The store of client reports: for each user and meeting, the last instance."""

    def __init__(self, client: redis.Redis, ring: KeyRing, clock: Callable[[], float]) -> None:
        self._redis = client
        self._ring = ring
        self._clock = clock
        self._user_keys = user_keys.UserKeys(client)

    def add(self, user_id: str, number: int, uuid: str, rows: Iterable[dict[str, Any]]) -> None:
        """Save the list of all who are in the meeting now, for a connected user. Raises StoreUnavailable.

        Of two reports at the same time, one is lost. The next report corrects that, because each lists everybody.
        """
        previous, at = self.of(user_id, number, uuid), self._clock()
        stays = merge_client_report(previous.stays if previous else (), at, rows)
        # People who are present come last, so that the limit does not drop them.
        stays.sort(key=lambda stay: (stay.left_at is None, stay.left_at or 0.0))
        key = _key(user_id, number)
        report = ClientReport(uuid, at, tuple(stays[-MAX_STAYS:]))
        encrypted = self._ring.encrypt(KIND, key, msgspec.json.encode(report))
        self._user_keys.put(user_id, key, encrypted, DAY_SECONDS)

    def of(self, user_id: str, number: int, uuid: str) -> ClientReport | None:
        """The report of this instance; of the last one for an empty UUID. Raises StoreUnavailable."""
        key = _key(user_id, number)
        encrypted = redis_client.load(self._redis, key)
        if encrypted is None:
            return None
        try:
            report = msgspec.json.decode(self._ring.decrypt(KIND, key, encrypted), type=ClientReport)
        except (CannotDecrypt, msgspec.MsgspecError):
            log.warning("client report not decrypted")
            return None
        return report if uuid in ("", report.uuid) else None


def _key(user_id: str, number: int) -> str:
    return key_names.of_user(user_id, KIND, str(number))
