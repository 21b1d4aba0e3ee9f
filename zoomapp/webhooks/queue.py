"""The queue of webhook events: an event is stored at once, handled after the response, and handled once.

The queue is a list in Redis, so that a worker that ends between response and handling loses no event. The next event,
the next worker that starts, and every worker from time to time handle what is in the list.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from typing import Any, cast

import msgspec
import redis

from zoomapp.errors import ZoomAppError
from zoomapp.store import key_names
from zoomapp.store.encrypted_records import EVENT_LEASE, EVENT_QUEUE, EVENT_SEEN
from zoomapp.store.encryption import EncryptedRecords, KeyRing
from zoomapp.store.leases import Lease, Leases
from zoomapp.store.redis_client import store_errors
from zoomapp.webhooks.subscriptions import Subscriptions

log = logging.getLogger(__name__)

QUEUE = key_names.PREFIX + EVENT_QUEUE.key
TAKEN = key_names.PREFIX + EVENT_SEEN.key.removesuffix(":*")
LEASE = key_names.PREFIX + EVENT_LEASE.key
#: A worker that dies blocks the others for this long. One that lives extends its lease with every event.
LEASE_SECONDS = 10.0
#: How often a worker looks for events that others did not handle.
POLL_SECONDS = 60.0
#: An event is remembered for longer than Zoom repeats it (its last try comes after 85 minutes).
TAKEN_SECONDS = 86400

#: Marks an event as taken and queues it, in one step. A call repeated because its reply was lost returns 1 again.
_ADD = """
local by = redis.call('GET', KEYS[1])
if by then return by == ARGV[1] and 1 or 0 end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[3])
redis.call('RPUSH', KEYS[2], ARGV[2])
return 1
"""


class WebhookQueue:
    """The events that wait to be handled."""

    def __init__(self, client: redis.Redis, ring: KeyRing, subscriptions: Subscriptions) -> None:
        self._redis = client
        self._encrypted = EncryptedRecords(ring)
        self._subscriptions = subscriptions
        self._add_script = client.register_script(_ADD)
        self._leases = Leases(client)
        self._poll_at = 0.0

    def add(self, event: dict[str, Any]) -> bool:
        """Queue an event. False when it was added before. Raises StoreUnavailable."""
        taken_key = f"{TAKEN}:{key_names.digest(msgspec.json.encode(event, order='sorted'))}"
        record = self._encrypted.encode(EVENT_QUEUE, "", event)
        with store_errors():
            return bool(self._add_script([taken_key, QUEUE], [secrets.token_hex(8), record, TAKEN_SECONDS]))

    def process(self) -> bool:
        """Handle the queued events in order, one worker at a time. Never raises: it runs after the response.

        False when events are left: another worker handles them, or the store is unavailable.
        """
        lease = self._leases.lease(LEASE, LEASE_SECONDS)
        try:
            with store_errors():
                while self._redis.llen(QUEUE):
                    with lease.hold() as taken:
                        if not taken:
                            return False
                        self._process_all(lease)
        except ZoomAppError as error:
            log.warning("events wait", extra={"detail": error.detail})
            return False
        return True

    def start_polling(self) -> None:
        """Process the queue now and from time to time, in a thread. Never call this before a fork."""
        self._poll_at = float("inf")
        threading.Thread(target=self._poll, name="events", daemon=True).start()

    def is_due(self) -> bool:
        """Whether the caller should process the queue now; for servers that do not call ``start_polling``."""
        now = time.monotonic()
        due, self._poll_at = now >= self._poll_at, max(self._poll_at, now + POLL_SECONDS)
        return due

    def _poll(self) -> None:
        while True:
            # The lease of a worker that died expires after LEASE_SECONDS.
            time.sleep(POLL_SECONDS if self.process() else LEASE_SECONDS)

    def _process_all(self, lease: Lease) -> None:
        while (record := cast("bytes | None", self._redis.lindex(QUEUE, 0))) is not None:
            # Another worker has the lease if this one was too slow: then the rest of the queue is that worker's.
            if not lease.take():
                return
            self._dispatch(record)
            self._redis.lrem(QUEUE, 1, cast(str, record))

    def _dispatch(self, record: bytes) -> None:
        event = self._encrypted.decode(EVENT_QUEUE, "", record, dict[str, Any])
        if event is None:
            log.error("a queued event cannot be decrypted")
            return
        self._subscriptions.dispatch(event)
