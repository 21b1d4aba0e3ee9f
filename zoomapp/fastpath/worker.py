"""A gunicorn worker whose threads wait briefly for a connection's next request.

It replaces gunicorn's queue between main loop and threads, which takes a third of a proxied call's CPU. Time limits are
those of ``server/worker.py``. Private names used here: ``_keepalive_after`` of gunicorn's ThreadWorker and
``_work_queue`` of the standard library's ThreadPoolExecutor.
"""

from __future__ import annotations

import mmap
import select
import time
from typing import Any

from gunicorn.http.body import LengthReader

from zoomapp.server.worker import USUAL_HEAD_BYTES, TimeLimitedWorker, buffered, is_complete

#: A page that makes calls one after another sends the next within this time.
KEEP_THREAD_MILLISECONDS = 15
#: The wait while half of all threads wait like that.
KEEP_THREAD_BUSY_MILLISECONDS = 2
#: The head start that workers with fewer connections get.
ACCEPT_DELAY_SECONDS = 0.001
#: For each worker the number of its connections plus one; 0 if there is no such worker. The workers share this memory.
connection_counts = memoryview(mmap.mmap(-1, mmap.PAGESIZE)).cast("i")[:64]


def worker_exited(age: int) -> None:
    """Remove a worker from ``connection_counts``. Called in gunicorn's main process."""
    connection_counts[age % len(connection_counts)] = 0


def _read_head(conn: Any) -> bool:
    """Read what has arrived into the parser's buffer. Returns whether it holds a complete head.

    If it does not, the main loop waits for the rest, as half a head would hold the thread. ``peek_head`` would do the
    same with one more system call.
    """
    try:
        data = conn.sock.recv(USUAL_HEAD_BYTES)
    except OSError:
        return False
    conn.parser.unreader.unread(data)
    return is_complete(data)


class KeepAliveWorker(TimeLimitedWorker):
    """After a response, the thread waits a moment for the connection's next request.

    Otherwise each request goes from the main loop through a queue to a thread and back, which costs as much as serving
    it. No thread waits while requests are queued.
    """

    def init_process(self) -> None:
        self._waiting: set[Any] = set()
        self._publish_count()
        super().init_process()

    def accept(self, listener: Any) -> None:
        """Accept a connection, but give workers with fewer connections a head start.

        Without this delay the fastest worker accepts most connections and the others stay idle.
        """
        self._publish_count()
        if any(0 < count <= self.nr_conns for count in connection_counts):
            time.sleep(ACCEPT_DELAY_SECONDS)
        super().accept(listener)

    def _publish_count(self) -> None:
        connection_counts[self.age % len(connection_counts)] = self.nr_conns + 1

    def handle(self, conn: Any) -> Any:
        """Serve requests of a connection. Returns what gunicorn's own returns: whether to keep the connection."""
        keep = super().handle(conn)
        while keep is True and self.alive and self._next_request_arrives(conn):
            keep = super().handle(conn)
        return keep

    def drain_body(self, conn: Any) -> bool:
        """As in TimeLimitedWorker, but a body that was read to its end costs no system calls for a time limit."""
        body = conn.parser.mesg.body
        if isinstance(body.reader, LengthReader) and not body.reader.length and not body.failed:
            return True
        return super().drain_body(conn)

    def _keepalive_after(self, conn: Any, keepalive: bool) -> bool:
        """gunicorn's own method would read the rest of the body again."""
        return keepalive

    def _next_request_arrives(self, conn: Any) -> bool:
        # The parser's buffer comes before the socket's: the main loop joins both.
        if not self.tpool._work_queue.empty() or buffered(conn):
            return False
        poll = select.poll()
        poll.register(conn.sock, select.POLLIN)
        many_wait = len(self._waiting) >= self.cfg.threads // 2
        milliseconds = KEEP_THREAD_BUSY_MILLISECONDS if many_wait else KEEP_THREAD_MILLISECONDS
        self._waiting.add(conn)
        try:
            return bool(poll.poll(milliseconds)) and _read_head(conn)
        finally:
            self._waiting.discard(conn)
