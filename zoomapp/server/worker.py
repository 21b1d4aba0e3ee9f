"""Time limits for requests: a gunicorn worker whose threads never wait for the head of a request.

gunicorn's own ThreadWorker gives a new connection to a thread, which then reads until the head is complete. So as many
incomplete requests as there are threads block it. Here the main loop waits for heads:

* It peeks at the socket and gives the connection to a thread when the head is complete.
* A head that is not complete after HEAD_SECONDS gets 408, a connection that sent nothing is closed.
* When most of ``worker_connections`` are in use, the connection that has been silent for longest is closed.
* A closed connection lingers in the main loop, too. gunicorn's own linger blocks that loop for up to two seconds.

The main loop also ends bodies that take too long (``body_limits.py``).

This overrides ``enqueue_req``, ``finish_request``, ``murder_pending`` and ``handle_request`` of gunicorn's ThreadWorker
and uses its ``poller``, ``nr_conns`` and ``keepalived_conns``. TLS and UNIX sockets are left to gunicorn: both belong
behind a router that buffers requests.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import time
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

from zoomapp.server import body_limits

HEAD_SECONDS = 10.0
#: While the worker stops, as long as gunicorn keeps idle connections then.
STOPPING_HEAD_SECONDS = 2.0
#: No browser and no router sends a longer head.
MAX_HEAD_BYTES = 64 * 1024
USUAL_HEAD_BYTES = 8 * 1024
#: How long a closed connection may take to read our answer (RFC 9112 9.6), and how much it may still send.
LINGER_SECONDS = 2.0
LINGER_BYTES = 64 * 1024
#: How long a thread waits for the rest of a body that the app did not read.
DRAIN_SECONDS = 0.05
#: Above this share of ``worker_connections`` silent connections are closed.
CROWDED_SHARE = 0.9


class Arrival(Enum):
    """How much of a request's head has arrived."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    TOO_LARGE = "too large"
    CLOSED = "closed"


@dataclass
class PendingHead:
    """A head that is not complete yet. ``size``: bytes that wait in the socket."""

    started_at: float
    size: int


@dataclass
class ClosingConnection:
    """A connection whose answer was sent. ``received``: bytes that came after it."""

    ends_at: float
    received: int = 0


