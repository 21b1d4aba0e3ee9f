"""What Zoom's responses mean: their JSON, or the exception for a refusal.

https://developers.zoom.us/docs/api/errors
"""

from __future__ import annotations

import re
from typing import Any

from zoomapp.errors import (
    InvalidFields,
    MissingScope,
    NotFound,
    PlanRequired,
    RateLimited,
    Redirected,
    UpstreamError,
    ZoomRefused,
)
from zoomapp.zoom.client import REDIRECTS, Answer
from zoomapp.zoom.rate_limits import is_daily, is_limit, retry_after_seconds
from zoomapp.zoom.tolerant_reader import JsonObject, decode, refusal_words

#: A success with one of these may have no body.
EMPTY = frozenset({202, 204})


def parse_response(answer: Answer, now: float) -> Any:
    """The answer's JSON (None for 202 and 204), or the named failure Zoom meant.

    Every 4xx is a refusal; every 5xx, a redirect, and a 2xx without JSON are outages.

    Raises MissingScope, PlanRequired, InvalidFields, NotFound, RateLimited, UpstreamError or ZoomRefused.
    """
    if 400 <= answer.status < 500:
        failure = _refusal(answer, now)
        answer.close()
        raise failure
    if not 200 <= answer.status < 300:
        answer.close()
        raise redirected(answer) if answer.status in REDIRECTS else UpstreamError(f"Zoom answered {answer.status}")
    body = answer.json()
    if body is None and answer.status not in EMPTY:
        raise UpstreamError(f"answer {answer.status} without JSON")
    if _is_refusal(body):
        raise _refusal(answer, now)
    return body


def redirected(answer: Answer) -> Redirected:
    """The failure that a redirect of the API is."""
    return Redirected(f"{Redirected.message} Status {answer.status}.")


def rate_limit_error(answer: Answer, now: float) -> RateLimited:
    """What a 429 means, also when its body is not what Zoom sends. ``detail``: Zoom's words."""
    _, message = refusal_words(answer.refusal())
    daily = is_daily(answer.headers.get("X-RateLimit-Type", ""), message)
    wait = retry_after_seconds(answer.headers.get("Retry-After", ""), now, daily=daily)
    return RateLimited(wait, daily=daily, detail=message)


def _is_refusal(body: Any) -> bool:
    """Whether the body of a 2xx is a refusal all the same."""
    if not isinstance(body, dict):
        return False
    # Zoom's code 200 is "no permission" or "needs a plan", 300 is "invalid field".
    refused = body.get("code") in (200, 300) and "message" in body
    return refused or (body.get("status") is False and "errorCode" in body)


def _refusal(answer: Answer, now: float) -> ZoomRefused | RateLimited:
    body = answer.refusal()
    code, message = refusal_words(body)
    if answer.status == 429 or is_limit(code, message):
        return rate_limit_error(answer, now)
    # A body that was cut off has no message that could be read, but perhaps these words.
    if lacks_scope(words := message or body.decode("utf-8", "replace")):
        return MissingScope(answer.status, code, message, missing_scopes(words))
    if code == 200:
        return PlanRequired(answer.status, code, message)
    if answer.status == 404:
        return NotFound(answer.status, code, message)
    if code == 300:
        return InvalidFields(answer.status, code, message, _invalid_fields(body))
    return ZoomRefused(answer.status, code, message)


def _invalid_fields(body: bytes) -> tuple[tuple[str, str], ...]:
    """The fields that Zoom named, each with what is wrong with it."""
    try:
        errors = JsonObject(decode(body), "refusal").rows("errors", "invalid field")
    except ValueError:
        return ()
    return tuple((error.text("field"), error.text("message")) for error in errors)


def lacks_scope(message: str) -> bool:
    """Whether Zoom's message is about a scope (codes 4711, 4700 and 104 have the same message)."""
    return "does not contain scopes" in message


def missing_scopes(message: str) -> tuple[str, ...]:
    """The scopes Zoom would accept, from its message ``… does not contain scopes:[a, b].``, also with quotes."""
    found = re.search(r"scopes:?\s*\[([^\]]*)\]", message)
    names = (part.strip(" \t\r\n\"'\\") for part in found[1].split(",")) if found else ()
    return tuple(name for name in names if name)
