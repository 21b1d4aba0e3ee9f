"""Stores the reports of a user's Zoom client about who is in the meeting: encrypted, and for that user only."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import redis

from zoomapp.attendance import Record, merge_client_report
from zoomapp.store import redis_client, user_keys
from zoomapp.store.encrypted_records import CLIENT_REPORT
from zoomapp.store.encryption import EncryptedRecords, KeyRing

#: Per meeting: a thousand people with five stays each. Beyond that, the stays that ended first are dropped.
MAX_STAYS = 5_000


@dataclass(frozen=True)
class ClientReport:
    """The stays that a client saw in the instance ``uuid``; ``at`` is the moment of its newest report.

    ``unreadable``: how many entries of that newest report could not be read. ``topic`` and ``number`` of the meeting
    are known only where the client reported them.
    """

    uuid: str
    at: float
    stays: tuple[Record, ...]
    unreadable: int = 0
    topic: str = ""
    number: int = 0


class ClientReports:
    """The store of client reports: for each user and meeting, the last instance.

    ``number``: the number of a meeting of the user, or a name for reports of meetings that others host.
    """

    def __init__(self, client: redis.Redis, ring: KeyRing, clock: Callable[[], float]) -> None:
        self._redis = client
        self._encrypted = EncryptedRecords(ring)
        self._clock = clock
        self._user_keys = user_keys.UserKeys(client)

    def add(
        self,
        user_id: str,
        number: int | str,
        uuid: str,
        rows: Iterable[dict[str, Any]],
        *,
        complete: bool = True,
        unreadable: int = 0,
        topic: str = "",
        meeting_number: int = 0,
    ) -> None:
        """Save the list of who is in the meeting now, for a connected user. Raises StoreUnavailable.

        ``complete``: whether it lists everybody, not only those of a breakout room. ``unreadable``: how many entries of
        the list could not be read.
        Of two reports at the same time, one is lost. The next report corrects that, because each lists everybody.
        """
        previous, at = self.of(user_id, number, uuid), self._clock()
        stays = merge_client_report(previous.stays if previous else (), at, rows, complete=complete)
        # People who are present come last, so that the limit does not drop them.
        stays.sort(key=lambda stay: (stay.left_at is None, stay.left_at or 0.0))
        if previous:
            topic, meeting_number = topic or previous.topic, meeting_number or previous.number
        newest = tuple(stays[-MAX_STAYS:])
        self.save(user_id, number, ClientReport(uuid, at, newest, unreadable, topic, meeting_number))

    def save(self, user_id: str, number: int | str, report: ClientReport) -> None:
        """Save a whole report in place of the last one, for a connected user. Raises StoreUnavailable."""
        key = _key(user_id, number)
        encrypted = self._encrypted.encode(CLIENT_REPORT, key, report)
        self._user_keys.put(user_id, key, encrypted, CLIENT_REPORT.seconds)

    def of(self, user_id: str, number: int | str, uuid: str) -> ClientReport | None:
        """The report of this instance; of the last one for an empty UUID. Raises StoreUnavailable."""
        key = _key(user_id, number)
        report = self._encrypted.decode(CLIENT_REPORT, key, redis_client.load(self._redis, key), ClientReport)
        return report if report and uuid in ("", report.uuid) else None


def _key(user_id: str, number: int | str) -> str:
    return CLIENT_REPORT.key_of(user_id, str(number))