def peek_head(sock: socket.socket, read_ahead: bytes = b"") -> tuple[Arrival, int]:
    """How much of a head has arrived, and the number of bytes in the socket; takes nothing out of it.

    ``read_ahead``: what the parser read before from the same connection.
    """
    try:
        data = sock.recv(USUAL_HEAD_BYTES, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        if len(data) == USUAL_HEAD_BYTES and not is_complete(read_ahead + data):
            data = sock.recv(MAX_HEAD_BYTES, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        ended = not data
    except BlockingIOError:
        data, ended = b"", False
    except OSError:
        return Arrival.CLOSED, 0
    if is_complete(read_ahead + data):
        return Arrival.COMPLETE, len(data)
    if ended:
        return Arrival.CLOSED, 0
    too_large = len(read_ahead) + len(data) >= MAX_HEAD_BYTES
    return Arrival.TOO_LARGE if too_large else Arrival.PARTIAL, len(data)


def is_complete(data: bytes) -> bool:
    """Whether a request's head ends in these bytes. Empty lines before a request are not its end."""
    if data[:1] in (b"\r", b"\n"):
        data = data.lstrip(b"\r\n")
    return b"\r\n\r\n" in data


def buffered(conn: Any) -> bytes:
    """What the parser read ahead of the connection's last request."""
    return conn.parser.unreader.buf.getvalue() if conn.parser is not None else b""


class TimeLimitedWorker(ThreadWorker):
    """gunicorn's threaded worker with time limits for heads and bodies."""

    def init_process(self) -> None:
        # Both dicts are in the order of their deadlines.
        self._pending_heads: dict[Any, PendingHead] = {}
        self._closing: dict[Any, ClosingConnection] = {}
        super().init_process()

    def enqueue_req(self, conn: Any) -> None:
        """Give the connection to a thread if the head is complete, else wait for it in the main loop."""
        if self.cfg.is_ssl or conn.sock.family not in (socket.AF_INET, socket.AF_INET6):
            super().enqueue_req(conn)
            return
        arrival, size = peek_head(conn.sock, buffered(conn))
        if arrival is Arrival.PARTIAL:
            self._pending_heads[conn] = PendingHead(time.monotonic(), size)
            _wake_at(conn.sock, size)
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._on_head_readable, conn))
        else:
            self._end_wait(conn, arrival)

    def _on_head_readable(self, conn: Any, _: Any) -> None:
        pending = self._pending_heads[conn]
        arrival, size = peek_head(conn.sock, buffered(conn))
        if arrival is Arrival.PARTIAL and size > pending.size:
            pending.size = size
            _wake_at(conn.sock, size)
            return
        # Readable without anything new: the other side has closed.
        self._forget_head(conn)
        self._end_wait(conn, Arrival.CLOSED if arrival is Arrival.PARTIAL else arrival)

    def _end_wait(self, conn: Any, arrival: Arrival) -> None:
        if arrival is Arrival.COMPLETE:
            # gunicorn need not wait for data.
            conn.data_ready = True
            super().enqueue_req(conn)
        elif arrival is Arrival.TOO_LARGE:
            self._refuse(conn, "431 Request Header Fields Too Large", "too_large")
        else:
            self._drop(conn)

    def _forget_head(self, conn: Any) -> PendingHead:
        with contextlib.suppress(OSError, KeyError, ValueError):
            self.poller.unregister(conn.sock)
        pending = self._pending_heads.pop(conn)
        if pending.size:
            _wake_at(conn.sock, 0)
        return pending

    def finish_request(self, conn: Any, fs: Any) -> None:
        """As gunicorn's own, but a connection that is to be closed lingers without blocking the main loop."""
        if fs.cancelled() or fs.exception() is not None or fs.result():
            super().finish_request(conn, fs)
        else:
            self._start_closing(conn)

    def _start_closing(self, conn: Any) -> None:
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._on_closing_readable, conn))
        except (OSError, KeyError, ValueError):
            self._drop(conn)
            return
        self._closing[conn] = ClosingConnection(time.monotonic() + LINGER_SECONDS)

    def _on_closing_readable(self, conn: Any, _: Any) -> None:
        closing = self._closing[conn]
        try:
            size = len(conn.sock.recv(16 * 1024))
        except OSError:
            size = 0
        closing.received += size
        if not size or closing.received > LINGER_BYTES:
            self._end_closing(conn)

    def _end_closing(self, conn: Any) -> None:
        del self._closing[conn]
        with contextlib.suppress(OSError, KeyError, ValueError):
            self.poller.unregister(conn.sock)
        self._drop(conn)

    def murder_pending(self) -> None:
        """Called by the main loop at least once a second: end overdue heads, bodies and closing connections."""
        super().murder_pending()
        body_limits.end_overdue_reads()
        now = time.monotonic()
        seconds = HEAD_SECONDS if self.alive else STOPPING_HEAD_SECONDS
        while self._pending_heads:
            conn, head = next(iter(self._pending_heads.items()))
            if now < head.started_at + seconds:
                break
            self._end_head(conn)
        while self._closing:
            conn, closing = next(iter(self._closing.items()))
            if now < closing.ends_at:
                break
            self._end_closing(conn)
        while self.nr_conns > self.cfg.worker_connections * CROWDED_SHARE and self._close_longest_silent():
            pass

    def _end_head(self, conn: Any) -> None:
        """The time for a head is up: send 408 if a part of it came, else close the connection."""
        if self._forget_head(conn).size:
            self._refuse(conn, "408 Request Timeout", "request_timeout")
        else:
            self._drop(conn)

    def _refuse(self, conn: Any, status: str, code: str) -> None:
        body = f'{{"error":"{code}","message":"{status[4:]}"}}'
        head = (
            f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Type: application/json\r\nCache-Control: no-store\r\n"
        )
        with contextlib.suppress(OSError):
            conn.sock.setblocking(False)
            conn.sock.send(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
        self._start_closing(conn)

    def _close_longest_silent(self) -> bool:
        """Close the oldest closing connection, else the oldest pending head, else the oldest idle one.

        Returns whether there was one.
        """
        if self._closing:
            self._end_closing(next(iter(self._closing)))
        elif self._pending_heads:
            conn = next(iter(self._pending_heads))
            self._forget_head(conn)
            self._drop(conn)
        elif self.keepalived_conns:
            self.keepalived_conns[0].timeout = 0.0
            self.murder_keepalived()
        else:
            return False
        return True

    def _drop(self, conn: Any) -> None:
        self.nr_conns -= 1
        conn.close()

    def handle_request(self, req: Any, conn: Any) -> bool:
        """Serve a request. Returns whether the connection can carry another one.

        gunicorn waits up to five seconds for the rest of a body that the app did not read. Each wait holds a thread.
        """
        return bool(super().handle_request(req, conn)) and self.drain_body(conn)

    def drain_body(self, conn: Any) -> bool:
        """Read the rest of the request's body. Returns whether all of it came in time."""
        return bool(conn.parser.finish_body(deadline=time.monotonic() + DRAIN_SECONDS))


def _wake_at(sock: socket.socket, size: int) -> None:
    """Make the socket readable only when it holds more than ``size`` bytes, which were already examined."""
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, size + 1)
