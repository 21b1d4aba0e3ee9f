"""A Redis that accepts connections and does not answer: every caller gets an error, and few of them wait.

How soon they learn is measured in bench/time_limits/test_outages.py.
"""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from devtools.processes import wait_until
from tests.sockets.test_failover import FAILED_OVER_WITHIN_SECONDS
from tests.support.fast_path import POOLS
from zoomapp.store import key_names, redis_client, redis_connect

KEY = key_names.of_user("alice", "tokens")
#: Said to callers who are not made to wait.
AT_ONCE = "silent a moment ago"


def stored_read_fails(client):
    """The error that a caller gets while Redis does not answer."""
    with pytest.raises(redis_client.StoreUnavailable) as failure:
        redis_client.load(client, KEY)
    return str(failure.value)


def twenty_at_once(client):
    """The errors of these callers."""
    with ThreadPoolExecutor(20) as pool:
        return list(pool.map(lambda _: stored_read_fails(client), range(20)))


def keep_open(client, count):
    """So many connections have been used and given back."""
    taken = [client.connection_pool.get_connection() for _ in range(count)]
    for each in taken:
        client.connection_pool.release(each)


def failed_at_once(answers):
    return sum(AT_ONCE in answer for answer in answers)


@pytest.mark.parametrize("warm", [0, 3, 8], ids=["none open", "three open", "all open"])
def test_twenty_requests_during_a_silent_redis_get_503_and_few_wait_for_it(redis_process, warm):
    server = redis_process()
    client = redis_connect.connect(server.url, pools=POOLS)
    keep_open(client, warm)
    server.freeze()

    first, second = twenty_at_once(client), twenty_at_once(client)

    assert len(first) == 20
    assert failed_at_once(second) >= 10
    server.thaw()
    assert wait_until(lambda: serves(client), FAILED_OVER_WITHIN_SECONDS)


def test_an_idle_connection_closed_by_redis_is_no_outage(redis_process):
    server = redis_process()
    client = redis_connect.connect(server.url, pools=POOLS)
    keep_open(client, 3)
    with server.client() as other:
        other.client_kill_filter(_type="normal", skipme=True)

    assert [redis_client.load(client, KEY) for _ in range(5)] == [None] * 5


@pytest.mark.parametrize("warm", [False, True], ids=["never connected", "connected before"])
def test_twenty_requests_during_silent_sentinels_get_503_and_few_wait_for_them(redis_sentinel, warm):
    client = redis_connect.connect(redis_sentinel.url, pools=POOLS)
    if warm:
        redis_client.load(client, KEY)
    redis_sentinel.freeze()

    first, second = twenty_at_once(client), twenty_at_once(client)

    assert len(first) == 20
    assert failed_at_once(second) >= 10
    redis_sentinel.thaw()
    assert wait_until(lambda: serves(client), FAILED_OVER_WITHIN_SECONDS)


def test_sentinel_pools_have_the_same_connection_limit_as_other_pools(redis_sentinel):
    client = redis_connect.connect(redis_sentinel.url, pools=POOLS)

    with ThreadPoolExecutor(40) as pool:
        list(pool.map(lambda number: redis_client.load(client, KEY), range(400)))

    with redis_sentinel.master.client() as other:
        ours = [each for each in other.client_list() if each["cmd"] == "get"]
    assert 0 < len(ours) <= redis_client.CONNECTIONS


def test_twenty_first_requests_to_a_silent_cluster_share_the_failed_attempts(redis_cluster):
    tries = []

    def make():
        tries.append(1)
        return redis_connect._cluster(redis_cluster.url, True, POOLS.server)

    client = redis_connect.LazyCluster(make)
    for each in redis_cluster.masters:
        each.freeze()

    twenty_at_once(client)
    twenty_at_once(client)

    assert 0 < len(tries) <= 4
    for each in redis_cluster.masters:
        each.thaw()


def test_twenty_requests_to_a_silent_node_succeed_when_its_replica_takes_over(redis_cluster):
    client = redis_connect.connect(redis_cluster.url, pools=POOLS)
    redis_client.load(client, KEY)
    redis_cluster.master_of(KEY).freeze()

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda _: serves(client), range(20)))

    assert wait_until(lambda: serves(client), FAILED_OVER_WITHIN_SECONDS)


def serves(client):
    try:
        return redis_client.load(client, KEY) is None
    except redis_client.StoreUnavailable:
        return False


def tries_of(seconds):
    """How often a command is tried that fails after so many seconds."""
    tries = []

    def fail():
        tries.append(1)
        threading.Event().wait(seconds)
        raise redis.TimeoutError

    with pytest.raises(redis.TimeoutError):
        redis_client.RetryOnce().call_with_retry(fail, lambda error: None)
    return len(tries)


def test_a_command_is_repeated_after_a_fast_failure_but_not_after_a_timeout():
    assert tries_of(seconds=0) == 2
    assert tries_of(seconds=2 * redis_client.IMMEDIATE_FAILURE_SECONDS) == 1
