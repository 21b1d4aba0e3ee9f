"""Limits for request bodies: size, time, the number that is read at once, and memory.

All limits are per process. A body is read by the thread of its request, so a slow body holds a thread. When too many
are read at once, the oldest read is ended: usual bodies take milliseconds, so the oldest one is slow or hostile.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from zoomapp.errors import Busy

KILOBYTE = 1024
MAX_BYTES_IN_MEMORY = 64 * KILOBYTE * KILOBYTE
#: The longest wait for the next bytes of a body.
SILENCE_SECONDS = 10.0
#: Webhooks in flight: between the first byte of the body and the answer.
MAX_WEBHOOKS = 8


class ByteBudget:
    """The memory that request bodies may take together."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._used = 0
        self._lock = threading.Lock()

    def take(self, size: int) -> None:
        """Reserve ``size`` bytes. Raises Busy if fewer are free."""
        with self._lock:
            if self._used + size > self._max_bytes:
                raise Busy(f"{self._used} bytes of request bodies in memory")
            self._used += size

    def give_back(self, size: int) -> None:
        with self._lock:
            self._used -= size


class Places:
    """A fixed number of places. Without a free place a request fails with Busy; it never waits."""

    def __init__(self, count: int) -> None:
        self._free = threading.Semaphore(count)

    @contextlib.contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place. Raises Busy."""
        if not self._free.acquire(blocking=False):
            raise Busy("all places are taken")
        try:
            yield
        finally:
            self._free.release()


@dataclass(eq=False)
class BodyRead:
    """A body that a thread reads. ``ended``: it took too long, so its connection sends nothing more."""

    sock: socket.socket
    ends_at: float
    ended: bool = False

    def end(self) -> None:
        """Make the thread stop waiting. The connection can still be answered."""
        self.ended = True
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RD)


class BodyReads:
    """The bodies of one kind of sender that are read now. ``seconds``: the time limit for a whole body."""

    def __init__(
        self, max_bytes: int, max_reads: int, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.max_bytes = max_bytes
        self._max_reads = max_reads
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._reads: dict[BodyRead, None] = {}

    @contextlib.contextmanager
    def read(self, sock: socket.socket) -> Iterator[BodyRead]:
        """Register a read while it lasts. If there are too many, the oldest is ended."""
        read = BodyRead(sock, self._clock() + self._seconds)
        with self._lock:
            running = [each for each in self._reads if not each.ended]
            if len(running) >= self._max_reads:
                running[0].end()
            self._reads[read] = None
        before = sock.gettimeout()
        try:
            sock.settimeout(SILENCE_SECONDS)
            yield read
        finally:
            with self._lock:
                del self._reads[read]
            sock.settimeout(before)

    def end_overdue(self) -> None:
        now = self._clock()
        with self._lock:
            for read in self._reads:
                if now >= read.ends_at and not read.ended:
                    read.end()


#: Visitors, Zoom's webhooks (Zoom itself gives up after 3 s), and signed-in users.
anonymous_reads = BodyReads(16 * KILOBYTE, max_reads=64, seconds=10.0)
webhook_reads = BodyReads(256 * KILOBYTE, max_reads=MAX_WEBHOOKS, seconds=5.0)
signed_in_reads = BodyReads(KILOBYTE * KILOBYTE, max_reads=128, seconds=20.0)

webhooks_in_flight = Places(MAX_WEBHOOKS)
memory = ByteBudget(MAX_BYTES_IN_MEMORY)


def end_overdue_reads() -> None:
    """End every read that takes too long. The server's main loop calls it about once a second."""
    for reads in (anonymous_reads, webhook_reads, signed_in_reads):
        reads.end_overdue()
