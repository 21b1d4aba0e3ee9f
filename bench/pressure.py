"""Rows under pressure: many calls in flight, large bodies at once, many calls with one expired token."""

from __future__ import annotations

import json
import time
import urllib.request
from dataclasses import dataclass

from bench import load
from bench.accounting import Peak
from bench.figures import Figure, alternate, median
from bench.load import Caller, percentile
from bench.plan import Plan
from bench.servers import Servers, Target
from bench.signin import sign_in
from bench.standin import BRIEF_SECONDS, RENEWAL_SECONDS
from devtools.install import Failed

SLOW = "/v2/slow/1000"
PER_SECOND = 600
HUGE, STREAMS = "/v2/tracking_fields/100m", 4
CALLERS = 200
MEGABYTE = 2**20


@dataclass(frozen=True)
class InFlightResult:
    p99: float
    failed: int
    memory: float


def in_flight(plan: Plan) -> list[Figure]:
    """600 calls a second to an upstream that takes 1 s, so that 600 are in flight."""
    targets = [plan.servers.app(), plan.servers.peer(tuned=True)]
    results = alternate(targets, plan.rounds, lambda target: _hold(target, plan.seconds))
    plan.servers.forget_logs()
    ours, tuned = results
    memory = max(each.memory for each in ours) / max(each.memory for each in tuned)
    return [
        Figure("600 in flight: p99", median(each.p99 for each in ours), "ms", must=1050),
        Figure("600 in flight: failures", sum(each.failed for each in ours), "", must=0),
        Figure("600 in flight: memory, against the tuned peer", memory, must=0.7, stretch=0.6),
        Figure("600 in flight: p99 of the tuned peer", median(each.p99 for each in tuned), "ms"),
    ]


def _hold(target: Target, seconds: float) -> InFlightResult:
    with Peak(target.pid) as peak:
        answers = Caller(target.at(SLOW), target.cookies, load.HEADERS).steady(PER_SECOND, seconds, 1)
    return InFlightResult(percentile(answers, 99), sum(each.status != 200 for each in answers), peak.bytes)


def streams(plan: Plan) -> list[Figure]:
    """Four bodies of 100 MB at once: growth of memory, and time compared to bare nginx."""
    app, floor = plan.servers.app(), plan.servers.floor()
    growth = 0

    def fetch(target: Target) -> float:
        nonlocal growth
        with Peak(target.pid) as peak:
            seconds = load.downloads(target.at(HUGE), (target.cookies or [""] * STREAMS)[:STREAMS])
        growth = max(growth, peak.growth if target is app else 0)
        return seconds

    ours, nginx = alternate([app, floor], plan.rounds, fetch)
    slower = median(own / bare for own, bare in zip(ours, nginx, strict=True))
    return [
        Figure("4 × 100 MB: memory grows by", growth / MEGABYTE, "MB", must=32),
        Figure("4 × 100 MB: time, against bare nginx", slower, stretch=1.3),
    ]


def expired(plan: Plan) -> list[Figure]:
    """200 calls at once with one expired token, over two processes and over four."""
    return [figure for workers in (2, 4) for figure in _expired(plan, workers)]


def _expired(plan: Plan, workers: int) -> list[Figure]:
    app = plan.servers.app(workers)
    bursts = [_burst(plan.servers, app, f"brief{workers}x{number}") for number in range(plan.rounds)]
    name = f"ended token, 200 at once, {workers} processes"
    return [
        Figure(f"{name}: renewals", max(renewals for renewals, _, _ in bursts), "", must=1),
        Figure(f"{name}: not answered 200", sum(failed for _, failed, _ in bursts), "", must=0),
        Figure(f"{name}: p99, against the token call", median(times for _, _, times in bursts), must=3),
    ]


def _burst(servers: Servers, app: Target, person: str) -> tuple[int, int, float]:
    """Renewals, failures, and the p99 in token calls."""
    [cookie] = sign_in(app.url, [person])
    time.sleep(BRIEF_SECONDS)
    answers = Caller(app.at("/v2/tracking_fields/2k"), [cookie], load.HEADERS).burst(CALLERS)
    with urllib.request.urlopen(f"{servers.standin}/renewals") as answer:
        renewals = json.load(answer).get(person, 0)
    if not renewals:
        raise Failed("The token had not ended: nothing was measured.")
    failed = sum(each.status != 200 for each in answers)
    return renewals, failed, percentile(answers, 99) / 1000 / RENEWAL_SECONDS
