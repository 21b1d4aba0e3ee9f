"""Kept answers: nobody else's, nothing old after a change, nothing secret, one question to Zoom for many who ask."""

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
from zoomapp.user_api import response_cache
from zoomapp.user_api.response_cache import CachedResponse, CacheOwner, LocalLRU
from zoomapp.zoom.cacheable import cache_seconds, is_cacheable
from zoomapp.zoom.client import Call

LIST = "/zoom/api/v2/users/me/meetings?type=upcoming"
ASKED = "GET /v2/users/me/meetings"
NEW = {"topic": "Büro", "type": 2, "start_time": "2026-03-05T10:00:00Z"}
JSON = {"Content-Type": "application/json"}


def state(answer):
    return answer.headers.get("X-Cache")


def test_the_same_question_twice_is_asked_once(dana, world):
    first, second = dana.get(LIST), dana.get(LIST)

    assert (state(first), state(second)) == ("miss", "hit")
    assert (second.status_code, second.json, second.headers["Age"]) == (200, first.json, "0")
    assert world.calls.count(ASKED) == 1
    assert second.headers["Cache-Control"] == "no-store"


def test_a_spared_call_is_in_the_call_log_as_such(dana):
    dana.get(LIST)
    dana.get(LIST)

    assert "cached" in dana.look("/calls").text


def test_an_answer_is_nobody_elses(dana, priya, world):
    hers = dana.get(LIST)

    other = priya.get(LIST)

    assert state(other) == "miss"
    assert other.json["meetings"] != hers.json["meetings"]


def test_an_answer_ends(dana, clock):
    dana.get(LIST)
    clock.tick(10)

    assert state(dana.get(LIST)) == "miss"


def test_an_own_change_through_the_proxy_empties(dana):
    dana.get(LIST)

    made = dana.post("/zoom/api/v2/users/me/meetings", json=NEW)

    answer = dana.get(LIST)
    assert (made.status_code, state(answer)) == (201, "miss")
    assert made.json["id"] in [each["id"] for each in answer.json["meetings"]]


def test_an_own_change_on_a_page_empties(dana, parts):
    dana.get(LIST)

    parts.user_client(dana.id).create_meeting(NEW)

    assert state(dana.get(LIST)) == "miss"


def test_a_change_of_somebody_else_empties_nothing(dana, priya):
    dana.get(LIST)

    assert priya.post("/zoom/api/v2/users/me/meetings", json=NEW).status_code == 201

    assert state(dana.get(LIST)) == "hit"


def test_a_change_in_one_process_counts_in_all(dana, settings, world, clock):
    other = Person(create_app(services.build(settings, transport=adapter(world), clock=clock)), world, "dana")
    other.browser.set_cookie("zoomapp", dana.browser.get_cookie("zoomapp").value)
    dana.get(LIST)
    assert state(other.get(LIST)) == "hit"

    dana.post("/zoom/api/v2/users/me/meetings", json=NEW)

    assert state(other.get(LIST)) == "miss"


def test_what_was_asked_before_a_change_and_answered_after_it_is_not_found(dana, parts):
    call = Call("GET", "/v2/users/me/meetings")

    def ask():
        return parts.user_client(dana.id).send(call)

    def overtaken():
        answer = ask()
        parts.response_cache.empty(dana.id)
        return answer

    parts.response_cache.get(CacheOwner(dana.id, "grant", b""), call, 10, overtaken)

    version = parts.redis.get(ANSWERS_VERSION.key_of(dana.id))
    assert parts.response_cache.get(CacheOwner(dana.id, "grant", version), call, 10, ask).state == "miss"


@pytest.mark.parametrize("name", ["meeting.created", "meeting.ended"])
def test_an_event_of_the_host_empties(dana, parts, name):
    dana.get(LIST)

    parts.webhook_queue.take_in({"event": name, "event_ts": 1, "payload": {"object": {"host_id": dana.id, "id": "1"}}})
    parts.webhook_queue.work_off()

    assert state(dana.get(LIST)) == "miss"


@pytest.mark.parametrize("wish", ["no-cache", "max-age=0", "No-Cache"])
def test_whoever_wants_news_gets_them(dana, world, wish):
    dana.get(LIST)

    assert state(dana.get(LIST, headers={"Cache-Control": wish})) == "miss"
    assert world.calls.count(ASKED) == 2


def test_nothing_is_kept_for_whoever_wants_nothing_kept(dana, world):
    answers = [dana.get(LIST, headers={"Cache-Control": "no-store"}) for _ in range(2)]

    assert [state(each) for each in answers] == [None, None]
    assert world.calls.count(ASKED) == 2


def test_whoever_has_it_already_gets_no_body(dana):
    etag = dana.get(LIST).headers["ETag"]

    same = dana.get(LIST, headers={"If-None-Match": f'"other", W/{etag}'})
    other = dana.get(LIST, headers={"If-None-Match": '"other"'})

    assert (same.status_code, same.data, same.headers["ETag"]) == (304, b"", etag)
    assert other.status_code == 200


