"""Total time limits for work on sockets: a thread shuts a socket down when its time is up.

A socket's own time limit bounds each wait. It does not stop a peer that sends a byte a second.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

LOOK_SECONDS = 0.25


class Watchdog:
    """One thread per process that shuts down sockets when their time is up. The first use starts it."""

    def __init__(self) -> None:
        self._forget()
        # A forked process has no thread of its own yet, and nothing else bounds a call to Zoom.
        os.register_at_fork(after_in_child=self._forget)

    def _forget(self) -> None:
        self._due: dict[int, tuple[float, Any]] = {}
        self._some = threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def over(self, holder: Any, seconds: float) -> WatchedBlock:
        """A ``with`` block; if it takes longer than ``seconds``, ``holder.sock`` is shut down and reads end at once."""
        return WatchedBlock(self, holder, seconds)

    def begin(self, holder: Any, seconds: float) -> None:
        self._due[id(holder)] = (time.monotonic() + seconds, holder)
        if self._thread is None:
            self._start()
        if not self._some.is_set():
            self._some.set()

    def end(self, holder: Any) -> None:
        del self._due[id(holder)]

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._look, name="watch", daemon=True)
                self._thread.start()

    def _look(self) -> None:
        while True:
            self._some.wait()
            self._some.clear()
            while self._due:
                time.sleep(LOOK_SECONDS)
                now = time.monotonic()
                for ends_at, holder in list(self._due.values()):
                    if now >= ends_at:
                        cut_off(getattr(holder, "sock", None))


#: Of this process.
watchdog = Watchdog()


class WatchedBlock:
    """A ``with`` block with a time limit. A class, because a generator costs twice as much on every call to Zoom."""

    def __init__(self, watch: Watchdog, holder: Any, seconds: float) -> None:
        self._watch, self._holder, self._seconds = watch, holder, seconds

    def __enter__(self) -> None:
        self._watch.begin(self._holder, self._seconds)

    def __exit__(self, *_: object) -> None:
        self._watch.end(self._holder)


@contextlib.contextmanager
def bounded(sock: socket.socket | None, seconds: float) -> Iterator[None]:
    """A ``with`` block in which reading from ``sock`` fails after ``seconds``, even if a byte arrives now and then.

    Without a socket nothing has to wait.
    """
    if sock is None:
        yield
        return
    if sock.gettimeout() != 0.0:  # else the socket never blocks: fastpath/http1.py polls it
        sock.settimeout(seconds)
    with watchdog.over(_Holder(sock), seconds):
        yield


@dataclass
class _Holder:
    sock: socket.socket


def cut_off(sock: socket.socket | None) -> None:
    """Shut down a socket that another thread reads."""
    if sock is not None:
        with contextlib.suppress(OSError):
            # The plain socket's shutdown: that of a TLS socket would remove the session while another thread reads.
            socket.socket.shutdown(sock, socket.SHUT_RDWR)
