"""Zoom's rate limits: how long to wait, in every form Zoom says it.

https://developers.zoom.us/docs/api/rate-limits/
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

DAY_SECONDS = 86400
#: The longest pause we believe: the daily allowance comes back at midnight UTC.
LONGEST = DAY_SECONDS
#: Zoom's kinds of calls, by what they cost it.
LABELS = frozenset({"light", "medium", "heavy", "resource-intensive"})
#: The label of each endpoint we know of. What is missing here is never held back.
_LABELS = tuple(
    (method, re.compile(rf"/v2/{path}"), label)
    for method, path, label in (
        ("GET", r"users/[^/]+(/token|/zak)?", "light"),
        ("GET", r"users/[^/]+/(meetings|upcoming_meetings|recordings)", "medium"),
        ("POST", r"users/[^/]+/meetings", "medium"),
        ("GET", r"meetings/[^/]+(/recordings)?", "light"),
        ("PATCH", r"meetings/[^/]+", "light"),
        ("DELETE", r"meetings/[^/]+(/recordings)?", "light"),
        ("PUT", r"meetings/[^/]+/status", "light"),
        ("PATCH", r"live_meetings/[^/]+/events", "medium"),
        ("GET", r"past_meetings/[^/]+", "light"),
        ("GET", r"past_meetings/[^/]+/(participants|instances)", "medium"),
        ("GET", r"report/meetings/[^/]+(/participants)?", "heavy"),
        ("GET", r"metrics/meetings", "resource-intensive"),
        ("GET", r"metrics/meetings/[^/]+(/participants)?", "heavy"),
    )
)
#: What counts among the meetings that a host may create and change in a day: POST for a user, PATCH of a meeting.
_CHANGES = re.compile(r"POST (/v2/users/)([^/]+)(/meetings)|PATCH (/v2/meetings/[^/]+)")


def retry_after_seconds(text: str, now: float, *, daily: bool = False) -> int:
    """Whole seconds to wait, from 1 to a day.

    ``text`` is the field's value: seconds or an HTTP date (RFC 9110 10.2.3), or the ISO 8601 time that Zoom sends with
    its daily limit. Without one: a second, or for the daily limit until midnight UTC.
    """
    seconds = _parsed(text.strip(), now)
    if seconds is None:
        seconds = DAY_SECONDS - now % DAY_SECONDS if daily else 1
    return max(1, min(math.ceil(seconds), LONGEST))


def slowdown(limits: Mapping[str, str]) -> int:
    """How many times slower a call that repeats itself should become, by what Zoom says remains."""
    try:
        most, remaining = int(limits["X-RateLimit-Limit"]), int(limits["X-RateLimit-Remaining"])
    except (KeyError, ValueError):
        return 1
    if remaining * 50 <= most:
        return 20
    return 4 if remaining * 10 <= most else 1


def is_daily(limit_type: str, message: str) -> bool:
    """Whether a 429 is about a day's allowance rather than a second's: by the header's value, else by the words."""
    return limit_type.lower().startswith("daily") or "daily rate limit" in message.lower()


def whose_day(limit_type: str, message: str) -> str:
    """Whose allowance of a day a 429 is about: ``account``, ``host`` (meetings created and changed), else nothing."""
    words = message.lower()
    if "create/update" in words:
        return "host"
    # Other limits by the day are about one thing ("permitted for …") and say nothing of the account.
    return "account" if is_daily(limit_type, message) and "permitted for" not in words else ""


def day_label(method: str, path: str, category: str = "") -> str:
    """The label in whose day a call counts: as Zoom says (``category``), else by the table; empty when unknown."""
    label = category.lower()
    if label not in LABELS:
        asked = "GET" if method == "HEAD" else method
        label = next((label for each, known, label in _LABELS if each == asked and known.fullmatch(path)), "")
    # These two share one day.
    return "heavy" if label == "resource-intensive" else label


def counted_change(method: str, path: str, user_id: str) -> str:
    """The address under which a change counts for its meeting's host, ``me`` spelled out; empty for other calls."""
    found = _CHANGES.fullmatch(f"{method} {path}")
    if found is None:
        return ""
    users, who, rest, meeting = found.groups()
    return meeting or f"{users}{user_id if who == 'me' else who}{rest}"


def _parsed(text: str, now: float) -> float | None:
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]+)?", text):
        return float(text)
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(text)
            # A time without a zone is in UTC, as everything Zoom says about limits.
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now
        except (ValueError, TypeError, OverflowError, IndexError):
            continue
    return None
