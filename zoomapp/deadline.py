"""The deadline of the current request. A host's router gives up after 30 s, so a request ends before."""

from __future__ import annotations

import time
from contextvars import ContextVar

REQUEST_SECONDS = 27.0

_ends_at: ContextVar[float] = ContextVar("deadline", default=float("inf"))


def start(seconds: float = REQUEST_SECONDS) -> None:
    """Set the deadline of this context's request to ``seconds`` from now."""
    _ends_at.set(time.monotonic() + seconds)


def remaining(at_most: float) -> float:
    """The seconds until the deadline, from 0.01 to ``at_most``. Outside a request ``at_most``."""
    return max(0.01, min(at_most, _ends_at.get() - time.monotonic()))


def passed() -> bool:
    """Whether the deadline has passed."""
    return time.monotonic() >= _ends_at.get()
