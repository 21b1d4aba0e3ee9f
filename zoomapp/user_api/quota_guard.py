"""Keeps calls within Zoom's limits: what is used up for the day is not asked for until the time Zoom named.

What one worker meets with a 429 all workers learn. It can be misread, or Zoom can raise a limit: so every five minutes
one call goes out all the same, and if Zoom serves it, the mark is lifted. A read that met the limit of a second may
wait for the next one, where the settings allow it and few others wait.
"""

from __future__ import annotations

import logging
import math
import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from zoomapp import deadline, metrics
from zoomapp.errors import RateLimited
from zoomapp.log_setup import hash_user_id
from zoomapp.user_api.exhausted_quotas import ExhaustedQuotas, QuotaKey, of_account, of_host
from zoomapp.zoom.client import SAFE, Answer, Call, rate_limit_error
from zoomapp.zoom.rate_limits import counted_change, day_label, whose_day

log = logging.getLogger(__name__)

#: Of a process's threads one in so many may wait for Zoom's next second.
WAITING_SHARE = 8


@dataclass(frozen=True)
class Caller:
    """``account``: the id of this person's account, looked up only where it matters; empty when nobody told us."""

    user_id: str
    account: Callable[[], str]


class QuotaGuard:
    """One per process; safe to use from many threads."""

    def __init__(
        self,
        marks: ExhaustedQuotas,
        clock: Callable[[], float],
        wait_seconds: int = 0,
        threads: int = WAITING_SHARE,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """``wait_seconds``: the longest wait before a read is asked once more, 0 for none; of so many ``threads``."""
        self._marks = marks
        self._clock = clock
        self._wait_seconds = wait_seconds
        self._waiting = threading.Semaphore(max(1, threads // WAITING_SHARE))
        self._sleep = sleep

    def ask(self, who: Caller, call: Call, send: Callable[[], Answer]) -> Answer:
        """What ``send`` gives. Raises RateLimited instead while a day's allowance is used up, and what it raises."""
        probed = self._pass(who, call) if self._marks.any_account() or call.method not in SAFE else []
        answer = send()
        if answer.status == 429:
            return self._limited(who, call, answer, send)
        if answer.status < 400:
            for place in probed:
                log.info("daily limit over", extra=_about(who, call))
                self._marks.lift(place)
        return answer

    def _pass(self, who: Caller, call: Call) -> list[QuotaKey]:
        """The marks that this call puts to the test. Raises RateLimited."""
        probed = []
        for place in _counted_in(who, call):
            if mark := self._marks.find(place):
                if not self._marks.claim_probe(place, mark):
                    wait = math.ceil(mark.until - self._clock())
                    raise RateLimited(max(1, wait), daily=True, detail="known to be used up")
                probed.append(place)
        return probed

    def _limited(self, who: Caller, call: Call, answer: Answer, send: Callable[[], Answer]) -> Answer:
        limit = rate_limit_error(answer, self._clock())
        if not limit.daily:
            return self._once_more(call, answer, limit.retry_after, send)
        if place := _used_up(who, call, answer, limit):
            log.warning("daily limit met", extra={**_about(who, call), "seconds": limit.retry_after})
            self._marks.put(place, self._clock() + limit.retry_after)
        return answer

    def _once_more(self, call: Call, answer: Answer, seconds: int, send: Callable[[], Answer]) -> Answer:
        """The answer a moment later, if it is a read, time is left, and few others wait; else this one."""
        pause = seconds + random.random() / 4
        if call.method not in SAFE or seconds > self._wait_seconds or deadline.remaining(pause) < pause:
            return answer
        if not self._waiting.acquire(blocking=False):
            return answer
        try:
            answer.close()
            self._sleep(pause)
        finally:
            self._waiting.release()
        return send()


def _about(who: Caller, call: Call) -> dict[str, str]:
    return {"user": hash_user_id(who.user_id), "method": call.method, "endpoint": metrics.endpoint(call.path)}


def _counted_in(who: Caller, call: Call) -> Iterator[QuotaKey]:
    """Where a call would be marked, as far as can be told before it is answered."""
    if label := day_label(call.method, call.path):
        yield of_account(who.account() or who.user_id, label)
    if address := counted_change(call.method, call.path, who.user_id):
        yield of_host(who.user_id, address)


def _used_up(who: Caller, call: Call, answer: Answer, limit: RateLimited) -> QuotaKey | None:
    """Where a daily 429 is marked; None where nobody can say what it is about."""
    whose = whose_day(answer.headers.get("X-RateLimit-Type", ""), limit.detail)
    label = day_label(call.method, call.path, answer.headers.get("X-RateLimit-Category", ""))
    if whose == "account" and label:
        return of_account(who.account() or who.user_id, label)
    # The host of a meeting is not always whoever changes it: only what was refused is marked.
    address = counted_change(call.method, call.path, who.user_id) if whose == "host" else ""
    return of_host(who.user_id, address) if address else None
