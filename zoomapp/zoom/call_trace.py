"""The trace of a request's calls to Zoom: recorded here, read by the access log and the page of calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from zoomapp import metrics
from zoomapp.zoom.endpoints import metrics_label

#: Zoom's rate limit headers. Nothing else of a response is recorded: never a body, never a token.
LIMIT_HEADERS = (
    *("X-RateLimit-Category", "X-RateLimit-Type", "X-RateLimit-Limit", "X-RateLimit-Remaining"),
    "Retry-After",
)

_calls: ContextVar[list[dict[str, Any]] | None] = ContextVar("calls", default=None)
_credential: ContextVar[str] = ContextVar("credential", default="")
_limits: ContextVar[dict[str, str] | None] = ContextVar("limits", default=None)


def start() -> None:
    """Start recording in this context."""
    _calls.set([])


def record_call(method: str, path: str, status: int, milliseconds: float, headers: Mapping[str, str]) -> None:
    """Record one call; ``status`` is 0 if Zoom did not answer. ``path``: without the query."""
    metrics.upstream(method, metrics_label(path), status, milliseconds / 1000, headers)
    limits = {name: value for name in LIMIT_HEADERS if (value := headers.get(name)) is not None}
    own_limits = _limits.get()
    if own_limits is not None and limits:
        own_limits.clear()
        own_limits.update(limits)
    _add(method, path, status, milliseconds, headers.get("x-zm-trackingid", ""), limits, cached=False)


def record_cache_hit(method: str, path: str) -> None:
    """Record one call that the cache answered."""
    metrics.cache_hit()
    _add(method, path, 200, 0.0, "", {}, cached=True)


@contextmanager
def record_limits(limits: dict[str, str]) -> Iterator[None]:
    """Put the rate limit headers of this block's last response that has any into ``limits``.

    Other calls of the request may run at the same time: theirs do not count.
    """
    previous = _limits.set(limits)
    try:
        yield
    finally:
        _limits.reset(previous)


@contextmanager
def with_credential(name: str) -> Iterator[None]:
    """Record this block's calls as made with another credential than the user's grant."""
    previous = _credential.set(name)
    try:
        yield
    finally:
        _credential.reset(previous)


def take_calls() -> list[dict[str, Any]]:
    """The calls so far. Ends the recording."""
    calls = _calls.get() or []
    _calls.set(None)
    return calls


def _add(
    method: str, path: str, status: int, milliseconds: float, tracking_id: str, limits: dict[str, str], cached: bool
) -> None:
    calls = _calls.get()
    if calls is None:
        return
    call = {
        "method": method,
        "path": path,
        "status": status,
        "milliseconds": round(milliseconds),
        "cached": cached,
        "tracking_id": tracking_id,
        "limits": limits,
    }
    if credential := _credential.get():
        call["credential"] = credential
    calls.append(call)
