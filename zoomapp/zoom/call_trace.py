"""The calls to Zoom that one request makes: gathered here, for whoever wants to show them afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from zoomapp import metrics

#: What Zoom says of its limits. Nothing else of an answer is noted: never a body, never a token.
LIMIT_HEADERS = (
    *("X-RateLimit-Category", "X-RateLimit-Type", "X-RateLimit-Limit", "X-RateLimit-Remaining"),
    "Retry-After",
)

_calls: ContextVar[list[dict[str, Any]] | None] = ContextVar("calls", default=None)


def start() -> None:
    """Gather from here on, in this context."""
    _calls.set([])


def record_call(method: str, path: str, status: int, milliseconds: float, headers: Mapping[str, str]) -> None:
    """One call that was answered, or with status 0 was not. ``path``: without its query."""
    metrics.upstream(method, path, status, milliseconds / 1000, headers)
    limits = {name: value for name in LIMIT_HEADERS if (value := headers.get(name)) is not None}
    _add(method, path, status, milliseconds, headers.get("x-zm-trackingid", ""), limits, cached=False)


def record_cache_hit(method: str, path: str) -> None:
    """One call that was spared, because its answer lay at hand."""
    metrics.cache_hit()
    _add(method, path, 200, 0.0, "", {}, cached=True)


def calls() -> list[dict[str, Any]]:
    """What was gathered until now; it stays."""
    return list(_calls.get() or [])


def last_limits() -> dict[str, str]:
    """What Zoom said of its limits last; empty where nothing is gathered, or nothing was said."""
    return next((call["limits"] for call in reversed(calls()) if call["limits"]), {})


def take_calls() -> list[dict[str, Any]]:
    """What was gathered, once."""
    calls = _calls.get() or []
    _calls.set(None)
    return calls


def _add(
    method: str, path: str, status: int, milliseconds: float, tracking_id: str, limits: dict[str, str], cached: bool
) -> None:
    calls = _calls.get()
    if calls is not None:
        calls.append(
            {
                "method": method,
                "path": path,
                "status": status,
                "milliseconds": round(milliseconds),
                "cached": cached,
                "tracking_id": tracking_id,
                "limits": limits,
            }
        )
