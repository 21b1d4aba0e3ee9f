"""A fair pool: no person uses more than their share, and no one waits long without an error."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from devtools.processes import wait_until
from tests.support.gate import GUARD_SECONDS, Gate
from zoomapp import deadline
from zoomapp.errors import Busy
from zoomapp.user_api.fair_pool import FairPool


@pytest.fixture
def people():
    """Threads in which several people wait for their calls."""
    with ThreadPoolExecutor(16) as threads:
        yield threads


@pytest.fixture
def gate(people):
    """A gate that opens before the threads of ``people`` are waited for."""
    gate = Gate("done")
    yield gate
    gate.opened.set()


def pool(start_seconds=GUARD_SECONDS, places=8, share=2):
    return FairPool(places, share, start_seconds, "test")


def test_one_person_never_holds_more_than_their_share(gate, people):
    shared = pool()
    batches = [people.submit(shared.run, "dana", [gate] * 20) for _ in range(6)]
    gate.wait_until(running=2)

    # Meanwhile the call of another person is served.
    assert shared.run("priya", [lambda: 1, lambda: 2, lambda: 3]) == [1, 2, 3]

    gate.opened.set()
    assert [batch.result(GUARD_SECONDS) for batch in batches] == [["done"] * 20] * 6
    assert gate.most == 2


def test_a_batch_that_cannot_start_in_time_gets_busy(gate, people):
    shared = pool()
    first = people.submit(shared.run, "dana", [gate] * 2)
    gate.wait_until(running=2)
    shared._start_seconds = 0

    with pytest.raises(Busy) as caught:
        shared.run("dana", [gate, gate])

    assert caught.value.headers["Retry-After"]
    gate.opened.set()
    assert first.result(GUARD_SECONDS) == ["done"] * 2
    assert gate.most == 2  # what was refused never ran
    assert wait_until(lambda: shared._owners == {}, GUARD_SECONDS)


def test_a_full_pool_is_busy_for_another_person(gate, people):
    shared = pool(places=2, share=1)
    for person in ("dana", "priya"):
        people.submit(shared.run, person, [gate])
    gate.wait_until(running=2)
    shared._start_seconds = 0

    with pytest.raises(Busy):
        shared.run("sam", [gate])


def test_free_places_go_to_people_in_turn(gate, people):
    shared = pool(places=1, share=1)
    order = []
    people.submit(shared.run, "first", [gate])
    gate.wait_until(running=1)
    waiting = []
    for person in ("dana", "priya"):
        waiting.append(people.submit(shared.run, person, [lambda person=person: order.append(person)] * 3))
        assert wait_until(lambda person=person: person in shared._owners, GUARD_SECONDS)

    gate.opened.set()
    for each in waiting:
        each.result(GUARD_SECONDS)

    assert order == ["dana", "priya"] * 3


def test_calls_without_a_place_before_the_deadline_are_busy_and_the_others_succeed(gate, people):
    shared = pool(places=1, share=1)
    opened = threading.Event()

    def ask():
        deadline.start(0)
        return shared.run("dana", [lambda: opened.wait(GUARD_SECONDS), gate, gate])

    def others_are_refused():
        owner = shared._owners.get("dana")
        return owner is not None and owner.running > 0 and not owner.waiting

    results = people.submit(ask)
    assert wait_until(others_are_refused, GUARD_SECONDS)
    opened.set()

    first, second, third = results.result(GUARD_SECONDS)
    assert first is True
    assert isinstance(second, Busy) and isinstance(third, Busy)


def test_a_failure_of_one_call_reaches_its_caller_and_frees_the_place(people):
    shared = pool(places=1, share=1)

    with pytest.raises(ZeroDivisionError):
        shared.run("dana", [lambda: 1 / 0])

    assert shared.run("dana", [lambda: 1]) == [1]
