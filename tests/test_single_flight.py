"""The first caller starts the work; the others wait for the same outcome."""

import threading

import pytest

from tests.support.processes import HANG_SECONDS
from zoomapp.single_flight import SingleFlight


def test_many_callers_one_piece_of_work():
    flights, go, begun = SingleFlight(), threading.Event(), []

    def work():
        begun.append(1)
        go.wait(HANG_SECONDS)
        return "done"

    joined = [flights.join("dana", work) for _ in range(8)]
    go.set()

    assert {flight.result(HANG_SECONDS) for flight in joined} == {"done"}
    assert len(begun) == 1


def test_a_failure_is_everybodys():
    flights, go = SingleFlight(), threading.Event()

    def work():
        go.wait(HANG_SECONDS)
        raise LookupError("no")

    joined = [flights.join("dana", work) for _ in range(3)]
    go.set()

    for flight in joined:
        with pytest.raises(LookupError):
            flight.result(HANG_SECONDS)


def test_a_caller_waits_no_longer_than_it_can():
    flights, go = SingleFlight(), threading.Event()
    flight = flights.join("dana", lambda: str(go.wait(HANG_SECONDS)))

    assert flight.result(0.01) is None
    go.set()
    assert flight.result(HANG_SECONDS) == "True"


def test_closed_means_that_nothing_new_begins_and_what_has_begun_ends():
    flights, go = SingleFlight(), threading.Event()
    flight = flights.join("dana", lambda: str(go.wait(HANG_SECONDS)))
    flights.close()

    assert flights.join("priya", lambda: "never") is None
    assert flights.join("dana", lambda: "never") is flight
    go.set()
    assert flight.result(HANG_SECONDS) == "True"
