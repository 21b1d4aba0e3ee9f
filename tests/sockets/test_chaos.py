"""Workers killed and stopped at each step of a token refresh: a grant is lost only where it must be, and reported."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from devtools.processes import wait_until
from tests.sockets.remote import connect
from tests.support.processes import HANG_SECONDS
from zoomapp.store import key_names

REFRESH = "POST /oauth/token"


@pytest.fixture
def pool():
    """Threads in which calls hang while the test goes on."""
    with ThreadPoolExecutor(32) as threads:
        yield threads


def begin_renewal(house, pool, **fault):
    """One call hangs in a renewal that Zoom has been asked for."""
    house.zoom.fault(route=REFRESH, grant_type="refresh_token", count=1, **fault)
    house.zoom.expire_tokens()
    call = pool.submit(house.call)
    assert wait_until(lambda: house.zoom.count(REFRESH) == 1, HANG_SECONDS)
    return call


def freeze(redis):
    """Freeze the database and close the app's connections, so that it carries out no earlier command after the thaw."""
    with redis.client() as client:
        client.client_kill_filter(_type="normal", skipme=True)
    redis.freeze()


def kill_worker(house):
    """Kill the only worker, and wait until gunicorn has started another."""
    (worker,) = house.app.pids[1:]
    os.kill(worker, signal.SIGKILL)
    assert wait_until(lambda: house.app.pids[1:] not in ([], [worker]), HANG_SECONDS)


def broken(call):
    """The call that hung in the worker has no answer."""
    return call.exception(HANG_SECONDS) is not None


def test_a_worker_killed_before_zoom_rotates_the_token_loses_no_grant(house, pool):
    lone = house(workers=1)
    call = begin_renewal(lone, pool, delay=15.0, drop="before")

    kill_worker(lone)

    assert broken(call)
    # The call waits for the dead worker's lease of 6 s; one that never ended would cost it its 27 s and a 503.
    assert lone.call().status_code == 200
    assert lone.zoom.count(REFRESH) == 2


def test_a_worker_killed_after_zoom_rotated_the_token_ends_the_grant_until_the_user_connects_again(house, pool):
    lone = house(workers=1)
    call = begin_renewal(lone, pool, hold=15.0)

    kill_worker(lone)

    assert broken(call)
    answer = lone.call()
    assert (answer.status_code, answer.json()["error"]) == (401, "session_expired")
    lone.browser = connect(lone.app.url)
    assert lone.call().status_code == 200


def test_a_worker_killed_with_unsaved_tokens_ends_the_grant_until_the_user_connects_again(house, pool):
    lone = house(workers=1)
    call = begin_renewal(lone, pool, hold=10.0)
    freeze(lone.redis)
    assert wait_until(lambda: "refreshed tokens not stored" in lone.app.log, HANG_SECONDS)

    kill_worker(lone)
    lone.redis.thaw()

    call.exception(HANG_SECONDS)
    answer = lone.call()
    assert (answer.status_code, answer.json()["error"]) == (401, "session_expired")
    lone.browser = connect(lone.app.url)
    assert lone.call().status_code == 200


def test_unsaved_tokens_are_saved_when_the_store_answers_again(house, pool):
    lone = house(workers=1)
    call = begin_renewal(lone, pool, hold=10.0)
    freeze(lone.redis)
    assert wait_until(lambda: "refreshed tokens not stored" in lone.app.log, HANG_SECONDS)

    lone.redis.thaw()

    assert call.result(HANG_SECONDS).status_code == 200
    assert wait_until(lambda: "unsaved tokens settled" in lone.app.log, HANG_SECONDS)
    kill_worker(lone)
    assert lone.call().status_code == 200
    assert lone.zoom.count(REFRESH) == 1


def test_a_worker_killed_right_after_saving_tokens_loses_no_grant(house, pool):
    lone = house(workers=1)
    record = key_names.of_user(lone.zoom.user_id("dana"), "tokens")
    with lone.redis.client() as redis:
        before = redis.get(record)
        begin_renewal(lone, pool, hold=0.3)
        assert before and wait_until(lambda: redis.get(record) != before, HANG_SECONDS, every=0.0)

        kill_worker(lone)

    assert lone.call().status_code == 200
    assert lone.zoom.count(REFRESH) == 1


def test_requests_in_flight_finish_after_sigterm(house, pool):
    whole = house(workers=2)
    whole.zoom.fault(route="GET /v2/users/me", delay=1.5)
    calls = [pool.submit(whole.call) for _ in range(20)]
    assert wait_until(lambda: whole.zoom.count("GET /v2/users/me") == 20, HANG_SECONDS)

    whole.app.child.process.terminate()

    assert [call.result(HANG_SECONDS).status_code for call in calls] == [200] * 20
    assert whole.app.child.process.wait(HANG_SECONDS) == 0


def test_a_refresh_in_flight_is_saved_after_sigterm(house, pool):
    whole = house(workers=2)
    call = begin_renewal(whole, pool, hold=1.5)

    whole.app.child.process.terminate()

    assert call.result(HANG_SECONDS).status_code == 200
    assert whole.app.child.process.wait(HANG_SECONDS) == 0
    whole.app = whole.again()
    assert whole.call().status_code == 200
    assert whole.zoom.count(REFRESH) == 1
