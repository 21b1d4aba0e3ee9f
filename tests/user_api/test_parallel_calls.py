"""Independent calls of a page run at the same time, and a full pool only makes them slower."""

import contextvars
import threading

import pytest

from tests.support.gate import GUARD_SECONDS, Gate
from zoomapp.user_api.parallel_calls import PREFETCH_THREADS, ParallelCalls


@pytest.fixture
def gate():
    gate = Gate()
    yield gate
    gate.opened.set()


def test_calls_of_a_page_run_at_the_same_time(gate):
    page = ParallelCalls(threads=4).page()

    pending = [page.start(gate) for _ in range(3)]
    gate.wait_until(running=3)
    gate.opened.set()

    assert len({call.result() for call in pending}) == 3


def test_one_page_has_at_most_its_number_of_calls_in_the_pool(gate):
    page = ParallelCalls(threads=8).page(calls_at_once=2)

    pending = [page.start(gate) for _ in range(5)]
    gate.wait_until(running=2)
    gate.opened.set()
    for call in pending:
        call.result()

    assert gate.most <= 3  # two in the pool, one in the thread that asks for results


def test_call_without_a_place_runs_when_another_one_of_its_page_has_ended(gate):
    page = ParallelCalls(threads=8).page(calls_at_once=1)
    first = page.start(gate)
    gate.wait_until(running=1)

    second = page.start(lambda: threading.current_thread().name)
    gate.opened.set()

    assert second._finished.wait(GUARD_SECONDS)
    assert second.result() == first.result()


def test_all_calls_of_25_people_who_open_a_page_run_at_the_same_time(gate):
    calls = ParallelCalls()

    pending = [page.start(gate) for page in [calls.page() for _ in range(25)] for _ in range(3)]
    gate.wait_until(running=75)
    gate.opened.set()

    assert len({call.result() for call in pending}) == 75


def test_a_full_pool_runs_calls_in_the_thread_that_needs_them(gate):
    calls = ParallelCalls(threads=1)
    blocked = calls.page().start(gate)
    gate.wait_until(running=1)

    pending = calls.page().start(lambda: threading.current_thread().name)

    assert pending.result() == threading.current_thread().name
    gate.opened.set()
    blocked.result()


def test_calls_that_start_calls_never_block_each_other():
    calls = ParallelCalls(threads=1)

    def nested(depth):
        return calls.page().start(lambda: nested(depth - 1)).result() + 1 if depth else 0

    assert calls.page().start(lambda: nested(20)).result() == 20


def test_a_failure_is_raised_where_the_result_is_needed():
    pending = ParallelCalls(threads=1).page().start(lambda: 1 // 0)

    with pytest.raises(ZeroDivisionError):
        pending.result()


def test_a_call_runs_once_however_often_its_result_is_read():
    count = []
    pending = ParallelCalls(threads=1).page().start(lambda: count.append(1))

    pending.result()
    pending.result()

    assert len(count) == 1


def test_a_call_sees_the_context_of_its_request():
    name = contextvars.ContextVar("name", default="nobody's")
    name.set("this request's")

    assert ParallelCalls(threads=1).page().start(name.get).result() == "this request's"


def test_background_calls_take_at_most_half_of_the_pool(gate):
    calls = ParallelCalls(threads=2)

    assert calls.start_in_background(gate)
    assert not calls.start_in_background(gate)

    assert calls.page().start(lambda: "free").result() == "free"


def test_a_failed_background_call_gives_its_place_back(caplog):
    calls = ParallelCalls(threads=2)

    assert calls.start_in_background(lambda: 1 // 0)
    with calls._pool:  # waits for the call
        pass

    assert calls._background_places.acquire(blocking=False)
    assert "background call failed" in caplog.text


def test_no_call_waits_in_a_queue(gate):
    calls = ParallelCalls(threads=1)
    blocked = calls.page().start(gate)
    gate.wait_until(running=1)

    for _ in range(100):
        calls.page().start(lambda: None)

    assert calls._pool._work_queue.qsize() == 0
    gate.opened.set()
    blocked.result()


def test_a_process_that_ends_starts_no_background_call():
    calls = ParallelCalls()

    calls.close()

    assert not calls.start_in_background(lambda: None)
    assert calls.page().start(lambda: "a page").result() == "a page"


def test_idle_pool_has_ended_the_calls_that_its_calls_have_started():
    calls, ended = ParallelCalls(), []

    def count_down(number):
        if number:
            calls.start_prefetch(lambda: count_down(number - 1))
        ended.append(number)

    calls.start_in_background(lambda: count_down(PREFETCH_THREADS))
    calls.wait_until_idle()

    assert sorted(ended) == list(range(PREFETCH_THREADS + 1))
