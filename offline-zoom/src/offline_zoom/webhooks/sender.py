"""Sends signed webhook events to the app and logs each delivery.

https://developers.zoom.us/docs/api/webhooks/ describes it: the app has 3 seconds to respond. After a 5xx
or no response there are three more attempts. Times are the world's; only the network timeout is real.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import requests

from offline_zoom.json_text import stringify
from offline_zoom.webhooks.delivery import VALIDATION, Attempt, Delivery, DeliveryFaults, Event, with_id_as
from offline_zoom.webhooks.odd_events import odd_body

TIMEOUT_SECONDS = 3.0
RETRY_MINUTES = (5, 20, 60)
REVALIDATE_SECONDS = 72 * 3600.0
#: how often the thread checks for due deliveries
PAUSE_SECONDS = 0.25
VALIDATION_PAUSE_SECONDS = 2.0
#: how much of an answer's text the log keeps
MAX_ANSWER_CHARACTERS = 2000


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """The value of ``x-zm-signature`` for a body."""
    return f"v0={keyed_hash(secret, f'v0:{timestamp}:'.encode() + body)}"


def keyed_hash(secret: str, message: bytes) -> str:
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


class WebhookSender:
    """Sends events to one address, in its own thread.

    ``enqueue`` does not wait for the network. Tests call ``run_due`` instead of starting the thread.
    ``signing_clock`` gives the time in the headers, if it differs.
    """

    def __init__(
        self,
        url: str,
        secret: str,
        clock: Callable[[], float] = time.time,
        signing_clock: Callable[[], float] | None = None,
    ) -> None:
        self.url, self.secret, self.clock = url, secret, clock
        self._signing_clock = signing_clock or clock
        self.faults = DeliveryFaults()
        self.validated_until = 0.0
        self._log: deque[Delivery] = deque(maxlen=500)
        self._delayed: Delivery | None = None
        self._count = 0
        self._lock = threading.RLock()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._session = requests.Session()
        self._session.trust_env = False

    def send_to(self, url: str) -> None:
        """Send to this address from now on. Another address is validated first; without one nothing is sent."""
        if url != self.url:
            self.url, self.validated_until = url, 0.0

    def enqueue(self, event: Event) -> None:
        """Queue an event. It is sent as soon as possible."""
        with self._lock:
            if self.faults.lost or not self.url:
                return
            for _ in range(1 + self.faults.duplicates):
                delivery = self._new(event)
                if self.faults.swap and self._delayed is None:
                    self._delayed = delivery
                    continue
                self._log.append(delivery)
                self._queue_delayed()
        self._wake.set()

    def validate(self) -> bool:
        """Send a URL validation, as Zoom does at first and every 72 hours. Returns whether the response is right."""
        plain = secrets.token_urlsafe(16)
        event = {"event": VALIDATION, "event_ts": int(self.clock() * 1000), "payload": {"plainToken": plain}}
        delivery = self._new(event)
        answer = self._send(delivery)
        delivery.due_at = None
        with self._lock:
            # While the app starts, validation fails repeatedly. Keep only the last failure in the log.
            self._log = deque((delivery for delivery in self._log if not delivery.failed_validation), self._log.maxlen)
            self._log.append(delivery)
        expected = {"plainToken": plain, "encryptedToken": keyed_hash(self.secret, plain.encode())}
        valid = bool(answer == expected)
        self.validated_until = self.clock() + REVALIDATE_SECONDS if valid else 0.0
        return valid

    def run_due(self) -> int:
        """Send all due deliveries, if the address is validated. Returns their number."""
        if not self.url or (self.clock() >= self.validated_until and not self.validate()):
            return 0
        if not self.faults.swap:
            self._queue_delayed()
        due = [
            delivery
            for delivery in self.deliveries()
            if delivery.due_at is not None and delivery.due_at <= self.clock()
        ]
        for delivery in due:
            self._attempt(delivery)
        return len(due)

    def retry_now(self, number: int | None = None) -> None:
        """Make an undelivered delivery due now: one by number, or all."""
        with self._lock:
            for delivery in self._log:
                selected = number is None or delivery.number == number
                if selected and not delivery.delivered and delivery.event["event"] != VALIDATION:
                    delivery.due_at = self.clock()
        self._wake.set()

    def deliveries(self) -> list[Delivery]:
        """The newest 500 deliveries, oldest first."""
        with self._lock:
            return list(self._log)

    def clear(self) -> None:
        """Clear the log and the queue."""
        with self._lock:
            self._log.clear()
            self._delayed = None

    def start(self) -> None:
        """Start the thread that sends due deliveries."""
        threading.Thread(target=self._run, name="webhooks", daemon=True).start()

    def stop(self) -> None:
        """Stop the thread. Queued events stay unsent."""
        self._stopping.set()
        self._wake.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            self.run_due()
            # An app that is still starting cannot answer a validation, so try that less often.
            self._wake.wait(PAUSE_SECONDS) if self.validated_until else self._stopping.wait(VALIDATION_PAUSE_SECONDS)

    def _queue_delayed(self) -> None:
        """Queue the delivery that was delayed by ``swap``."""
        with self._lock:
            if self._delayed is not None:
                self._log.append(self._delayed)
                self._delayed = None

    def _new(self, event: Event) -> Delivery:
        self._count += 1
        shaped = with_id_as(event, self.faults.id_as)
        odd = self.faults.odd if shaped["event"] != VALIDATION else ""
        body = stringify(shaped, indent=2) if self.faults.pretty else odd_body(shaped, odd)
        return Delivery(shaped, body, self.clock(), self._count)

    def _attempt(self, delivery: Delivery) -> None:
        self._send(delivery)
        tries, last = len(delivery.attempts), delivery.attempts[-1]
        retry = last.should_retry and tries <= len(RETRY_MINUTES)
        delivery.due_at = self.clock() + RETRY_MINUTES[tries - 1] * 60 if retry else None

    def _send(self, delivery: Delivery) -> Any:
        """Send once and log the attempt. Returns the response's JSON, if it has any."""
        started = time.monotonic()
        status, error_name, text, answer = 0, "", "", None
        try:
            headers = self._headers(delivery)
            response = self._session.post(
                self.url, delivery.body, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False
            )
            status, text = response.status_code, response.text[:MAX_ANSWER_CHARACTERS]
            answer = response.json()
        except requests.JSONDecodeError:
            pass
        except requests.RequestException as error:
            error_name = type(error).__name__
        milliseconds = int((time.monotonic() - started) * 1000)
        delivery.attempts.append(Attempt(self.clock(), status, milliseconds, error_name, text))
        return answer

    def _headers(self, delivery: Delivery) -> dict[str, str]:
        """Zoom's headers, with a new timestamp and request id for each attempt."""
        timestamp = str(int(self._signing_clock()) - self.faults.stale_seconds)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Zoom Marketplace/1.0a",
            "x-zm-request-timestamp": timestamp,
            "x-zm-request-id": secrets.token_hex(16),
            "traceparent": f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01",
        }
        is_validation = delivery.event["event"] == VALIDATION
        if not (self.faults.unsigned or (self.faults.unsigned_validation and is_validation)):
            secret = "not-" + self.secret if self.faults.bad_signature else self.secret
            headers["x-zm-signature"] = signature(secret, timestamp, delivery.body)
        return headers
