"""Redis unreachable or silent: every one of many callers gets an error within three seconds."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.sockets.test_silence import keep_open, serves, stored_read_fails
from tests.support.fast_path import POOLS
from zoomapp.store import key_names, redis_client, redis_connect

#: A request has 3 s.
WITHIN_SECONDS = 2.7
#: Of those who ask after somebody has waited in vain.
AT_ONCE_SECONDS = 0.4
KEY = key_names.of_user("alice", "tokens")


def seconds_of(action):
    started_at = time.monotonic()
    action()
    return time.monotonic() - started_at


def twenty_at_once(client, action=stored_read_fails):
    with ThreadPoolExecutor(20) as pool:
        return sorted(pool.map(lambda _: seconds_of(lambda: action(client)), range(20)))


@pytest.mark.parametrize("trouble", ["kill", "freeze"])
def test_a_request_knows_within_three_seconds(house, trouble):
    whole = house()
    getattr(whole.redis, trouble)()

    first = seconds_of(whole.call)
    with ThreadPoolExecutor(20) as pool:
        others = list(pool.map(lambda _: seconds_of(whole.call), range(20)))

    assert max(first, *others) < 3


@pytest.mark.parametrize("warm", [0, 3, 8], ids=["none open", "three open", "all open"])
def test_twenty_callers_of_a_silent_redis_know_in_time(redis_process, warm):
    server = redis_process()
    client = redis_connect.connect(server.url, pools=POOLS)
    keep_open(client, warm)
    server.freeze()

    first, second = twenty_at_once(client), twenty_at_once(client)

    assert first[-1] < WITHIN_SECONDS
    assert second[10] < AT_ONCE_SECONDS and second[-1] < WITHIN_SECONDS
    server.thaw()


@pytest.mark.parametrize("warm", [False, True], ids=["never connected", "connected before"])
def test_twenty_callers_behind_silent_sentinels_know_in_time(redis_sentinel, warm):
    client = redis_connect.connect(redis_sentinel.url, pools=POOLS)
    if warm:
        redis_client.load(client, KEY)
    redis_sentinel.freeze()

    first, second = twenty_at_once(client), twenty_at_once(client)

    assert first[-1] < WITHIN_SECONDS
    assert second[10] < AT_ONCE_SECONDS and second[-1] < WITHIN_SECONDS
    redis_sentinel.thaw()


def test_twenty_first_callers_of_a_silent_cluster_know_in_time(redis_cluster):
    client = redis_connect.connect(redis_cluster.url, pools=POOLS)
    for each in redis_cluster.masters:
        each.freeze()

    first, second = twenty_at_once(client), twenty_at_once(client)

    assert first[-1] < WITHIN_SECONDS
    assert second[-1] < AT_ONCE_SECONDS
    for each in redis_cluster.masters:
        each.thaw()


def test_twenty_callers_of_a_silent_node_know_in_time(redis_cluster):
    client = redis_connect.connect(redis_cluster.url, pools=POOLS)
    redis_client.load(client, KEY)
    redis_cluster.master_of(KEY).freeze()

    assert twenty_at_once(client, serves)[-1] < WITHIN_SECONDS
