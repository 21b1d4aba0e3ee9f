"""Holds back calls that Zoom would refuse, because a daily quota is exhausted.

A daily 429 in one worker is known to all workers until the time that Zoom named. The app may have misread it, or Zoom
may raise a limit: every five minutes one call is sent as a probe, and if Zoom serves it, the entry is deleted. A read
that meets a limit per second is repeated after a wait, if the settings allow it and few other threads wait.
"""

from __future__ import annotations

import logging
import math
import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from zoomapp import deadline
from zoomapp.errors import RateLimited
from zoomapp.log_setup import hash_user_id
from zoomapp.user_api.exhausted_quotas import ExhaustedQuotas, QuotaKey, account_quota, host_quota
from zoomapp.zoom.client import SAFE, Answer, Call
from zoomapp.zoom.endpoints import metrics_label
from zoomapp.zoom.rate_limits import daily_label, host_quota_path, quota_owner, slowdown
from zoomapp.zoom.refusals import rate_limit_error

log = logging.getLogger(__name__)

#: One in so many threads of a process may wait for the next second.
WAITING_SHARE = 8
#: How long a user's quota counts as scarce after Zoom said so, and of how many users a process remembers it.
SCARCE_SECONDS, MAX_SCARCE = 60.0, 1000


@dataclass(frozen=True)
class Caller:
    """The user who calls. ``account_id`` looks up the account, only when needed; it returns "" if unknown."""

    user_id: str
    account_id: Callable[[], str]


class QuotaGuard:
    """One per process. Safe to use from many threads."""

    def __init__(
        self,
        exhausted_quotas: ExhaustedQuotas,
        clock: Callable[[], float],
        wait_seconds: int = 0,
        threads: int = WAITING_SHARE,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """``wait_seconds``: the longest wait before a read is repeated; 0 for none. ``threads``: of this process."""
        self._exhausted_quotas = exhausted_quotas
        self._clock = clock
        self._wait_seconds = wait_seconds
        self._waiting = threading.Semaphore(max(1, threads // WAITING_SHARE))
        self._sleep = sleep
        #: By user: until when the quota counts as scarce.
        self._scarce_until: dict[str, float] = {}

    def is_scarce(self, caller: Caller, call: Call) -> bool:
        """Whether a call that no request waits for should be left out.

        That is so if a tenth of a limit was left, or less, at the last calls of the user's pages, or a daily quota of
        an account is exhausted.
        """
        if self._clock() < self._scarce_until.get(caller.user_id, 0.0):
            return True
        if not self._exhausted_quotas.any_account():
            return False
        return any(self._exhausted_quotas.find(quota) for quota in _quotas(caller, call))

    def send(self, caller: Caller, call: Call, send: Callable[[], Answer]) -> Answer:
        """What ``send`` returns. Raises RateLimited without a call while a daily quota is exhausted."""
        may_be_exhausted = self._exhausted_quotas.any_account() or call.method not in SAFE
        probed = self._check(caller, call) if may_be_exhausted else []
        answer = send()
        if answer.status == 429:
            return self._handle_limit(caller, call, answer, send)
        if answer.status < 400:
            for quota in probed:
                log.info("daily limit over", extra=_log_fields(caller, call))
                self._exhausted_quotas.delete(quota)
        return answer

    def remember_scarcity(self, user_id: str, answer: Answer) -> None:
        """Remember if Zoom says with this response that little of a limit is left."""
        if answer.status != 429 and slowdown(answer.headers) == 1:
            return
        if len(self._scarce_until) >= MAX_SCARCE:
            self._scarce_until.clear()
        self._scarce_until[user_id] = self._clock() + SCARCE_SECONDS

    def _check(self, caller: Caller, call: Call) -> list[QuotaKey]:
        """The quotas that this call probes. Raises RateLimited."""
        probed = []
        for quota in _quotas(caller, call):
            if exhausted := self._exhausted_quotas.find(quota):
                if not self._exhausted_quotas.claim_probe(quota, exhausted):
                    wait = math.ceil(exhausted.until - self._clock())
                    raise RateLimited(max(1, wait), daily=True, detail="daily quota is exhausted")
                probed.append(quota)
        return probed

    def _handle_limit(self, caller: Caller, call: Call, answer: Answer, send: Callable[[], Answer]) -> Answer:
        limit = rate_limit_error(answer, self._clock())
        if not limit.daily:
            return self._repeat(call, answer, limit.retry_after, send)
        if quota := _exhausted_quota(caller, call, answer, limit):
            log.warning("daily limit met", extra={**_log_fields(caller, call), "seconds": limit.retry_after})
            self._exhausted_quotas.save(quota, self._clock() + limit.retry_after)
        return answer

    def _repeat(self, call: Call, answer: Answer, seconds: int, send: Callable[[], Answer]) -> Answer:
        """The response after a wait, if the call is a read, time is left, and few threads wait; else ``answer``."""
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


def _log_fields(caller: Caller, call: Call) -> dict[str, str]:
    return {"user": hash_user_id(caller.user_id), "method": call.method, "endpoint": metrics_label(call.path)}


def _quotas(caller: Caller, call: Call) -> Iterator[QuotaKey]:
    """The quotas that a call uses, as far as they are known before Zoom's response."""
    if label := daily_label(call.method, call.path):
        yield account_quota(caller.account_id() or caller.user_id, label)
    if path := host_quota_path(call.method, call.path, caller.user_id):
        yield host_quota(caller.user_id, path)


def _exhausted_quota(caller: Caller, call: Call, answer: Answer, limit: RateLimited) -> QuotaKey | None:
    """The quota that a daily 429 is about; None if unknown."""
    owner = quota_owner(answer.headers.get("X-RateLimit-Type", ""), limit.detail)
    label = daily_label(call.method, call.path, answer.headers.get("X-RateLimit-Category", ""))
    if owner == "account" and label:
        return account_quota(caller.account_id() or caller.user_id, label)
    # The host of a meeting is not always the caller: only the path that Zoom refused is saved.
    path = host_quota_path(call.method, call.path, caller.user_id) if owner == "host" else ""
    return host_quota(caller.user_id, path) if path else None
