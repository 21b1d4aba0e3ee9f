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
