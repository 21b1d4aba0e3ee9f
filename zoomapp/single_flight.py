"""Single flight within one process: concurrent callers of the same work share one run of it and wait for its result."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Flight:
    """One piece of work under way and, when it has finished, its outcome."""

    def __init__(self) -> None:
        self._finished = threading.Event()
        self._value = ""
        self._error: Exception | None = None

    def run(self, work: Callable[[], str]) -> None:
        """Call ``work`` and store what it returns or raises."""
        try:
            self._value = work()
        except Exception as error:
            self._error = error

    def finish(self) -> None:
        """Wake everybody who waits."""
        self._finished.set()

    def wait(self, seconds: float) -> bool:
        """Whether the work finished within ``seconds``."""
        return self._finished.wait(seconds)

    def result(self, seconds: float) -> str | None:
        """What the work returned, or None if it takes longer than ``seconds``. Raises what the work raised."""
        if not self.wait(seconds):
            return None
        if self._error is not None:
            raise self._error
        return self._value


class SingleFlight:
    """At most one flight per name.

    ``start`` runs the work in a thread of its own, so that no caller's deadline interrupts it. ``turn`` runs a block in
    the first caller's own thread.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._flights: dict[str, Flight] = {}
        self._closed = False

    def start(self, name: str, work: Callable[[], str]) -> Flight | None:
        """The flight of that name; starts it if there is none. None when closed and nothing is under way."""
        with self._lock:
            flight = self._flights.get(name)
            if flight is not None or self._closed:
                return flight
            flight = self._flights[name] = Flight()
        # Not a daemon thread: an interpreter that exits waits for work that has started.
        threading.Thread(target=self._run, args=(name, flight, work), name="single-flight").start()
        return flight

    @contextmanager
    def turn(self, name: str, seconds: float) -> Iterator[bool]:
        """True for the first caller. Others get False when the first caller's block has ended, or after ``seconds``."""
        with self._lock:
            flight = self._flights.get(name)
            first = flight is None
            if flight is None:
                flight = self._flights[name] = Flight()
        if not first:
            flight.wait(seconds)
            yield False
            return
        try:
            yield True
        finally:
            self._finish(name, flight)

    def close(self) -> None:
        """Start no further work."""
        with self._lock:
            self._closed = True

    def _run(self, name: str, flight: Flight, work: Callable[[], str]) -> None:
        try:
            flight.run(work)
        finally:
            self._finish(name, flight)

    def _finish(self, name: str, flight: Flight) -> None:
        with self._lock:
            del self._flights[name]
        flight.finish()
