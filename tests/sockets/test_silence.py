"""Redis that accepts connections and says nothing: every caller knows within three seconds, however many there are."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from devtools.processes import wait_until
from tests.sockets.test_failover import FAILED_OVER_WITHIN_SECONDS
from zoomapp import keys, storage

pytestmark = pytest.mark.timed

#: The contract allows a request 3 s.
WITHIN_SECONDS = 2.7
#: Of those who ask after somebody has waited in vain.
AT_ONCE_SECONDS = 0.4
KEY = keys.of_user("alice", "tokens")


def seconds_until_told(client):
    begun = time.monotonic()
    with pytest.raises(storage.StoreUnavailable):
        storage.read(client, KEY)
    return time.monotonic() - begun


def twenty_at_once(client):
    with ThreadPoolExecutor(20) as pool:
        return sorted(pool.map(lambda _: seconds_until_told(client), range(20)))


def keep_open(client, count):
    """So many connections have been used and given back."""
    taken = [client.connection_pool.get_connection() for _ in range(count)]
    for each in taken:
        client.connection_pool.release(each)


@pytest.mark.parametrize("warm", [0, 3, 8], ids=["none open", "three open", "all open"])
def test_twenty_callers_of_a_silent_redis_are_told_in_time(redis_process, warm):
    server = redis_process()
    client = storage.connect(server.url)
    keep_open(client, warm)
    server.freeze()

    first, second = twenty_at_once(client), twenty_at_once(client)

    assert first[-1] < WITHIN_SECONDS
    assert second[10] < AT_ONCE_SECONDS and second[-1] < WITHIN_SECONDS
    server.thaw()
    assert storage.read(client, KEY) is None


def test_a_connection_closed_meanwhile_is_no_outage(redis_process):
    server = redis_process()
    client = storage.connect(server.url)
    keep_open(client, 3)
    with server.client() as other:
        other.client_kill_filter(_type="normal", skipme=True)

    assert [storage.read(client, KEY) for _ in range(5)] == [None] * 5


@pytest.mark.parametrize("warm", [False, True], ids=["never connected", "connected before"])
def test_twenty_callers_behind_silent_sentinels_are_told_in_time(redis_sentinel, warm):
    client = storage.connect(redis_sentinel.url)
    if warm:
        storage.read(client, KEY)
    redis_sentinel.freeze()

    first, second = twenty_at_once(client), twenty_at_once(client)

    assert first[-1] < WITHIN_SECONDS
    assert second[10] < AT_ONCE_SECONDS and second[-1] < WITHIN_SECONDS
    redis_sentinel.thaw()
    assert storage.read(client, KEY) is None


def test_no_more_connections_to_a_master_behind_sentinels_than_to_any_redis(redis_sentinel):
    client = storage.connect(redis_sentinel.url)

    with ThreadPoolExecutor(40) as pool:
        list(pool.map(lambda number: storage.read(client, KEY), range(400)))

    with redis_sentinel.master.client() as other:
        ours = [each for each in other.client_list() if each["cmd"] == "get"]
    assert 0 < len(ours) <= storage.CONNECTIONS


def test_twenty_first_callers_of_a_silent_cluster_are_told_in_time(redis_cluster):
    client = storage.connect(redis_cluster.url)
    for each in redis_cluster.masters:
        each.freeze()

    first, second = twenty_at_once(client), twenty_at_once(client)

    assert first[-1] < WITHIN_SECONDS
    assert second[-1] < AT_ONCE_SECONDS
    for each in redis_cluster.masters:
        each.thaw()


def test_twenty_callers_of_a_silent_node_know_in_time_until_its_replica_takes_over(redis_cluster):
    client = storage.connect(redis_cluster.url)
    storage.read(client, KEY)
    redis_cluster.master_of(KEY).freeze()

    with ThreadPoolExecutor(20) as pool:
        waited = list(pool.map(lambda _: seconds_until_known(client), range(20)))

    assert max(waited) < WITHIN_SECONDS
    assert wait_until(lambda: serves(client), FAILED_OVER_WITHIN_SECONDS)


def seconds_until_known(client):
    begun = time.monotonic()
    serves(client)
    return time.monotonic() - begun


def serves(client):
    try:
        return storage.read(client, KEY) is None
    except storage.StoreUnavailable:
        return False
