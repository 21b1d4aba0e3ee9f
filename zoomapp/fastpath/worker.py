"""gunicorn's threaded worker; threads stay with a connection that goes on talking, workers share connections evenly.

What a request costs beside the app is a third of it. This takes some of that away, and nothing that gunicorn promises.
"""

from __future__ import annotations

import mmap
import select
import socket
import time
from email.utils import formatdate
from functools import lru_cache
from typing import Any

from gunicorn import util
from gunicorn.http import wsgi
from gunicorn.http.body import LengthReader

from zoomapp.server.worker import USUAL_HEAD_BYTES, TimeLimitedWorker, buffered, is_complete

#: A page that makes one call after the other sends the next within this.
KEEP_THREAD_MILLISECONDS = 15
#: As long as a thread stays while half of all do.
KEEP_THREAD_BUSY_MILLISECONDS = 2
#: How long a worker leaves a new connection to those who have fewer.
ACCEPT_DELAY_SECONDS = 0.001
#: For each worker one more than the connections it had when it last looked, 0 for none that lives. Memory from before
#: the fork, which all of them share.
connection_counts = memoryview(mmap.mmap(-1, mmap.PAGESIZE)).cast("i")[:64]


def worker_exited(age: int) -> None:
    """The worker of this age lives no longer; called in the process that began it."""
    connection_counts[age % len(connection_counts)] = 0


class CachedTimeoutSocket(socket.socket):
    """A socket that asks the system nothing when it is told to be as it is: gunicorn tells it so with each request.

    Each question lets go of the interpreter, and whoever lets go of it waits for it again.
    """

    def settimeout(self, value: float | None) -> None:
        if self.gettimeout() != value:
            super().settimeout(value)

    def setblocking(self, flag: bool) -> None:
        self.settimeout(None if flag else 0.0)


class SendBuffer(list[bytes]):
    """In a socket's place: what it would have sent."""

    sendall = list.append


class SingleWriteResponse(wsgi.Response):
    """An answer whose head leaves with the first piece of its body: what leaves by itself costs as much again."""

    sock: Any

    def write(self, arg: bytes) -> None:
        if self.headers_sent:
            super().write(arg)
            return
        sock, self.sock = self.sock, SendBuffer()
        try:
            super().write(arg)
            sock.sendall(b"".join(self.sock))
        finally:
            self.sock = sock


@lru_cache(maxsize=1)
def _date(second: int) -> str:
    return formatdate(second, usegmt=True)


def http_date(timestamp: float | None = None) -> str:
    """As gunicorn's own, but written once a second."""
    return _date(int(time.time() if timestamp is None else timestamp))


def _read_head(conn: Any) -> bool:
    """Whether the next head is complete; the parser finds it in its buffer.

    Half a head would hold the thread, so the main loop waits for the rest of it. This reads what the parser would read:
    a look at it (`peek_head`) would let go of the interpreter once more.
    """
    try:
        data = conn.sock.recv(USUAL_HEAD_BYTES)
    except OSError:
        return False
    conn.parser.unreader.unread(data)
    return is_complete(data)


class KeepAliveWorker(TimeLimitedWorker):
    """A thread that has answered waits a moment for that connection's next request.

    Else each request goes from the main loop through a queue to a thread and back, which costs as much as serving it.
    Nobody stays while others wait for a thread.
    """

    def init_process(self) -> None:
        # gunicorn offers no other way to put these in the place of its own.
        wsgi.Response, util.http_date = SingleWriteResponse, http_date
        self._staying: set[Any] = set()
        self._show()
        super().init_process()

    def accept(self, listener: Any) -> None:
        """As gunicorn's own, but not before those who have fewer had a chance.

        Whoever is faster would take most, and half of what answers would have little to do.
        """
        self._show()
        if any(0 < each <= self.nr_conns for each in connection_counts):
            time.sleep(ACCEPT_DELAY_SECONDS)
        super().accept(listener)

    def _show(self) -> None:
        connection_counts[self.age % len(connection_counts)] = self.nr_conns + 1

    def handle(self, conn: Any) -> Any:
        """Whether the connection is kept, as gunicorn has it."""
        if not conn.initialized and not isinstance(conn.sock, CachedTimeoutSocket):
            conn.sock = CachedTimeoutSocket(fileno=conn.sock.detach())
            socket.socket.settimeout(conn.sock, 0.0)  # as it was: made anew, it takes itself for one that waits
        kept = super().handle(conn)
        while kept is True and self.alive and self._goes_on(conn):
            kept = super().handle(conn)
        return kept

    def drain_body(self, conn: Any) -> bool:
        """As in TimeLimitedWorker, but a body that was read to its end costs no system calls for a time limit."""
        body = conn.parser.mesg.body
        if isinstance(body.reader, LengthReader) and not body.reader.length and not body.failed:
            return True
        return super().drain_body(conn)

    def _keepalive_after(self, conn: Any, keepalive: bool) -> bool:
        """gunicorn's own drains the body once more."""
        return keepalive

    def _goes_on(self, conn: Any) -> bool:
        # What the parser read ahead comes before what the socket holds: the main loop puts both together.
        if not self.tpool._work_queue.empty() or buffered(conn):
            return False
        poll = select.poll()
        poll.register(conn.sock, select.POLLIN)
        many = len(self._staying) >= self.cfg.threads // 2
        self._staying.add(conn)
        try:
            return bool(poll.poll(KEEP_THREAD_BUSY_MILLISECONDS if many else KEEP_THREAD_MILLISECONDS)) and _read_head(
                conn
            )
        finally:
            self._staying.discard(conn)
