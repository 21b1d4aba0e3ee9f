"""How long this request may still take. A host's router gives up after 30 s, so we end before."""

from __future__ import annotations

import time
from contextvars import ContextVar

REQUEST_SECONDS = 27.0

_ends_at: ContextVar[float] = ContextVar("deadline", default=float("inf"))


def start(seconds: float = REQUEST_SECONDS) -> None:
    """Give the request that runs in this context ``seconds`` from now."""
    _ends_at.set(time.monotonic() + seconds)


def remaining(at_most: float) -> float:
    """Seconds left, never more than ``at_most``, never below a hundredth; outside a request just ``at_most``."""
    return max(0.01, min(at_most, _ends_at.get() - time.monotonic()))


def passed() -> bool:
    return time.monotonic() >= _ends_at.get()
