"""The call log: the Zoom calls of this session, without tokens and bodies."""

import re
import sys
import threading

import pytest

from offline_zoom.faults import Fault
from tests.support.processes import HANG_SECONDS
from tests.web.reading import read
from zoomapp.errors import StoreUnavailable
from zoomapp.store import key_names
from zoomapp.store.call_log import BATCH_SIZE, MAX_CALLS, CallLog


def test_calls_of_proxy_and_pages_are_listed_newest_first(dana, world):
    world.switches.rate_headers = "all"
    world.switches.limits = "plan"
    dana.get("/zoom/api/v2/users/me?private=1")
    dana.look("/meetings")

    page = dana.look("/calls")

    text = read(page)
    assert text.index("/v2/users/me/meetings") < text.rindex("GET /v2/users/me 200")
    assert "X-RateLimit-Category: Light" in text
    assert "X-RateLimit-Remaining" in text
    assert world.calls.all()[-1].path
    assert "private" not in page.text


def test_the_call_log_has_no_tokens_and_no_bodies(dana, parts):
    dana.post("/zoom/api/v2/users/me/meetings", json={"topic": "very private"})

    page = dana.look("/calls").text

    assert "POST" in page
    assert "very private" not in page
    assert parts.tokens.access_token(dana.id) not in page


def test_the_call_log_distinguishes_failed_and_cached_calls(dana, world):
    world.faults.append(Fault("GET /v2/users/me", drop="before"))
    dana.get("/zoom/api/v2/users/me")
    for _ in range(2):
        dana.look("/recordings?from=2025-12-01&to=2026-03-02")

    text = read(dana.look("/calls"))

    assert "no answer" in text
    assert "cached" in text


def test_the_call_log_has_the_last_hundred_calls(dana, parts):
    with dana.browser.session_transaction() as session:
        sid = session.sid
    for number in range(MAX_CALLS + 20):
        call = {"method": "GET", "path": f"/v2/{number}", "status": 200, "milliseconds": 1, "cached": False}
        parts.call_log.add(dana.id, sid, [{**call, "tracking_id": "", "limits": {}}])

    page = dana.look("/calls").text

    assert page.count('class="call-path"') == MAX_CALLS
    assert "/v2/19<" not in page
    assert f"/v2/{MAX_CALLS + 19}<" in page


@pytest.fixture
def impatient_threads():
    """Threads that take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_calls_of_many_sessions_are_all_written(dana, parts):
    call = {"method": "GET", "path": "/v2/x", "status": 200, "milliseconds": 1, "cached": False}
    sessions = [f"session {number}" for number in range(2 * BATCH_SIZE + 1)]
    for session in sessions:
        parts.call_log.add(dana.id, session, [{**call, "path": f"/v2/{session}", "tracking_id": "", "limits": {}}])

    parts.call_log.write()

    assert [[each["path"] for each in parts.call_log.read(dana.id, one)] for one in sessions] == [
        [f"/v2/{one}"] for one in sessions
    ]


def test_a_redis_outage_causes_one_attempt_for_all_calls(parts, monkeypatch):
    attempts = []

    def away(*lists):
        attempts.append(lists)
        raise StoreUnavailable("away")

    monkeypatch.setattr(parts.call_log._user_keys, "push", away)
    for number in range(2 * BATCH_SIZE + 1):
        parts.call_log.add("a user", f"session {number}", [])

    parts.call_log.write()

    assert len(attempts) == 1


def test_pending_calls_of_many_threads_start_one_timer(parts, impatient_threads):
    for _ in range(50):
        calls, ready, failed = CallLog(parts.redis, parts.key_ring), threading.Barrier(8), []

        def add(calls=calls, ready=ready, failed=failed):
            ready.wait(HANG_SECONDS)
            try:
                calls.add("a user", "a session", [])
            except RuntimeError as error:
                failed.append(error)

        threads = [threading.Thread(target=add) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        calls.stop()

        assert failed == []


def test_another_session_does_not_see_the_call_log(dana, priya):
    dana.get("/zoom/api/v2/users/me/settings")

    assert "/me/settings" not in priya.look("/calls").text
    assert "/me/settings" in dana.look("/calls").text


def test_disconnecting_deletes_stored_and_pending_calls(dana, parts):
    own = key_names.of_user(dana.id, "calls", "*").replace("{", "[{]").replace("}", "[}]")
    dana.look("/meetings")
    dana.look("/calls")
    assert parts.redis.keys(own)

    dana.get("/zoom/api/v2/users/me")
    dana.post("/api/zoomapp/disconnect")
    parts.call_log.write()

    assert not parts.redis.keys(own)


def test_a_visitor_is_asked_to_connect(anyone):
    read(anyone.look("/calls"), 401)


def test_a_call_is_listed_with_its_time(dana, clock):
    dana.get("/zoom/api/v2/users/me")
    clock.tick(120)
    dana.look("/meetings")

    times = re.findall(r'class="call-time">(\d\d:\d\d)', dana.look("/calls").text)

    assert {"11:00", "11:02"} <= set(times)
