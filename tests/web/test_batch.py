"""Batches: several reads in one request, each with its own result and with the proxy's rules."""

import dataclasses
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from offline_zoom.faults import Fault
from tests.support.people import Person
from tests.support.processes import HANG_SECONDS
from zoomapp import create_app
from zoomapp.user_api.fair_pool import FairPool

BATCH = "/zoom/api/batch"


def ask(person, *requests, **more):
    return person.post(BATCH, json={"requests": list(requests)}, **more)


def test_each_read_has_its_own_status_headers_and_body_in_order(dana, world):
    answer = ask(dana, "/users/me", {"id": 7, "path": "/v2/meetings/1"}, "/zoom/api/v2/users/me/meetings?type=live")

    first, second, third = answer.json["answers"]
    assert (first["status"], first["body"]["id"], "id" in first) == (200, dana.id, False)
    assert (second["id"], second["status"], second["body"]["code"]) == (7, 404, 3001)
    assert (third["status"], third["path"]) == (200, "/zoom/api/v2/users/me/meetings?type=live")
    assert first["headers"]["X-Zm-Trackingid"]
    assert world.calls.all()[-1].query in ("type=live", "")


def test_the_reads_of_a_batch_run_in_parallel(dana, world):
    both = threading.Barrier(2)
    world.faults.append(Fault("GET /v2/users/me", delay=1))
    world.sleep = lambda _: both.wait(HANG_SECONDS)  # no read ends before another one is under way

    answer = ask(dana, *["/users/me"] * 8)

    assert {each["status"] for each in answer.json["answers"]} == {200}


def test_twenty_slow_reads_of_one_user_leave_places_for_another(dana, priya, world):
    opened, calls_started = threading.Event(), threading.Semaphore(0)
    world.faults.append(Fault("GET /v2/users/me", delay=1))
    world.sleep = lambda _: (calls_started.release(), opened.wait(HANG_SECONDS))

    with ThreadPoolExecutor(1) as threads:
        slow = threads.submit(ask, dana, *["/users/me"] * 20)
        for _ in range(2):
            assert calls_started.acquire(timeout=HANG_SECONDS)

        answer = ask(priya, *["/users/me/meetings"] * 20)

        opened.set()
        assert {each["status"] for each in answer.json["answers"]} == {200}
        assert [each["status"] for each in slow.result(HANG_SECONDS).json["answers"]] == [200] * 20


def test_a_batch_gets_503_while_all_places_of_the_person_are_taken(parts, world):
    opened, calls_started = threading.Event(), threading.Semaphore(0)
    pool = FairPool(8, 2, start_seconds=0.1, name="test")
    dana = Person(create_app(dataclasses.replace(parts, batch_pool=pool)), world, "dana")
    dana.connect()
    world.calls.clear()
    world.faults.append(Fault("GET /v2/users/me", delay=1))
    world.sleep = lambda _: (calls_started.release(), opened.wait(HANG_SECONDS))

    with ThreadPoolExecutor(1) as threads:
        slow = threads.submit(ask, dana, *["/users/me"] * 2)
        for _ in range(2):
            assert calls_started.acquire(timeout=HANG_SECONDS)

        answer = ask(dana, "/users/me/meetings")

        opened.set()
        assert (answer.status_code, answer.json["error"]) == (503, "busy")
        assert int(answer.headers["Retry-After"]) > 0
        assert slow.result(HANG_SECONDS).status_code == 200


def test_a_batch_on_an_expired_token_refreshes_it_once(dana, world, clock):
    clock.tick(4000)

    answer = ask(dana, *["/users/me"] * 20)

    assert {each["status"] for each in answer.json["answers"]} == {200}
    assert world.calls.count("POST /oauth/token") == 1


@pytest.mark.parametrize(
    "path", ["/../oauth/token", "/%2e%2e/x", "//users/me", "/users/me\r\nX: y", "https://evil.example/", "", "users/me"]
)
def test_a_batch_accepts_only_paths_of_the_api(dana, world, path):
    (answer,) = ask(dana, path).json["answers"]

    assert (answer["status"], answer["body"]["error"]) == (400, "bad_request")
    assert world.calls.all() == []


def test_a_batch_accepts_only_reads(dana, world):
    (answer,) = ask(dana, {"path": "/meetings/85000000101", "method": "DELETE"}).json["answers"]

    assert answer["status"] == 400
    assert world.calls.all() == []


def test_only_listed_response_headers_of_zoom_are_passed_on(dana, world):
    world.faults.append(
        Fault("GET /v2/users/me", 200, {"Set-Cookie": "a=b", "Location": "x", "X-Own": "1"}, {"id": "x"})
    )

    (answer,) = ask(dana, "/users/me").json["answers"]

    assert {name.lower() for name in answer["headers"]} & {"set-cookie", "location", "x-own"} == set()


def test_a_failed_read_of_a_batch_leaves_the_others(dana, world):
    world.faults.append(Fault("GET /v2/users/me", drop="before"))

    away, there = ask(dana, "/users/me", "/users/me/meetings").json["answers"]

    assert (away["status"], away["body"]["error"]) == (502, "upstream_error")
    assert there["status"] == 200


def test_a_rate_limited_read_of_a_batch_says_how_long_to_wait(dana, world):
    world.faults.append(Fault("GET /v2/users/me", 429, {"Retry-After": "24"}, {"code": 429, "message": "slow"}))

    (answer,) = ask(dana, "/users/me").json["answers"]

    assert (answer["status"], answer["headers"]["Retry-After"], answer["body"]["error"]) == (429, "24", "rate_limited")


def test_an_answer_too_large_for_a_batch_gets_status_413(dana, world):
    world.faults.append(Fault("GET /v2/users/me", 200, {}, {"text": "x" * 300_000}))

    (answer,) = ask(dana, "/users/me").json["answers"]

    assert answer["status"] == 413


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"requests": []}', b'{"requests": [1]}', b"{"])
def test_a_malformed_batch_is_refused(dana, body):
    answer = dana.post(BATCH, data=body, content_type="application/json")

    assert (answer.status_code, answer.json["error"]) == (400, "bad_request")


def test_a_batch_of_twenty_one_reads_is_refused(dana, world):
    assert ask(dana, *["/users/me"] * 21).status_code == 400
    assert world.calls.all() == []


def test_a_batch_of_a_visitor_or_another_site_is_refused(anyone, dana, world):
    assert ask(dana, "/users/me", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    dana.post("/api/zoomapp/logout")
    assert ask(dana, "/users/me").status_code == 401
    assert "/v2/users/me" not in [call.path for call in world.calls.all()]


def test_each_call_of_a_batch_is_in_the_call_log(dana):
    ask(dana, "/users/me", "/users/me/meetings")

    text = dana.look("/calls").text
    assert "/v2/users/me/meetings" in text
