"""`/metrics` gives the sum of all workers, from any worker."""

import os
import re
import signal
from concurrent.futures import ThreadPoolExecutor

import requests

from tests.sockets.test_refresh import REFRESH
from tests.support.processes import HANG_SECONDS

TOKEN = "a-metrics-token"
CALLS = 'zoomapp_upstream_calls_total{endpoint="/v2/users/me",method="GET",status="200"}'
WAITS = "zoomapp_lease_waits_total"
RENEWED = 'zoomapp_refreshes_total{outcome="renewed"}'


def read(house, line):
    answer = requests.get(
        f"{house.app.url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=HANG_SECONDS
    )
    found = re.search(rf"^{re.escape(line)} (\S+)$", answer.text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def call_while_resting(house, worker, calls):
    """So many calls, none of which this worker gets."""
    os.kill(worker, signal.SIGSTOP)
    try:
        return [house.call().status_code for _ in range(calls)]
    finally:
        os.kill(worker, signal.SIGCONT)


def test_metrics_are_the_sum_of_all_workers(house):
    busy = house(workers=2, METRICS_TOKEN=TOKEN)
    _, one, other = busy.app.pids
    before = read(busy, CALLS)
    busy.zoom.expire_tokens()

    answers = call_while_resting(busy, one, 7) + call_while_resting(busy, other, 5)

    assert answers == [200] * 12
    for resting in (one, other):
        os.kill(resting, signal.SIGSTOP)
        totals = read(busy, CALLS), read(busy, RENEWED)
        os.kill(resting, signal.SIGCONT)
        assert totals == (before + 12, 1)


def test_a_worker_that_waits_for_anothers_refresh_is_counted_once(house):
    busy = house(workers=2, METRICS_TOKEN=TOKEN)
    busy.zoom.fault(route=REFRESH, delay=3.0, grant_type="refresh_token")
    busy.zoom.expire_tokens()

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: busy.call().status_code, range(20)))

    assert answers == [200] * 20
    assert (read(busy, RENEWED), read(busy, WAITS)) == (1, 1)
