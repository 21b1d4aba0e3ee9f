"""Which answers of Zoom's may be kept for a moment, and for how long: by endpoint, and by what is in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from zoomapp.zoom.content_encoding import decoded

#: Seconds by path: short for what people change, longer for what has happened.
#: A single meeting is missing on purpose: its answer holds the link that starts it.
_SECONDS = tuple(
    (re.compile(rf"/v2/{path}"), seconds)
    for path, seconds in (
        (r"users/[^/]+/(meetings|upcoming_meetings)", 10),
        (r"users/[^/]+/settings", 60),
        (r"past_meetings/[^/]+", 300),
        (r"past_meetings/[^/]+/(instances|participants)", 60),
        (r"report/meetings/[^/]+(/participants)?", 60),
        (r"metrics/meetings(/[^/]+(/participants)?)?", 15),
    )
)
#: Names of values that let somebody in: an answer with one of them is never kept.
_SECRET = re.compile(rb'"[^"]*(?:start_url|zak|passw|passcode|host_key|access_token)[^"]*"\s*:', re.IGNORECASE)
MAX_BYTES = 128 * 1024
#: Nobody's list is that large; what swells beyond it is not looked through.
MAX_DECODED_BYTES = 4 * 1024 * 1024


@lru_cache(maxsize=1024)
def cache_seconds(path: str) -> int:
    """How long the answer to a GET of ``path`` (without its query) may be kept; 0 for not at all."""
    return next((seconds for pattern, seconds in _SECONDS if pattern.fullmatch(path)), 0)


def is_cacheable(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether an answer is small, is JSON, and holds nothing secret."""
    if len(body) > MAX_BYTES or not headers.get("Content-Type", "").lower().startswith("application/json"):
        return False
    text = decoded(headers.get("Content-Encoding", ""), body, MAX_DECODED_BYTES)
    return text is not None and not _SECRET.search(text)
