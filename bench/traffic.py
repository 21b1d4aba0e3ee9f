"""Rows under steady traffic: CPU per call, requests per second, added latency."""

from __future__ import annotations

from dataclasses import replace

from bench import load
from bench.figures import Figure, alternate, median, ratio
from bench.load import Answered, Caller, fetch, percentile
from bench.plan import Plan, cpu, rate, summary
from bench.servers import Target
from devtools.install import Failed, say

#: No page requests these, so they are not cached.
SMALL, LARGE = "/v2/tracking_fields/2k", "/v2/tracking_fields/100k"
#: Pages request this often, so it is cached.
LISTED = "/v2/users/me/meetings"
STEADY_PER_SECOND = 200


def proxied(plan: Plan) -> list[Figure]:
    """A GET of 2 KB: CPU and requests per second beside the peer, the other commit, bare nginx and bare Flask."""
    servers = plan.servers
    peers = [servers.peer(), servers.peer(tuned=True), servers.peer(tuned=True, processes=2)]
    targets = [servers.app(), *peers, servers.floor(), servers.hello(), *plan.beside()]
    results = plan.compare(targets, SMALL)
    for target, rounds in zip(targets, results, strict=True):
        say("  " + summary(target.name, rounds))
    ours, peer, tuned, two, floor, hello, *before = results
    figures = [
        Figure("2 KB: CPU per call", median(cpu(ours)), "ms"),
        Figure("2 KB: CPU, against the peer as shipped", ratio(cpu(ours), cpu(peer)), must=0.30, stretch=0.20),
        Figure("2 KB: CPU, against the tuned peer", ratio(cpu(ours), cpu(tuned)), must=1.1, stretch=0.8),
        Figure("2 KB: CPU, against bare Flask", ratio(cpu(ours), cpu(hello))),
        Figure("2 KB: requests per second", median(rate(ours)), "/s"),
        Figure("2 KB: requests, against the peer as shipped", ratio(rate(ours), rate(peer)), "x", 5, 8, True),
        Figure("2 KB: requests, against two tuned processes", ratio(rate(ours), rate(two)), "x", 1.0, 1.3, True),
        Figure("2 KB: requests, against bare nginx", ratio(rate(ours), rate(floor))),
    ]
    if before:
        figures.append(Figure("2 KB: CPU, against the other commit", ratio(cpu(ours), cpu(before[0]))))
        figures.append(Figure("2 KB: requests, against the other commit", ratio(rate(ours), rate(before[0]))))
    return figures


def large(plan: Plan) -> list[Figure]:
    """A GET of 100 KB beside the peer."""
    targets = [plan.servers.app(), plan.servers.peer(), plan.servers.peer(tuned=True)]
    ours, peer, tuned = plan.compare(targets, LARGE)
    return [
        Figure("100 KB: CPU, against the peer as shipped", ratio(cpu(ours), cpu(peer)), must=0.25, stretch=0.14),
        Figure("100 KB: CPU, against the tuned peer", ratio(cpu(ours), cpu(tuned))),
    ]


def cached(plan: Plan) -> list[Figure]:
    """A cached list, compared to the peer, which asks Zoom each time; and the same as a 304."""
    app, peer = plan.servers.app(), plan.servers.peer()
    headers = {name: value for name, value in load.HEADERS.items() if name != "Cache-Control"}
    second_headers = [fetch(app.at(LISTED), app.cookies[0], headers) for _ in range(2)][1]
    if "hit" not in (value.lower() for value in second_headers.values()):
        say("  Not measured: this app does not cache.")
        return []
    ours, theirs = plan.compare([app, peer], LISTED, headers)
    cookie_file = plan.servers.folder / "one.cookies"
    cookie_file.write_text(app.cookies[0] + "\n")
    alone = replace(app, cookie_file=cookie_file)
    conditional = {**headers, "If-None-Match": second_headers["etag"]}
    finer = plan.finer()
    whole, unchanged = alternate([headers, conditional], finer.rounds, lambda sent: finer.round(alone, LISTED, sent))
    return [
        Figure("cached 2 KB: CPU, against the peer as shipped", ratio(cpu(ours), cpu(theirs)), must=0.2, stretch=0.12),
        Figure("cached 2 KB: requests, against the same", ratio(rate(ours), rate(theirs)), "x", 8, 12, True),
        Figure("cached 2 KB: CPU of a 304, against the body", ratio(cpu(unchanged), cpu(whole)), must=1.05),
    ]


def latency(plan: Plan) -> list[Figure]:
    """The latency that the app adds to the upstream's at 200 requests a second."""
    servers = plan.servers
    app = servers.app()
    bearer = {**load.HEADERS, "Authorization": "Bearer a-direct-0"}
    callers = [
        Caller(servers.upstream + SMALL, [""], bearer, servers.certificate),
        _caller(app, SMALL),
        _caller(servers.peer(tuned=True), SMALL),
    ]
    # A difference does not cancel the machine's noise as a ratio does: many rounds, over some minutes.
    finer = plan.finer()
    results = alternate(callers, finer.rounds, lambda each: each.steady(STEADY_PER_SECOND, finer.seconds, 1))
    direct, ours, tuned = ([_p99(answers) for answers in rounds] for rounds in results)
    added = [own - straight for own, straight in zip(ours, direct, strict=True)]
    others = [other - straight for other, straight in zip(tuned, direct, strict=True)]
    say("  ours in each round: " + ", ".join(f"{each:.2f}" for each in added) + " ms")
    return [
        Figure("200/s: p99 over the upstream's own", median(added), "ms", must=2, stretch=1.2),
        Figure("200/s: the same for the tuned peer", median(others), "ms"),
    ]


def _caller(target: Target, path: str) -> Caller:
    return Caller(target.at(path), target.cookies, load.HEADERS)


def _p99(answers: list[Answered]) -> float:
    if failed := sum(each.status != 200 for each in answers):
        raise Failed(f"{failed} of {len(answers)} requests failed.")
    return percentile(answers, 99)
