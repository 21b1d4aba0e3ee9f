"""The row of a crowd: 50 people open the overview at once, beside proxied calls, each call to Zoom taking 0.2 s."""

from __future__ import annotations

import multiprocessing
import time
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import count

from bench import load
from bench.figures import Figure, alternate, median
from bench.load import Answered, Caller, percentile
from bench.plan import Plan
from bench.servers import Target
from bench.signin import sign_in_at_once
from bench.slow_zoom import CALL_SECONDS
from devtools.install import Failed, say

PEOPLE, CALLERS = 50, 8
#: No page calls this, and the proxy does not cache it.
PROXIED, PER_SECOND = "/v2/meetings/85000000101", 100
#: The proxied calls of one round: for so long, and the crowd comes when they have run for a while.
SECONDS, CROWD_AFTER_SECONDS = 2.0, 0.6
PAGE_HEADERS = {**load.HEADERS, "Accept": "text/html"}
del PAGE_HEADERS["Cache-Control"]
numbers = count()


@dataclass(frozen=True)
class CrowdRound:
    """The answers to the crowd, and to the proxied calls: with a crowd, to those that were sent while it waited."""

    proxied: list[Answered]
    pages: list[Answered] = field(default_factory=list)


def crowd(plan: Plan) -> list[Figure]:
    """50 people open the overview at once with nothing saved, and proxied calls go on beside them."""
    app = plan.servers.slow_app()
    steady = Caller(app.at(PROXIED), _sign_in(app, CALLERS), load.HEADERS)
    # The steady calls have a process of their own, so that the crowd's responses do not delay their clock.
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        process.submit(_steady, steady, 0.5).result()
        Caller(f"{app.url}/", _sign_in(app, PEOPLE), PAGE_HEADERS).burst(PEOPLE)
        without, beside = alternate(
            [False, True], plan.rounds, lambda with_crowd: _round(app, process, steady, with_crowd)
        )
    rounds = [percentile(each.pages, 95) / 1000 / CALL_SECONDS for each in beside]
    say("  p95 in each round: " + ", ".join(f"{each:.2f}" for each in rounds) + " calls")
    calm_p99, crowd_p99 = _p99(without), _p99(beside)
    say(f"  p99 of proxied calls: {calm_p99:.0f} ms, beside the crowd {crowd_p99:.0f} ms")
    failed = sum(answer.status != 200 for each in beside for answer in each.pages)
    return [
        Figure("50 people at / at once: p95, against one call", median(rounds), must=1.5),
        Figure("50 people at / at once: not answered 200", failed, "", must=0),
        Figure("proxied calls beside them: p99 more than without", crowd_p99 - calm_p99, "ms", must=5),
    ]


def _sign_in(app: Target, people: int) -> list[str]:
    """The cookies of new people."""
    return sign_in_at_once(app.url, [f"crowd{next(numbers)}" for _ in range(people)])


def _round(app: Target, process: Executor, steady: Caller, with_crowd: bool) -> CrowdRound:
    people = Caller(f"{app.url}/", _sign_in(app, PEOPLE), PAGE_HEADERS) if with_crowd else None
    pending = process.submit(_steady, steady, SECONDS)
    if people is None:
        return CrowdRound([answer for _, answer in pending.result()])
    time.sleep(CROWD_AFTER_SECONDS)
    began = time.perf_counter()
    pages = people.burst(PEOPLE)
    ended = time.perf_counter()
    return CrowdRound([answer for sent_at, answer in pending.result() if began <= sent_at <= ended], pages)


def _steady(caller: Caller, seconds: float) -> list[tuple[float, Answered]]:
    """The answers to steady calls, and when each was sent by ``time.perf_counter``, which all processes share."""
    began = time.perf_counter()
    return [(began + answer.asked_at, answer) for answer in caller.steady(PER_SECOND, seconds)]


def _p99(rounds: list[CrowdRound]) -> float:
    answers = [answer for each in rounds for answer in each.proxied]
    if failed := sum(answer.status != 200 for answer in answers):
        raise Failed(f"{failed} of {len(answers)} proxied calls failed.")
    return percentile(answers, 99)
