"""The response cache: per user, cleared by changes, without secrets, one call to Zoom for many requests at once."""

import secrets
import threading
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest

from offline_zoom.faults import Fault
from tests.support.people import NOON, Person, adapter
from zoomapp import create_app, services
from zoomapp.store import key_names
from zoomapp.store.encrypted_records import ANSWERS, ANSWERS_VERSION
from zoomapp.user_api import answer_store, response_cache
from zoomapp.user_api.local_lru import CachedResponse, LocalLRU
from zoomapp.user_api.response_cache import CacheOwner, is_cacheable
from zoomapp.zoom.client import Call
from zoomapp.zoom.endpoints import cache_seconds

LIST = "/zoom/api/v2/users/me/meetings?type=upcoming"
ROUTE = "GET /v2/users/me/meetings"
NEW = {"topic": "Büro", "type": 2, "start_time": "2026-03-05T10:00:00Z"}
JSON = {"Content-Type": "application/json"}


def state(answer):
    return answer.headers.get("X-Cache")


def test_the_second_call_is_served_from_the_cache(dana, world):
    first, second = dana.get(LIST), dana.get(LIST)

    assert (state(first), state(second)) == ("miss", "hit")
    assert (second.status_code, second.json, second.headers["Age"]) == (200, first.json, "0")
    assert world.calls.count(ROUTE) == 1
    assert second.headers["Cache-Control"] == "no-store"


def test_the_call_log_marks_a_cached_call(dana):
    dana.get(LIST)
    dana.get(LIST)

    assert "cached" in dana.look("/calls").text


def test_a_response_is_never_served_to_another_user(dana, priya, world):
    hers = dana.get(LIST)

    other = priya.get(LIST)

    assert state(other) == "miss"
    assert other.json["meetings"] != hers.json["meetings"]


def test_a_cached_response_expires(dana, clock):
    dana.get(LIST)
    clock.tick(10)

    assert state(dana.get(LIST)) == "miss"


def test_a_change_through_the_proxy_clears_the_cache(dana):
    dana.get(LIST)

    made = dana.post("/zoom/api/v2/users/me/meetings", json=NEW)

    answer = dana.get(LIST)
    assert (made.status_code, state(answer)) == (201, "miss")
    assert made.json["id"] in [each["id"] for each in answer.json["meetings"]]


def test_a_change_on_a_page_clears_the_cache(dana, parts):
    dana.get(LIST)

    parts.user_client(dana.id).create_meeting(NEW)

    assert state(dana.get(LIST)) == "miss"


def test_a_change_of_another_user_clears_nothing(dana, priya):
    dana.get(LIST)

    assert priya.post("/zoom/api/v2/users/me/meetings", json=NEW).status_code == 201

    assert state(dana.get(LIST)) == "hit"


def test_a_change_clears_the_cache_of_all_processes(dana, settings, world, clock):
    other = Person(create_app(services.build(settings, transport=adapter(world), clock=clock)), world, "dana")
    other.browser.set_cookie("zoomapp", dana.browser.get_cookie("zoomapp").value)
    dana.get(LIST)
    assert state(other.get(LIST)) == "hit"

    dana.post("/zoom/api/v2/users/me/meetings", json=NEW)

    assert state(other.get(LIST)) == "miss"


def test_a_response_requested_before_a_change_is_not_served_after_it(dana, parts):
    call = Call("GET", "/v2/users/me/meetings")

    def ask():
        return parts.user_client(dana.id).send(call)

    def overtaken():
        answer = ask()
        parts.answers.clear(dana.id)
        return answer

    parts.response_cache.get_or_fetch(CacheOwner(dana.id, "grant", b""), call, 10, overtaken)

    version = parts.redis.get(ANSWERS_VERSION.key_of(dana.id))
    assert parts.response_cache.get_or_fetch(CacheOwner(dana.id, "grant", version), call, 10, ask).state == "miss"


@pytest.mark.parametrize("name", ["meeting.created", "meeting.ended"])
def test_an_event_clears_the_cache_of_the_host(dana, parts, name):
    dana.get(LIST)

    parts.webhook_queue.add({"event": name, "event_ts": 1, "payload": {"object": {"host_id": dana.id, "id": "1"}}})
    parts.webhook_queue.process()

    assert state(dana.get(LIST)) == "miss"


@pytest.mark.parametrize("wish", ["no-cache", "max-age=0", "No-Cache"])
def test_a_request_with_no_cache_is_sent_to_zoom(dana, world, wish):
    dana.get(LIST)

    assert state(dana.get(LIST, headers={"Cache-Control": wish})) == "miss"
    assert world.calls.count(ROUTE) == 2


def test_a_request_with_no_store_is_not_cached(dana, world):
    answers = [dana.get(LIST, headers={"Cache-Control": "no-store"}) for _ in range(2)]

    assert [state(each) for each in answers] == [None, None]
    assert world.calls.count(ROUTE) == 2


def test_a_matching_etag_gives_304_without_a_body(dana):
    etag = dana.get(LIST).headers["ETag"]

    same = dana.get(LIST, headers={"If-None-Match": f'"other", W/{etag}'})
    other = dana.get(LIST, headers={"If-None-Match": '"other"'})

    assert (same.status_code, same.data, same.headers["ETag"]) == (304, b"", etag)
    assert other.status_code == 200


@pytest.mark.parametrize("trouble", [{"status": 500}, {"status": 429}, {"drop": "before"}])
def test_a_stale_response_is_served_during_an_outage(dana, world, clock, trouble):
    fresh = dana.get(LIST)
    world.faults.append(Fault(ROUTE, **trouble))
    clock.tick(60)

    answer = dana.get(LIST)

    assert (answer.status_code, state(answer), answer.headers["Age"]) == (200, "stale", "60")
    assert answer.json == fresh.json
    clock.tick(response_cache.STALE_SECONDS)
    assert dana.get(LIST).status_code >= 429


