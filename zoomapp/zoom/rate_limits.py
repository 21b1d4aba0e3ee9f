"""Zoom's rate limits: how long to wait after a 429, and which daily quota a call uses.

https://developers.zoom.us/docs/api/rate-limits/
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from zoomapp.metrics import CATEGORIES
from zoomapp.zoom import endpoints

DAY_SECONDS = 86400
#: The longest wait we believe: daily quotas are reset at midnight UTC.
LONGEST = DAY_SECONDS
#: "maximum per-second rate limit for this API", "exceeded the daily rate limit (100) of …", "Too many concurrent …".
_LIMIT = re.compile("(per-second|daily) rate limit|too many concurrent requests", re.IGNORECASE)


def retry_after_seconds(text: str, now: float, *, daily: bool = False) -> int:
    """Whole seconds to wait, from 1 to a day.

    ``text`` is the value of Retry-After: seconds, an HTTP date (RFC 9110 10.2.3), or the ISO 8601 time that Zoom sends
    with a daily limit. Without one: a second, or until midnight UTC for a daily limit.
    """
    seconds = _parse_wait(text.strip(), now)
    if seconds is None:
        seconds = DAY_SECONDS - now % DAY_SECONDS if daily else 1
    return max(1, min(math.ceil(seconds), LONGEST))


def slowdown(headers: Mapping[str, str]) -> int:
    """The factor by which a page should poll less often, from Zoom's rate limit headers: 1, 4 or 20."""
    try:
        limit, remaining = int(headers["X-RateLimit-Limit"]), int(headers["X-RateLimit-Remaining"])
    except (KeyError, ValueError):
        return 1
    if remaining * 50 <= limit:
        return 20
    return 4 if remaining * 10 <= limit else 1


def is_daily(limit_type: str, message: str) -> bool:
    """Whether a 429 is about a daily limit: by X-RateLimit-Type, else by Zoom's message."""
    return limit_type.lower().startswith("daily") or "daily rate limit" in message.lower()


def is_limit(code: int, message: str) -> bool:
    """Whether a refusal with any status is about a rate limit: Zoom sends two codes and several wordings.

    Code 4001 has this meaning only with these words.
    """
    return code == 429 or bool(_LIMIT.search(message))


def quota_owner(limit_type: str, message: str) -> str:
    """Whose daily quota a 429 is about: ``account``, ``host`` (meetings created and updated), or empty for neither."""
    message = message.lower()
    if "create/update" in message:
        return "host"
    # Other daily limits are about one resource ("permitted for …"), not about the account.
    return "account" if is_daily(limit_type, message) and "permitted for" not in message else ""


def daily_label(method: str, path: str, category: str = "") -> str:
    """The label whose daily quota a call uses: ``category`` if Zoom named one, else from the table; empty if unknown.

    A call without a label is never held back.
    """
    label = category.lower()
    if label not in CATEGORIES:
        endpoint = endpoints.find("GET" if method == "HEAD" else method, path)
        label = endpoint.rate_limit if endpoint else ""
    # These two share one daily quota.
    return endpoints.HEAVY if label == endpoints.RESOURCE_INTENSIVE else label


def host_quota_path(method: str, path: str, user_id: str) -> str:
    """The path, with ``me`` replaced, of a call that counts for a host's meetings of the day; else empty."""
    endpoint = endpoints.find(method, path)
    if endpoint is None or not endpoint.counts_for_host:
        return ""
    return path.replace("/users/me/", f"/users/{user_id}/", 1)


def _parse_wait(text: str, now: float) -> float | None:
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]+)?", text):
        return float(text)
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = parse(text)
            # Zoom's times without a zone are in UTC.
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now
        except (ValueError, TypeError, OverflowError, IndexError):
            continue
    return None
