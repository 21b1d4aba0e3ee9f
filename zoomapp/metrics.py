"""Prometheus metrics of this process. Off until ``start``: then nothing is imported, and counting costs nothing.

Every label has few values. The caller passes an endpoint's label; ``other`` stands for everything else.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

log = logging.getLogger(__name__)

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
#: Zoom's rate limit labels.
CATEGORIES = frozenset({"light", "medium", "heavy", "resource-intensive"})


class Counters:
    """Prometheus' counters, one set per process."""

    def __init__(self) -> None:
        from prometheus_client import Counter, Gauge, Histogram

        self.requests = Counter("zoomapp_requests", "Requests answered", ["method", "route", "status"])
        self.seconds = Histogram("zoomapp_request_seconds", "Time until a request was answered", ["route"])
        self.upstream = Counter("zoomapp_upstream_calls", "Calls to Zoom", ["method", "endpoint", "status"])
        self.upstream_seconds = Histogram("zoomapp_upstream_seconds", "Time until Zoom answered", ["endpoint"])
        self.cache_hits = Counter("zoomapp_cache_hits", "Calls to Zoom that the cache answered")
        self.refreshes = Counter("zoomapp_refreshes", "Token refreshes", ["outcome"])
        self.lease_waits = Counter("zoomapp_lease_waits", "Token refreshes that waited for another worker's")
        self.rate_limited = Counter("zoomapp_rate_limited", "Calls that Zoom answered with 429", ["category"])
        self.unreadable = Counter(
            "zoomapp_unreadable_values", "Values from outside that were left out", ["kind", "field"]
        )
        self.webhooks = Counter("zoomapp_webhooks", "Webhooks, by what became of them", ["outcome", "event"])
        self.failures = Counter("zoomapp_failures", "Requests answered with a failure of 5xx", ["route", "code"])
        self.added_seconds = Histogram("zoomapp_added_seconds", "Time that the app added to Zoom's, per proxied call")
        self.audit_events = Counter("zoomapp_audit_events", "Lines of the audit log", ["event", "outcome"])
        # Of the account that called last: a label for the account would have as many values as there are accounts.
        self.quota = Gauge(
            "zoomapp_quota_remaining", "Calls left, as Zoom said last", ["category"], multiprocess_mode="mostrecent"
        )
        self.limit = Gauge(
            "zoomapp_quota_limit", "Calls allowed, in the same response", ["category"], multiprocess_mode="mostrecent"
        )


_counters: Counters | None = None


def start() -> None:
    """Start counting, in this process and in those forked from it."""
    global _counters
    _counters = _counters or Counters()


def exposition() -> bytes:
    """All metrics in Prometheus' text format; of all workers if they share a folder."""
    from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    shared = CollectorRegistry()
    try:
        MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
    except ValueError:  # no folder: this process is the only one
        return generate_latest(REGISTRY)
    return generate_latest(shared)


def request(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request."""
    if _counters:
        _counters.requests.labels(_method(method), route, str(status)).inc()
        _counters.seconds.labels(route).observe(seconds)


def failure(route: str, code: str) -> None:
    """Count one request that failed with a status of 5xx. ``code``: that of the error."""
    if _counters:
        _counters.failures.labels(route, code).inc()


def proxied(seconds: float, calls: Sequence[Mapping[str, Any]]) -> None:
    """Observe what the app added to Zoom's time in a proxied call of ``seconds`` that made ``calls`` to Zoom."""
    if _counters:
        _counters.added_seconds.observe(max(0.0, seconds - sum(call["milliseconds"] for call in calls) / 1000))


def audit_event(event: str, outcome: str) -> None:
    """Count one line of the audit log. Both labels are names from the code."""
    if _counters:
        _counters.audit_events.labels(event, outcome).inc()


def upstream(method: str, endpoint: str, status: int, seconds: float, headers: Mapping[str, str]) -> None:
    """Count one call to Zoom. ``endpoint``: its label; ``status``: 0 if Zoom did not answer.

    Raises nothing, even if the workers' files fail: the caller may hold tokens that are not stored yet.
    """
    if not _counters:
        return
    try:
        _count_call(_counters, method, endpoint, status, seconds, headers)
    except (OSError, ValueError) as error:  # a worker's file cannot be read or written
        log.warning("call not counted", extra={"detail": str(error)})


def _count_call(
    counters: Counters, method: str, endpoint: str, status: int, seconds: float, headers: Mapping[str, str]
) -> None:
    counters.upstream.labels(_method(method), endpoint, str(status)).inc()
    counters.upstream_seconds.labels(endpoint).observe(seconds)
    category = headers.get("X-RateLimit-Category", "").lower()
    category = category if category in CATEGORIES else "other"
    if status == 429:
        counters.rate_limited.labels(category).inc()
    remaining, limit = headers.get("X-RateLimit-Remaining", ""), headers.get("X-RateLimit-Limit", "")
    if all(value.isascii() and value.isdigit() for value in (remaining, limit)):
        counters.quota.labels(category).set(int(remaining))
        counters.limit.labels(category).set(int(limit))


def cache_hit() -> None:
    """Count one call to Zoom that the cache answered."""
    if _counters:
        _counters.cache_hits.inc()


def refresh(outcome: str) -> None:
    """Count one token refresh: ``renewed``, ``refused`` or ``failed``."""
    if _counters:
        _counters.refreshes.labels(outcome).inc()


def unreadable_value(kind: str, field: str) -> None:
    """Count one value from outside that could not be read. Both labels are names from the code."""
    if _counters:
        _counters.unreadable.labels(kind, field).inc()


def webhook(outcome: str, event: str) -> None:
    """Count one webhook. Both labels are names from the code."""
    if _counters:
        _counters.webhooks.labels(outcome, event).inc()


def lease_wait() -> None:
    """Count one token refresh that waited for another worker's."""
    if _counters:
        _counters.lease_waits.inc()


def _method(method: Any) -> str:
    return method if method in METHODS else "other"
