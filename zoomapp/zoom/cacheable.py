"""Which answers of Zoom's may be kept for a moment, and for how long: by endpoint, and by what is in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from zoomapp.zoom.content_encoding import unpacked

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
MOST_BYTES = 128 * 1024
#: Nobody's list is that large; what swells beyond it is not looked through.
MOST_UNPACKED = 4 * 1024 * 1024


@lru_cache(maxsize=1024)
def seconds_kept(path: str) -> int:
    """How long the answer to a GET of ``path`` (without its query) may be kept; 0 for not at all."""
    return next((seconds for pattern, seconds in _SECONDS if pattern.fullmatch(path)), 0)


def may_be_kept(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether an answer is small, is JSON, and holds nothing secret."""
    if len(body) > MOST_BYTES or not headers.get("Content-Type", "").lower().startswith("application/json"):
        return False
    text = unpacked(headers.get("Content-Encoding", ""), body, MOST_UNPACKED)
    return text is not None and not _SECRET.search(text)
