"""Rows of the app by itself: its start, its memory, its Redis round trips, the CPU time of the refresh lease."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, cast

import redis

from bench import load
from bench.accounting import pss_bytes
from bench.figures import Figure, alternate, median, ratio
from bench.plan import Plan, Round, cpu
from bench.traffic import SMALL

MEGABYTE = 2**20


def start(plan: Plan) -> list[Figure]:
    """From the first line of Python to the first answer, and the memory of two workers at work."""
    first = [plan.servers.start_app() for _ in range(plan.rounds)]
    app = plan.servers.app()
    plan.round(app, SMALL, load.HEADERS)
    return [
        Figure("start to first answer", median(first), "s", must=1),
        Figure("two workers at work: memory (PSS)", pss_bytes(app.pid) / MEGABYTE, "MB", must=110, stretch=80),
    ]


def round_trips(plan: Plan) -> list[Figure]:
    """Redis round trips per proxied call, writes after the response included."""
    app = plan.servers.app()
    with redis.Redis.from_url(plan.servers.redis_url) as client:
        before = _reads(client)
        calls = load.closed(app.at(SMALL), app.cookie_file, plan.seconds, 1, load.HEADERS).requests
        trips = (_reads(client) - before) / calls
    return [Figure("Redis round trips per call", round(trips, 1), "", must=2, stretch=1)]


def _reads(client: redis.Redis) -> int:
    """How often Redis has read from a connection: once for each command or pipeline."""
    return int(cast("Mapping[str, Any]", client.info("stats"))["total_reads_processed"])


def lease(plan: Plan) -> list[Figure]:
    """The cost of the refresh check for a valid token, compared to the same app without the check."""
    ways = [{**load.HEADERS, "X-Minded": how} for how in ("yes", "no")]
    minded: list[Round] = []
    bare: list[Round] = []
    # Memory layout alone changes the figure by as much as the effect itself, so every round starts a fresh process.
    for _ in range(plan.rounds):
        both = plan.servers.app(name="leased", wsgi="bench.unleased:app")
        plan.round(both, SMALL, load.HEADERS)
        results = alternate(ways, 12, partial(plan.round, both, SMALL, seconds=1))
        minded += results[0]
        bare += results[1]
        plan.servers.drop(both)
    return [Figure("the lease while the token is good: CPU", ratio(cpu(minded), cpu(bare)), must=1.03)]
