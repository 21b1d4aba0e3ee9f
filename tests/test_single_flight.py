"""The first caller does the work; the others wait for the same outcome."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.processes import HANG_SECONDS
from zoomapp.single_flight import SingleFlight


def test_many_callers_start_the_work_once():
    flights, finish, started = SingleFlight(), threading.Event(), []

    def work():
        started.append(1)
        finish.wait(HANG_SECONDS)
        return "done"

    joined = [flights.start("dana", work) for _ in range(8)]
    finish.set()

    assert {flight.result(HANG_SECONDS) for flight in joined} == {"done"}
    assert len(started) == 1


def test_every_caller_gets_the_failure():
    flights, finish = SingleFlight(), threading.Event()

    def work():
        finish.wait(HANG_SECONDS)
        raise LookupError("no")

    joined = [flights.start("dana", work) for _ in range(3)]
    finish.set()

    for flight in joined:
        with pytest.raises(LookupError):
            flight.result(HANG_SECONDS)


def test_a_caller_waits_no_longer_than_its_timeout():
    flights, finish = SingleFlight(), threading.Event()
    flight = flights.start("dana", lambda: str(finish.wait(HANG_SECONDS)))

    assert flight.result(0.01) is None
    finish.set()
    assert flight.result(HANG_SECONDS) == "True"


def test_after_close_no_work_starts_and_running_work_finishes():
    flights, finish = SingleFlight(), threading.Event()
    flight = flights.start("dana", lambda: str(finish.wait(HANG_SECONDS)))
    flights.close()

    assert flights.start("priya", lambda: "never") is None
    assert flights.start("dana", lambda: "never") is flight
    finish.set()
    assert flight.result(HANG_SECONDS) == "True"


def test_one_caller_has_the_turn_and_the_others_wait_for_its_end():
    flights, working, finish, ended = SingleFlight(), threading.Event(), threading.Event(), threading.Event()

    def first_caller():
        with flights.turn("dana", HANG_SECONDS) as first:
            working.set()
            finish.wait(HANG_SECONDS)
            ended.set()
        return first

    def second_caller():
        with flights.turn("dana", HANG_SECONDS):
            return ended.is_set()

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(first_caller)
        working.wait(HANG_SECONDS)
        second_started_after_the_first = pool.submit(second_caller)
        finish.set()

        assert first.result()
        assert second_started_after_the_first.result()


def test_a_turn_that_fails_is_over():
    flights = SingleFlight()

    with pytest.raises(LookupError), flights.turn("dana", HANG_SECONDS):
        raise LookupError

    with flights.turn("dana", HANG_SECONDS) as first:
        assert first


def test_a_caller_waits_for_a_turn_no_longer_than_its_timeout():
    flights = SingleFlight()

    with flights.turn("dana", HANG_SECONDS), flights.turn("dana", 0.01) as first:
        assert not first
