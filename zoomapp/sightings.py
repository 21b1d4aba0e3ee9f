"""What somebody's own Zoom client says of who is in their meeting: kept sealed, under them, for their eyes alone."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, cast

import msgspec
import redis

from zoomapp import keys, storage
from zoomapp.tokens.cipher import CannotOpen, KeyRing

log = logging.getLogger(__name__)

KIND = "sightings"
DAY_SECONDS = 86400
#: Of one person, the newest: a list when the panel opens, then one for each who comes, goes or changes role.
MOST = 200

Row = dict[str, Any]


class Sightings:
    """What each person's client saw."""

    def __init__(self, client: redis.Redis, ring: KeyRing, clock: Callable[[], float]) -> None:
        self._redis = client
        self._ring = ring
        self._clock = clock
        self._belongings = storage.Belongings(client)

    def add(self, user_id: str, instance: str, rows: list[Row]) -> None:
        """Keep what was seen now, of somebody who is connected. Raises StoreUnavailable."""
        key = keys.of_user(user_id, KIND)
        sealed = self._ring.seal(KIND, key, msgspec.json.encode([instance, self._clock(), rows]))
        self._belongings.push(user_id, key, sealed, DAY_SECONDS, MOST)

    def of(self, user_id: str, instance: str) -> list[tuple[float, list[Row]]]:
        """Moment and rows of each time this person's client said something of this meeting."""
        key = keys.of_user(user_id, KIND)
        with storage.named_failures():
            sealed = cast("list[bytes]", self._redis.lrange(key, 0, -1))
        found = []
        for each in sealed:
            try:
                opened = self._ring.open(KIND, key, each)
                about, at, rows = msgspec.json.decode(opened, type=tuple[str, float, list[Row]])
            except (CannotOpen, msgspec.MsgspecError):
                log.warning("sighting does not open")
                continue
            if about == instance:
                found.append((at, rows))
        return found
