"""Many small calls of one form: within Zoom's rate limit per second, and within the time of one request."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from zoomapp import deadline
from zoomapp.errors import RateLimited
from zoomapp.zoom.rate_limits import quota_owner

Result = TypeVar("Result")

#: A form sends no further call when its request has only these seconds left.
RESERVE_SECONDS = 10.0
#: How often a call is repeated that met the limit per second, and the longest wait before that.
MAX_REPEATS, MAX_WAIT_SECONDS = 3, 2


def has_time() -> bool:
    """Whether the request has time for one more call."""
    return deadline.remaining(RESERVE_SECONDS) >= RESERVE_SECONDS


def send_within_limit(call: Callable[[], Result], sleep: Callable[[float], None] = time.sleep) -> Result:
    """What ``call`` returns, after waits for Zoom's limit per second. A call that met it had no effect.

    Raises what ``call`` raises: RateLimited for a daily limit, and if the waits did not help.
    """
    for _ in range(MAX_REPEATS):
        try:
            return call()
        except RateLimited as error:
            if error.daily or error.retry_after > MAX_WAIT_SECONDS or not has_time():
                raise
            sleep(error.retry_after)
    return call()


def is_limit_of_a_person(error: Exception) -> bool:
    """Whether an error is a daily limit of one registrant, not of the account."""
    return isinstance(error, RateLimited) and error.daily and not quota_owner("daily", error.detail)
