"""What is counted for Prometheus. Off until ``start``: then nothing is imported, and counting costs nothing.

Every label has few values, whoever asks for what: a path that is not ours to know counts as ``other``.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

log = logging.getLogger(__name__)

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
CATEGORIES = frozenset({"light", "medium", "heavy", "resource-intensive"})
WORDS = frozenset(
    {"v2", "users", "me", "meetings", "past_meetings", "participants", "instances", "invitation", "recordings"}
    | {"metrics", "report", "status", "settings", "live_meetings", "zoomapp", "deeplink", "im", "chat", "messages"}
)
#: Endpoints that are told apart: Zoom's paths with ``{id}`` for what names somebody or something.
ENDPOINTS = frozenset(
    {"/oauth/token", "/oauth/revoke", "/v2/users", "/v2/users/me", "/v2/users/me/meetings", "/v2/users/me/recordings"}
    | {"/v2/users/me/settings", "/v2/users/{id}", "/v2/users/{id}/meetings", "/v2/users/{id}/recordings"}
    | {"/v2/meetings/{id}", "/v2/meetings/{id}/invitation", "/v2/meetings/{id}/recordings", "/v2/meetings/{id}/status"}
    | {"/v2/past_meetings/{id}", "/v2/past_meetings/{id}/instances", "/v2/past_meetings/{id}/participants"}
    | {"/v2/metrics/meetings", "/v2/metrics/meetings/{id}", "/v2/metrics/meetings/{id}/participants"}
    | {"/v2/report/meetings/{id}/participants", "/v2/zoomapp/deeplink", "/v2/im/chat/messages"}
)


class Counters:
    """Prometheus' own counters, one set per process."""

    def __init__(self) -> None:
        from prometheus_client import Counter, Gauge, Histogram

        self.requests = Counter("zoomapp_requests", "Requests answered", ["method", "route", "status"])
        self.seconds = Histogram("zoomapp_request_seconds", "Time until a request was answered", ["route"])
        self.upstream = Counter("zoomapp_upstream_calls", "Calls to Zoom", ["method", "endpoint", "status"])
        self.upstream_seconds = Histogram("zoomapp_upstream_seconds", "Time until Zoom answered", ["endpoint"])
        self.cache_hits = Counter("zoomapp_cache_hits", "Calls to Zoom that were spared")
        self.refreshes = Counter("zoomapp_refreshes", "Renewals of tokens", ["outcome"])
        self.lease_waits = Counter("zoomapp_lease_waits", "Renewals that waited for another worker's")
        self.rate_limited = Counter("zoomapp_rate_limited", "Calls that Zoom answered with 429", ["category"])
        # Of whichever account was answered last: a label for the account would have as many values as there are.
        self.quota = Gauge(
            "zoomapp_quota_remaining", "What Zoom said last is left", ["category"], multiprocess_mode="mostrecent"
        )
        self.allowed = Gauge(
            "zoomapp_quota_limit", "Of how much, in the same answer", ["category"], multiprocess_mode="mostrecent"
        )


_counters: Counters | None = None


def start() -> None:
    """Count from here on, in this process and those forked from it."""
    global _counters
    _counters = _counters or Counters()


def exposition() -> bytes:
    """All that was counted, in Prometheus' text format; over all workers when they share a folder."""
    from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    shared = CollectorRegistry()
    try:
        MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
    except ValueError:  # no folder: this process is all there is
        return generate_latest(REGISTRY)
    return generate_latest(shared)


def request(method: str, route: str, status: int, seconds: float) -> None:
    if _counters:
        _counters.requests.labels(_method(method), route, str(status)).inc()
        _counters.seconds.labels(route).observe(seconds)


def upstream(method: str, path: str, status: int, seconds: float, headers: Mapping[str, str]) -> None:
    """One call to Zoom; ``status`` 0 when none came. Files that fail raise nothing: tokens may not be stored yet."""
    if not _counters:
        return
    try:
        _called(_counters, method, path, status, seconds, headers)
    except (OSError, ValueError) as error:  # the workers' files cannot be written, or not be read
        log.warning("call not counted", extra={"detail": str(error)})


def _called(
    counters: Counters, method: str, path: str, status: int, seconds: float, headers: Mapping[str, str]
) -> None:
    where = endpoint(path)
    counters.upstream.labels(_method(method), where, str(status)).inc()
    counters.upstream_seconds.labels(where).observe(seconds)
    told = headers.get("X-RateLimit-Category", "").lower()
    category = told if told in CATEGORIES else "other"
    if status == 429:
        counters.rate_limited.labels(category).inc()
    left, most = headers.get("X-RateLimit-Remaining", ""), headers.get("X-RateLimit-Limit", "")
    if all(each.isascii() and each.isdigit() for each in (left, most)):
        counters.quota.labels(category).set(int(left))
        counters.allowed.labels(category).set(int(most))


def cache_hit() -> None:
    if _counters:
        _counters.cache_hits.inc()


def refresh(outcome: str) -> None:
    """A renewal ended: ``renewed``, ``refused`` or ``failed``."""
    if _counters:
        _counters.refreshes.labels(outcome).inc()


def lease_wait() -> None:
    if _counters:
        _counters.lease_waits.inc()


def endpoint(path: str) -> str:
    """One of ENDPOINTS, or ``other``."""
    if path in ENDPOINTS:
        return path
    named = template(path)
    return named if named in ENDPOINTS else "other"


def template(path: str) -> str:
    """A path of Zoom's with ``{id}`` for whatever could name somebody or something."""
    return "/" + "/".join(part if part in WORDS else "{id}" for part in path.split("/")[1:8])


def _method(method: Any) -> str:
    return method if method in METHODS else "other"
