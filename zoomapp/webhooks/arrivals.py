"""How many webhooks arrived and were refused, by event and account: to answer "why do no webhooks arrive?".

The counts are stored in one hash without personal data. Without Redis nothing is counted, and webhooks go on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import redis

from zoomapp import metrics
from zoomapp.errors import StoreUnavailable
from zoomapp.log_setup import audit, hash_user_id
from zoomapp.store import key_names
from zoomapp.store.encrypted_records import WEBHOOK_ARRIVALS
from zoomapp.store.redis_client import store_errors

log = logging.getLogger(__name__)

KEY = key_names.PREFIX + WEBHOOK_ARRIVALS.key
#: What became of a webhook. An event is valid if it was received or is a duplicate. One whose participant cannot be
#: read is accepted, and is not valid: it tells the app nothing.
RECEIVED, DUPLICATE, VALIDATED, NO_PARTICIPANT = "received", "duplicate", "validated", "no_participant"
SIGNATURE, AGE, VALIDATION, UNREADABLE, NO_SECRET = "signature", "age", "validation", "unreadable", "no_secret"
VALID = (RECEIVED, DUPLICATE)
PARTICIPANT_EVENTS = "meeting.participant_"
URL_VALIDATION = "endpoint.url_validation"
#: Rows of the hash. When it is full, further accounts are counted together, as "other".
MAX_ROWS = 1000
#: Counting must have gone on for this long before silence means anything.
DAY_SECONDS = 86400
SINCE, MEETING = b"since", b"meeting"

#: Adds one to a row ("count moment") and remembers when counting began.
_COUNT = """
local field = ARGV[1]
local full = redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[4])
if full and redis.call('HEXISTS', KEYS[1], field) == 0 then field = ARGV[2] end
local count = tonumber(string.match(redis.call('HGET', KEYS[1], field) or '0', '^%d+')) + 1
redis.call('HSET', KEYS[1], field, count .. ' ' .. ARGV[3])
redis.call('HSETNX', KEYS[1], 'since', ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[5])
return count
"""


@dataclass(frozen=True)
class Arrivals:
    """One row: what became of these webhooks. ``account`` is a digest, as in the log; ``last_at`` is epoch seconds."""

    outcome: str
    event: str
    account: str
    count: int
    last_at: int


@dataclass(frozen=True)
class Summary:
    """All rows; when counting began, and when a running meeting was last shown (0: never)."""

    rows: list[Arrivals]
    since: int = 0
    meeting_at: int = 0

    @property
    def valid_at(self) -> int:
        """When the last valid event arrived; 0: never. If some cannot be read, only those about participants count."""
        events = PARTICIPANT_EVENTS if self.has_unreadable else ""
        valid = (row for row in self.rows if row.outcome in VALID and row.event.startswith(events))
        return max((row.last_at for row in valid), default=0)

    @property
    def has_unreadable(self) -> bool:
        """Whether events arrived whose participant could not be read."""
        return any(row.outcome == NO_PARTICIPANT for row in self.rows)

    def silent_for(self, seconds: float, now: float) -> bool:
        """Whether a meeting ran in the last ``seconds`` and no valid event arrived. False while that is unknown."""
        begins_at = now - seconds
        counted_long = self.since and self.meeting_at - self.since >= DAY_SECONDS
        return bool(counted_long and self.meeting_at >= begins_at and self.valid_at < begins_at)


class WebhookArrivals:
    """The counts of all webhooks. ``known_events``: names that are counted apart; all others are "other"."""

    def __init__(self, client: redis.Redis, clock: Callable[[], float], known_events: frozenset[str]) -> None:
        self._redis = client
        self._clock = clock
        self._known_events = known_events | {URL_VALIDATION}
        self._count = client.register_script(_COUNT)

    def count(self, outcome: str, event: object = "", account_id: str = "") -> None:
        """Count one webhook. Pass an account only if the signature is valid."""
        name = event if isinstance(event, str) and event in self._known_events else "other"
        metrics.webhook(outcome, name)
        if outcome in (SIGNATURE, AGE, VALIDATION):
            audit("webhook", "refused", reason=outcome, webhook=name)
        account = hash_user_id(account_id) if account_id else "-"
        row, full = f"{outcome} {name} {account}", f"{outcome} other other"
        try:
            with store_errors():
                self._count([KEY], [row, full, int(self._clock()), MAX_ROWS, WEBHOOK_ARRIVALS.seconds])
        except StoreUnavailable as error:
            log.info("webhook not counted", extra={"detail": error.detail})

    def meeting_shown(self) -> None:
        """A running meeting was shown: webhooks should arrive."""
        moment = int(self._clock())
        try:
            with store_errors(), self._redis.pipeline(transaction=False) as pipe:
                pipe.hset(KEY, MEETING, moment)
                pipe.hsetnx(KEY, SINCE, moment)
                pipe.expire(KEY, WEBHOOK_ARRIVALS.seconds)
                pipe.execute()
        except StoreUnavailable as error:
            log.info("meeting not counted", extra={"detail": error.detail})

    def summary(self) -> Summary:
        """All counts. Raises StoreUnavailable."""
        with store_errors():
            fields = cast("dict[bytes, bytes]", self._redis.hgetall(KEY))
        since, meeting_at = (int(fields.pop(name, b"0")) for name in (SINCE, MEETING))
        return Summary(
            sorted((_row(*item) for item in fields.items()), key=lambda row: -row.last_at), since, meeting_at
        )


def _row(field: bytes, value: bytes) -> Arrivals:
    outcome, event, account = field.decode().split(" ")
    count, last_at = map(int, value.split())
    return Arrivals(outcome, event, account, count, last_at)