@pytest.mark.parametrize("trouble", [{"status": 500}, {"status": 429}, {"drop": "before"}])
def test_an_old_answer_is_better_than_an_outage(dana, world, clock, trouble):
    fresh = dana.get(LIST)
    world.faults.append(Fault(ASKED, **trouble))
    clock.tick(60)

    answer = dana.get(LIST)

    assert (answer.status_code, state(answer), answer.headers["Age"]) == (200, "stale", "60")
    assert answer.json == fresh.json
    clock.tick(response_cache.STALE_SECONDS)
    assert dana.get(LIST).status_code >= 429


def test_what_zoom_refuses_now_is_not_shown_later(dana, world, clock):
    dana.get(LIST)
    world.faults.append(Fault(ASKED, 404, body={"code": 1001, "message": "User does not exist."}, count=1))
    clock.tick(20)
    assert dana.get(LIST).status_code == 404
    world.faults.append(Fault(ASKED, 500))

    assert dana.get(LIST).status_code == 502


@pytest.mark.parametrize("name", ["start_url", "zak", "password", "recording_play_passcode", "host_key"])
def test_an_answer_with_a_secret_is_not_kept(dana, world, parts, name):
    world.faults.append(Fault(ASKED, 200, JSON, {"meetings": [{name: "x"}]}))

    assert [state(dana.get(LIST)) for _ in range(2)] == ["miss", "miss"]
    assert not parts.redis.exists(ANSWERS.key_of(dana.id))


@pytest.mark.parametrize("path", ["/v2/tracking_fields", "/v2/meetings/1", "/v2/users/me", "/v2/users/me/zak", "/v2/x"])
def test_what_is_not_listed_is_not_kept(path):
    assert cache_seconds(path) == 0


def test_what_nobody_can_look_into_is_not_kept():
    assert is_cacheable(JSON, b'{"meetings": []}')
    assert not is_cacheable({**JSON, "Content-Encoding": "br"}, b"?")
    assert not is_cacheable({**JSON, "Content-Encoding": "gzip"}, b"?")
    assert not is_cacheable({"Content-Type": "text/plain"}, b"{}")
    assert not is_cacheable(JSON, b"1" * 200_000)


def test_a_hit_is_for_those_who_are_signed_in_and_connected(dana, parts):
    dana.get(LIST)
    parts.tokens.forget(dana.id)

    assert dana.get(LIST).status_code == 401


def test_signing_out_ends_it(dana):
    dana.get(LIST)
    dana.post("/api/zoomapp/logout")

    assert dana.get(LIST).status_code == 401


def test_a_new_grant_begins_anew(dana):
    dana.get(LIST)
    dana.connect()

    assert state(dana.get(LIST)) == "miss"


def test_disconnecting_leaves_nothing(dana, parts):
    dana.get(LIST)
    dana.post("/zoom/api/v2/users/me/meetings", json=NEW)
    dana.get(LIST)
    assert parts.redis.exists(ANSWERS.key_of(dana.id))

    dana.post("/api/zoomapp/disconnect")

    assert parts.redis.keys(key_names.of_user(dana.id, "answers*")) == []


def test_it_lies_there_sealed(dana, parts):
    topic = dana.get(LIST).json["meetings"][0]["topic"]

    kept = parts.redis.hvals(ANSWERS.key_of(dana.id))

    assert len(kept) == 1
    assert topic.encode() not in kept[0] and b"meetings" not in kept[0]


def test_nobody_fills_redis(dana, parts):
    for number in range(response_cache.MAX_ENTRIES + 5):
        dana.get(f"{LIST}&x={number}")

    assert 0 < parts.redis.hlen(ANSWERS.key_of(dana.id)) <= response_cache.MAX_ENTRIES


def an_answer(size):
    """An answer as a process holds it, with a body of so many bytes."""
    headers = {"Content-Type": "application/json;charset=UTF-8", "X-Zm-Trackingid": "rid=WEB_" + secrets.token_hex(16)}
    kept = CachedResponse(
        secrets.token_bytes(9), NOON, f'"{secrets.token_hex(16)}"', headers, secrets.token_bytes(size)
    )
    return msgspec.msgpack.decode(msgspec.msgpack.encode(kept), type=CachedResponse)


@pytest.mark.parametrize("size", [0, 2, 200, 100_000])
def test_kept_answers_of_any_size_fit_into_the_memory_they_may_take(size):
    most_bytes = 2 * 1024 * 1024
    front = LocalLRU(most_bytes)
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(6000 if size < 1000 else 60):
            front.put(secrets.token_hex(16), an_answer(size))
        taken = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()

    assert 0.7 * most_bytes < taken <= 1.1 * most_bytes


def test_the_answers_used_last_stay():
    front = LocalLRU(most_bytes=200_000)

    for number in range(10):
        front.put(str(number), an_answer(60_000))
        front.put(str(number), an_answer(60_000))
        front.get("0")

    assert [name for name in map(str, range(10)) if front.get(name)] == ["0", "8", "9"]


def test_a_dropped_answer_takes_no_room():
    front = LocalLRU(most_bytes=100_000)
    for _ in range(5):
        front.put("one", an_answer(60_000))
        front.drop("one")

    front.put("two", an_answer(60_000))

    assert front.get("two")


def test_many_who_ask_at_once_over_processes_are_one_question(dana, settings, world, clock):
    world.sleep = time.sleep
    world.faults.append(Fault(ASKED, delay=0.3))
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
    assert world.calls.count(ASKED) == 1
    assert sorted(map(state, found)) == ["hit"] * 7 + ["miss"]
