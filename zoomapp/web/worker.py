"""gunicorn's threaded worker, whose threads stay with a connection that goes on talking."""

from __future__ import annotations

import select
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

#: A page that makes one call after the other sends the next within this.
STAY_MILLISECONDS = 2


class StayingWorker(ThreadWorker):
    """A thread that has answered waits a moment for that connection's next request.

    Else each request goes from the main loop through a queue to a thread and back, which costs as much as serving it.
    Nobody stays while others wait for a thread.
    """

    def handle(self, conn: Any) -> Any:
        """Whether the connection is kept, as gunicorn has it."""
        kept = super().handle(conn)
        while kept is True and self.alive and self._goes_on(conn):
            kept = super().handle(conn)
        return kept

    def _goes_on(self, conn: Any) -> bool:
        if not self.tpool._work_queue.empty():
            return False
        poll = select.poll()
        poll.register(conn.sock, select.POLLIN)
        return bool(poll.poll(STAY_MILLISECONDS))
