"""Zoom's rate limits: calls per account and label, and created meetings per host and day.

https://developers.zoom.us/docs/api/rate-limits/
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from offline_zoom.dates import DAY_SECONDS, iso, next_midnight
from offline_zoom.fault_presets import DAILY, PER_REGISTRANT, PER_SECOND, PER_USER
from offline_zoom.model import Account, Plan
from offline_zoom.switches import Switches

Label = Literal["Light", "Medium", "Heavy", "Resource-intensive"]
MAX_CREATIONS_PER_DAY = 100
#: calls per day for one registrant of a meeting: additions, and changes of the status
MAX_ADDITIONS, MAX_STATUS_CHANGES = 3, 10

#: length of the window, in seconds
WINDOWS: dict[Label, int] = {"Light": 1, "Medium": 1, "Heavy": 1, "Resource-intensive": 60}
SHORT: dict[Plan, dict[Label, int]] = {
    "free": {"Light": 4, "Medium": 2, "Heavy": 1, "Resource-intensive": 10},
    "pro": {"Light": 30, "Medium": 20, "Heavy": 10, "Resource-intensive": 10},
    "business": {"Light": 80, "Medium": 60, "Heavy": 40, "Resource-intensive": 20},
}
#: calls per UTC day; labels with the same name share one count
DAY: dict[Plan, dict[Label, tuple[str, int]]] = {
    "free": {
        "Light": ("Light", 6000),
        "Medium": ("Medium", 2000),
        "Heavy": ("Heavy", 1000),
        "Resource-intensive": ("Resource-intensive", 30_000),
    },
    "pro": {"Heavy": ("Heavy", 30_000), "Resource-intensive": ("Heavy", 30_000)},
    "business": {"Heavy": ("Heavy", 60_000), "Resource-intensive": ("Heavy", 60_000)},
}


class RateLimitExceeded(Exception):
    """A rate limit is exceeded. Has Zoom's message and response headers."""

    def __init__(self, message: str, headers: dict[str, str]) -> None:
        super().__init__(message)
        self.message, self.headers = message, headers


class Window(NamedTuple):
    """The number of a time window, and the calls counted in it."""

    number: int
    used: int


class RateLimits:
    """The rate limit counters of one world."""

    def __init__(self, now: Callable[[], float], switches: Switches) -> None:
        self.now, self.switches = now, switches
        self._windows: dict[tuple[str, ...], Window] = {}

    def clear(self) -> None:
        """Reset all counters."""
        self._windows.clear()

    def take(self, account: Account, label: Label) -> dict[str, str]:
        """Count one call. Returns the response headers. Raises RateLimitExceeded."""
        headers: dict[str, str] = {"X-RateLimit-Category": label}
        if self.switches.limits != "off":
            headers |= self._day(account, label) | self._short(account, label)
        return headers if self.switches.rate_headers == "all" else {"X-RateLimit-Category": label}

    def take_creation(self, host_id: str) -> None:
        """Count one created or updated meeting of a host. Raises RateLimitExceeded."""
        used = self._count(("creation", host_id), DAY_SECONDS, MAX_CREATIONS_PER_DAY)
        if used > MAX_CREATIONS_PER_DAY:
            headers = {"X-RateLimit-Category": "Light"}
            if self.switches.rate_headers == "all":
                headers |= {"X-RateLimit-Limit": str(MAX_CREATIONS_PER_DAY), "X-RateLimit-Remaining": "0"}
            raise RateLimitExceeded(PER_USER, headers)

    def take_registration(self, meeting_id: int, email: str, limit: int) -> None:
        """Count one call about a registrant: ``limit`` is that of additions or of changes. Raises RateLimitExceeded."""
        used = self._count(("registrant", str(meeting_id), email.lower(), str(limit)), DAY_SECONDS, limit)
        if used > limit:
            raise RateLimitExceeded(PER_REGISTRANT.format(limit=limit), {"X-RateLimit-Category": "Light"})

    def _short(self, account: Account, label: Label) -> dict[str, str]:
        limit = self.switches.rate_limits.get(label, SHORT[account.plan][label])
        used = self._count(("short", account.id, label), WINDOWS[label], limit)
        headers = {
            "X-RateLimit-Type": "QPS",
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(max(0, limit - used)),
        }
        if used > limit:
            raise RateLimitExceeded(PER_SECOND, self._shown(label, headers))
        return headers

    def _day(self, account: Account, label: Label) -> dict[str, str]:
        shared, limit = DAY[account.plan].get(label, ("", 0))
        limit = self.switches.rate_limits.get(f"{label} a day", limit)
        if not limit:
            return {}
        used = self._count(("day", account.id, shared or label), DAY_SECONDS, limit)
        if used > limit:
            headers = {"X-RateLimit-Type": "Daily-limit", "X-RateLimit-Limit": str(limit), "X-RateLimit-Remaining": "0"}
            raise RateLimitExceeded(
                DAILY, self._shown(label, {**headers, "Retry-After": iso(next_midnight(self.now()))})
            )
        return {}

    def _shown(self, label: Label, headers: dict[str, str]) -> dict[str, str]:
        """The headers that this world sends: all of them, or the category alone."""
        return {"X-RateLimit-Category": label, **(headers if self.switches.rate_headers == "all" else {})}

    def _count(self, key: tuple[str, ...], seconds: int, limit: int) -> int:
        """Count a call in the current window. Returns the count. Refused calls do not raise it further."""
        number = int(self.now() // seconds)
        window = self._windows.get(key)
        used = window.used + 1 if window and window.number == number else 1
        self._windows[key] = Window(number, min(used, limit))
        return used
