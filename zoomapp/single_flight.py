"""Single-flight within one process: the first caller starts the work, the others wait for the same outcome."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Flight:
    """One piece of work under way, in a thread of its own: no caller's deadline cuts it short."""

    def __init__(self) -> None:
        self._landed = threading.Event()
        self._value: str = ""
        self._error: Exception | None = None

    def run(self, work: Callable[[], str]) -> None:
        try:
            self._value = work()
        except Exception as error:
            self._error = error
        finally:
            self._landed.set()

    def result(self, seconds: float) -> str | None:
        """What the work gave, or None if that takes longer than ``seconds``. Raises what the work raised."""
        if not self._landed.wait(seconds):
            return None
        if self._error is not None:
            raise self._error
        return self._value


class SingleFlight:
    """At most one flight per name."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._flights: dict[str, Flight] = {}
        self._closed = False

    def join(self, name: str, work: Callable[[], str]) -> Flight | None:
        """The flight of that name, begun now if there is none. None when closed and nothing is under way."""
        with self._lock:
            flight = self._flights.get(name)
            if flight is not None or self._closed:
                return flight
            flight = self._flights[name] = Flight()
        # Not a daemon: an interpreter that ends waits for a renewal that has begun.
        threading.Thread(target=self._fly, args=(name, flight, work), name="renewal").start()
        return flight

    def close(self) -> None:
        """Begin nothing more."""
        with self._lock:
            self._closed = True

    def _fly(self, name: str, flight: Flight, work: Callable[[], str]) -> None:
        flight.run(work)
        with self._lock:
            self._flights.pop(name, None)
