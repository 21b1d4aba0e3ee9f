"""The webhook sender: signed events on their way to the app, and how the app answered each.

https://developers.zoom.us/docs/api/webhooks/ says how: 3 seconds to answer, and after a 5xx or no answer
at all three more attempts. Time is the world's; only waiting for the network is real.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import requests

from offline_zoom.webhooks.delivery import VALIDATION, Attempt, Delivery, DeliveryFaults, Event, with_id_as

TIMEOUT_SECONDS = 3.0
RETRY_MINUTES = (5, 20, 60)
REVALIDATE_SECONDS = 72 * 3600.0
#: how often the thread looks at the world's clock
PAUSE_SECONDS = 0.25
VALIDATION_PAUSE_SECONDS = 2.0


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What ``x-zm-signature`` says of this body at this moment."""
    return f"v0={keyed_hash(secret, f'v0:{timestamp}:'.encode() + body)}"


def keyed_hash(secret: str, message: bytes) -> str:
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


class WebhookSender:
    """Sends what it is told to one address, in one thread of its own.

    ``tell`` only puts the event in a queue, so the world never waits. Tests leave the thread out and call ``run_due``.
    """

    def __init__(self, url: str, secret: str, clock: Callable[[], float] = time.time) -> None:
        self.url, self.secret, self.clock = url, secret, clock
        self.mischief = DeliveryFaults()
        self.validated_until = 0.0
        self._log: deque[Delivery] = deque(maxlen=500)
        self._held: Delivery | None = None
        self._count = 0
        self._lock = threading.RLock()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._session = requests.Session()
        self._session.trust_env = False

    def tell(self, event: Event) -> None:
        """Take up an event; it goes out as soon as may be."""
        with self._lock:
            if self.mischief.lost:
                return
            for _ in range(1 + self.mischief.duplicates):
                delivery = self._new(event)
                if self.mischief.swap and self._held is None:
                    self._held = delivery
                    continue
                self._log.append(delivery)
                self._release()
        self._wake.set()

    def validate(self) -> bool:
        """Ask the address to prove that it knows the secret, as Zoom does first and every 72 hours."""
        plain = secrets.token_urlsafe(16)
        asked = {"event": VALIDATION, "event_ts": int(self.clock() * 1000), "payload": {"plainToken": plain}}
        question = self._new(asked)
        answer = self._send(question)
        question.due_at = None
        with self._lock:
            # An address that is not up yet is asked again and again; the last time says it all.
            self._log = deque((one for one in self._log if not one.vain_question), self._log.maxlen)
            self._log.append(question)
        proven = {"plainToken": plain, "encryptedToken": keyed_hash(self.secret, plain.encode())}
        valid = bool(answer == proven)
        self.validated_until = self.clock() + REVALIDATE_SECONDS if valid else 0.0
        return valid

    def run_due(self) -> int:
        """Send whatever is due by the world's clock; how many that were. Nothing goes to an address not validated."""
        if self.clock() >= self.validated_until and not self.validate():
            return 0
        if not self.mischief.swap:
            self._release()
        due = [one for one in self.deliveries() if one.due_at is not None and one.due_at <= self.clock()]
        for delivery in due:
            self._attempt(delivery)
        return len(due)

    def retry_now(self, number: int | None = None) -> None:
        """Try again at once what has not been delivered: one delivery, or all of them."""
        with self._lock:
            for one in self._log:
                wanted = number is None or one.number == number
                if wanted and not one.delivered and one.event["event"] != VALIDATION:
                    one.due_at = self.clock()
        self._wake.set()

    def deliveries(self) -> list[Delivery]:
        """The newest 500, oldest first."""
        with self._lock:
            return list(self._log)

    def clear(self) -> None:
        """Forget what was sent, and what still was to be sent."""
        with self._lock:
            self._log.clear()
            self._held = None

    def start(self) -> None:
        """Send in the background from now on."""
        threading.Thread(target=self._run, name="webhooks", daemon=True).start()

    def stop(self) -> None:
        """End the thread; what is not sent stays unsent."""
        self._stopping.set()
        self._wake.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            self.run_due()
            # An app that is still starting cannot prove anything; do not knock four times a second.
            self._wake.wait(PAUSE_SECONDS) if self.validated_until else self._stopping.wait(VALIDATION_PAUSE_SECONDS)

    def _release(self) -> None:
        """Let go of the event that waited for the next one."""
        with self._lock:
            if self._held is not None:
                self._log.append(self._held)
                self._held = None

    def _new(self, event: Event) -> Delivery:
        self._count += 1
        shaped = with_id_as(event, self.mischief.id_as)
        text = json.dumps(shaped, indent=2) if self.mischief.pretty else json.dumps(shaped, separators=(",", ":"))
        return Delivery(shaped, text.encode(), self.clock(), self._count)

    def _attempt(self, delivery: Delivery) -> None:
        self._send(delivery)
        tries, last = len(delivery.attempts), delivery.attempts[-1]
        again = last.worth_repeating and tries <= len(RETRY_MINUTES)
        delivery.due_at = self.clock() + RETRY_MINUTES[tries - 1] * 60 if again else None

    def _send(self, delivery: Delivery) -> Any:
        """The answer's JSON, if it is any; the attempt is noted either way."""
        began = time.monotonic()
        status, trouble, answer = 0, "", None
        try:
            headers = self._headers(delivery.body)
            response = self._session.post(
                self.url, delivery.body, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False
            )
            status = response.status_code
            answer = response.json()
        except requests.JSONDecodeError:
            pass
        except requests.RequestException as error:
            trouble = type(error).__name__
        spent = int((time.monotonic() - began) * 1000)
        delivery.attempts.append(Attempt(self.clock(), status, spent, trouble))
        return answer

    def _headers(self, body: bytes) -> dict[str, str]:
        """Zoom's headers; each attempt has a timestamp and a request id of its own."""
        timestamp = str(int(self.clock()) - self.mischief.stale_seconds)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Zoom Marketplace/1.0a",
            "x-zm-request-timestamp": timestamp,
            "x-zm-request-id": secrets.token_hex(16),
            "traceparent": f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01",
        }
        if not self.mischief.unsigned:
            secret = "not-" + self.secret if self.mischief.bad_signature else self.secret
            headers["x-zm-signature"] = signature(secret, timestamp, body)
        return headers
