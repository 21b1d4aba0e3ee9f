"""Real workers, a real Redis and a slow token endpoint: one refresh per expired token."""

import os
from concurrent.futures import ThreadPoolExecutor

#: How often the burst is repeated; `BURSTS=100 python3 dev.py test tests/sockets/test_refresh.py` for the long run.
BURSTS = int(os.environ.get("BURSTS", "2"))
REFRESH = "POST /oauth/token"


def burst(house, calls):
    """Send this many concurrent calls with an expired token. Returns their answers and the number of refreshes."""
    house.zoom.expire_tokens()
    house.zoom.clear()
    with ThreadPoolExecutor(calls) as pool:
        answers = list(pool.map(lambda _: house.call(), range(calls)))
    return [answer.status_code for answer in answers], house.zoom.count(REFRESH)


def test_fifty_calls_on_an_expired_token_over_two_workers_make_one_refresh(house):
    busy = house(workers=2)
    # Without a wait at the token endpoint a renewal is over before the second worker looks.
    busy.zoom.fault(route=REFRESH, delay=0.15, grant_type="refresh_token")

    for _ in range(BURSTS):
        assert burst(busy, 50) == ([200] * 50, 1)


def test_two_hundred_calls_on_an_expired_token_over_four_workers_make_one_refresh(house):
    busy = house(workers=4)
    busy.zoom.fault(route=REFRESH, delay=0.15, grant_type="refresh_token")

    for _ in range(BURSTS):
        assert burst(busy, 200) == ([200] * 200, 1)


def test_a_token_endpoint_slower_than_the_lease_gets_one_request(house):
    busy = house(workers=2)
    busy.zoom.fault(route=REFRESH, delay=7.0, grant_type="refresh_token")

    assert burst(busy, 12) == ([200] * 12, 1)
