"""Leases in Redis and in memory: one holder at a time, and only the holder ends its lease."""

import threading
import time

import pytest

from tests.support.processes import HANG_SECONDS
from zoomapp.errors import StoreUnavailable
from zoomapp.store.leases import Lease, Leases, MemoryLeases


@pytest.fixture(params=["memory", "redis"])
def leases(request):
    if request.param == "memory":
        return MemoryLeases()
    return Leases(request.getfixturevalue("redis_client"))


def test_a_lease_has_one_holder(leases):
    assert leases.lease("poll", 5).take()
    assert not leases.lease("poll", 5).take()
    assert leases.lease("another key", 5).take()


def test_the_holder_takes_its_lease_again(leases):
    # A lost reply makes the client send the command again; a long job extends its lease.
    lease = leases.lease("poll", 5)

    assert lease.take()
    assert lease.take()


def test_only_the_holder_ends_a_lease(leases):
    first, second = leases.lease("poll", 5), leases.lease("poll", 5)
    first.take()

    second.give_back()
    assert not second.take()

    first.give_back()
    assert second.take()


def test_the_lease_of_a_dead_holder_expires(leases):
    leases.lease("poll", 0.001).take()
    second = leases.lease("poll", 5)

    while not second.take():
        pass


def test_a_lease_is_given_back_after_its_block(leases):
    with pytest.raises(LookupError), leases.lease("poll", 5).hold() as taken:
        assert taken
        raise LookupError

    assert leases.lease("poll", 5).take()


def test_a_block_without_the_lease_leaves_the_holders_lease_alone(leases):
    leases.lease("poll", 5).take()

    with leases.lease("poll", 5).hold() as taken:
        assert not taken

    assert not leases.lease("poll", 5).take()


def test_a_block_waits_until_the_holder_gives_back(leases):
    holder = leases.lease("poll", HANG_SECONDS)
    holder.take()
    started = time.monotonic()
    threading.Timer(0.1, holder.give_back).start()

    with leases.lease("poll", 5).hold(wait_seconds=HANG_SECONDS) as taken:
        assert not taken

    assert 0.1 <= time.monotonic() - started < HANG_SECONDS


def test_a_block_waits_no_longer_than_its_timeout(leases):
    leases.lease("poll", HANG_SECONDS).take()

    with leases.lease("poll", 5).hold(wait_seconds=0.05) as taken:
        assert not taken


class RecordedTakes:
    """A lease store that reports each take."""

    def __init__(self, leases):
        self._leases = leases
        self.takes = threading.Semaphore(0)

    def take(self, key, owner, seconds):
        self.takes.release()
        return self._leases.take(key, owner, seconds)

    def is_taken(self, key):
        return self._leases.is_taken(key)

    def give_back(self, key, owner):
        self._leases.give_back(key, owner)


def test_a_long_block_extends_its_lease(leases):
    store = RecordedTakes(leases)

    with Lease(store, "poll", 0.3).hold(extend=True):
        assert all(store.takes.acquire(timeout=HANG_SECONDS) for _ in range(4))


def test_a_lease_that_cannot_be_given_back_does_not_fail_the_block():
    class Unavailable(MemoryLeases):
        def give_back(self, key, owner):
            raise StoreUnavailable

    with Lease(Unavailable(), "poll", 5).hold() as taken:
        assert taken