def test_a_refusal_deletes_the_cached_response(dana, world, clock):
    dana.get(LIST)
    world.faults.append(Fault(ROUTE, 404, body={"code": 1001, "message": "User does not exist."}, count=1))
    clock.tick(20)
    assert dana.get(LIST).status_code == 404
    world.faults.append(Fault(ROUTE, 500))

    assert dana.get(LIST).status_code == 502


@pytest.mark.parametrize("name", ["start_url", "zak", "password", "recording_play_passcode", "host_key"])
def test_a_response_with_a_secret_is_not_cached(dana, world, parts, name):
    world.faults.append(Fault(ROUTE, 200, JSON, {"meetings": [{name: "x"}]}))

    assert [state(dana.get(LIST)) for _ in range(2)] == ["miss", "miss"]
    assert not parts.redis.exists(ANSWERS.key_of(dana.id))


@pytest.mark.parametrize("path", ["/v2/tracking_fields", "/v2/meetings/1", "/v2/users/me", "/v2/users/me/zak", "/v2/x"])
def test_other_endpoints_are_not_cached(path):
    assert cache_seconds("GET", path) == 0


def test_a_body_that_cannot_be_inspected_is_not_cached():
    assert is_cacheable(JSON, b'{"meetings": []}')
    assert not is_cacheable({**JSON, "Content-Encoding": "br"}, b"?")
    assert not is_cacheable({**JSON, "Content-Encoding": "gzip"}, b"?")
    assert not is_cacheable({"Content-Type": "text/plain"}, b"{}")
    assert not is_cacheable(JSON, b"1" * 200_000)


def test_a_deleted_user_gets_no_cached_response(dana, parts):
    dana.get(LIST)
    parts.tokens.delete(dana.id)

    assert dana.get(LIST).status_code == 401


def test_a_signed_out_user_gets_no_cached_response(dana):
    dana.get(LIST)
    dana.post("/api/zoomapp/logout")

    assert dana.get(LIST).status_code == 401


def test_a_new_grant_gets_no_response_of_the_old_one(dana):
    dana.get(LIST)
    dana.connect()

    assert state(dana.get(LIST)) == "miss"


def test_disconnecting_deletes_the_cached_responses(dana, parts):
    dana.get(LIST)
    dana.post("/zoom/api/v2/users/me/meetings", json=NEW)
    dana.get(LIST)
    assert parts.redis.exists(ANSWERS.key_of(dana.id))

    dana.post("/api/zoomapp/disconnect")

    assert parts.redis.keys(key_names.of_user(dana.id, "answers*")) == []


def test_cached_responses_are_encrypted(dana, parts):
    topic = dana.get(LIST).json["meetings"][0]["topic"]

    records = parts.redis.hvals(ANSWERS.key_of(dana.id))

    assert len(records) == 1
    assert topic.encode() not in records[0] and b"meetings" not in records[0]


def test_one_user_has_a_bounded_number_of_cached_responses(dana, parts):
    for number in range(answer_store.MAX_RESPONSES + 5):
        dana.get(f"{LIST}&x={number}")

    assert 0 < parts.redis.hlen(ANSWERS.key_of(dana.id)) <= answer_store.MAX_RESPONSES


def cached_response(size):
    """A response as a process holds it, with a body of so many bytes."""
    headers = {"Content-Type": "application/json;charset=UTF-8", "X-Zm-Trackingid": "rid=WEB_" + secrets.token_hex(16)}
    response = CachedResponse(
        secrets.token_bytes(9), NOON, f'"{secrets.token_hex(16)}"', headers, secrets.token_bytes(size)
    )
    return msgspec.msgpack.decode(msgspec.msgpack.encode(response), type=CachedResponse)


@pytest.mark.parametrize("size", [0, 2, 200, 100_000])
def test_responses_of_any_size_fit_into_the_memory_limit(size):
    max_bytes = 2 * 1024 * 1024
    cache = LocalLRU(max_bytes)
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(6000 if size < 1000 else 60):
            cache.put(secrets.token_hex(16), cached_response(size))
        memory = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()

    assert 0.7 * max_bytes < memory <= 1.1 * max_bytes


def test_the_responses_used_last_stay():
    cache = LocalLRU(max_bytes=200_000)

    for number in range(10):
        cache.put(str(number), cached_response(60_000))
        cache.put(str(number), cached_response(60_000))
        cache.get("0")

    assert [name for name in map(str, range(10)) if cache.get(name)] == ["0", "8", "9"]


def test_a_deleted_response_takes_no_memory():
    cache = LocalLRU(max_bytes=100_000)
    for _ in range(5):
        cache.put("one", cached_response(60_000))
        cache.delete("one")

    cache.put("two", cached_response(60_000))

    assert cache.get("two")


def test_many_requests_at_once_over_processes_are_one_call_to_zoom(dana, settings, world, clock):
    world.sleep = time.sleep
    world.faults.append(Fault(ROUTE, delay=0.3))
    apps = [create_app(services.build(settings, transport=adapter(world), clock=clock)) for _ in range(2)]
    cookie = dana.browser.get_cookie("zoomapp").value
    together = threading.Barrier(8)

    def ask(number):
        person = Person(apps[number % 2], world, "dana")
        person.browser.set_cookie("zoomapp", cookie)
        together.wait()
        return person.get(LIST)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(ask, range(8)))

    assert {each.status_code for each in found} == {200}
    assert world.calls.count(ROUTE) == 1
    assert sorted(map(state, found)) == ["hit"] * 7 + ["miss"]
