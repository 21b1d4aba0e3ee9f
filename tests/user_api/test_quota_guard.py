"""What Zoom says is used up for the day nobody asks for again, and nothing else is held back for it."""

import dataclasses
import threading
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import pytest

from offline_zoom.faults import DAILY, PER_SECOND, Fault
from offline_zoom.limits import CREATIONS_A_DAY
from tests.support.people import Person, adapter
from tests.support.processes import HANG_SECONDS
from zoomapp import create_app, deadline, services
from zoomapp.errors import RateLimited
from zoomapp.store.encrypted_records import HOST_DAYS
from zoomapp.store.redis_client import connect
from zoomapp.user_api.exhausted_quotas import ACCOUNTS, MAX_PER_KEY, PROBE_SECONDS, ExhaustedQuotas, of_account, of_host
from zoomapp.user_api.quota_guard import Caller, QuotaGuard
from zoomapp.zoom.client import Call

#: A medium call, a light one, and one that no table names.
LIST, ASKED = "/zoom/api/v2/users/me/meetings", "GET /v2/users/me/meetings"
ME, UNNAMED = "/zoom/api/v2/users/me", "/zoom/api/v2/users/me/settings"
MEETINGS = "/zoom/api/v2/users/me/meetings"
NEW = {"topic": "Büro", "type": 2, "start_time": "2026-03-05T10:00:00Z"}
FRESH = {"Cache-Control": "no-store"}
UNTIL_MIDNIGHT = 50_400
HEADERS = {"X-RateLimit-Category": "Medium", "X-RateLimit-Type": "Daily-limit"}


def lists(person, times=1):
    return [person.get(LIST, headers=FRESH).status_code for _ in range(times)]


def daily(route=ASKED, count=None, **headers):
    return Fault(route, 429, {**HEADERS, **headers}, {"code": 429, "message": DAILY}, count=count)


@pytest.fixture
def worker(settings, world, clock):
    """A factory of other processes: the same Redis, nothing else in common."""
    built = []

    def start(**change):
        parts = services.build(dataclasses.replace(settings, **change), transport=adapter(world), clock=clock)
        built.append(parts)
        return create_app(parts)

    yield start
    for parts in built:
        parts.call_log.stop()
        parts.redis.connection_pool.disconnect()


@pytest.fixture
def jonas(worker, world):
    """Dana's colleague, in another worker, which has just looked how things are."""
    person = Person(worker(), world, "jonas")
    assert person.connect().status_code == 302
    assert lists(person) == [200]
    world.calls.clear()
    return person


@pytest.fixture
def spent(dana, jonas, priya, world):
    """The account of Dana and Jonas has used up its medium calls, and Dana has heard of it."""
    world.switches.limits, world.switches.rate_limits = "plan", {"Medium a day": 1}
    assert lists(dana, 2) == [200, 429]
    world.calls.clear()
    return world


@pytest.mark.parametrize("told", ["category", "all"])
def test_what_one_heard_nobody_of_the_account_asks_again(dana, jonas, world, clock, told):
    world.switches.rate_headers, world.switches.limits = told, "plan"
    world.switches.rate_limits = {"Medium a day": 1}
    assert lists(dana, 2) == [200, 429]
    clock.tick(1)

    answers = [person.get(LIST, headers=FRESH) for person in (dana, jonas)]

    assert {(each.status_code, each.headers["Retry-After"]) for each in answers} == {(429, str(UNTIL_MIDNIGHT - 1))}
    assert {(each.json["error"], each.json["code"]) for each in answers} == {("rate_limited", 429)}
    assert world.calls.count(ASKED) == 2


def test_other_labels_and_unknown_endpoints_go_through(spent, dana, jonas, clock):
    clock.tick(1)

    for person in (dana, jonas):
        assert person.get(ME).status_code == 200
        person.get(UNNAMED)

    assert [spent.calls.count(f"GET {path.removeprefix('/zoom/api')}") for path in (ME, UNNAMED)] == [2, 2]


def test_another_account_goes_through(spent, priya):
    spent.switches.rate_limits = {}

    assert lists(priya) == [200]


def test_a_grant_that_does_not_name_its_account_counts_for_its_person(dana, jonas, parts, world, clock):
    parts.tokens.keep(dana.id, parts.tokens.load(dana.id))
    world.faults.append(daily(count=1))
    assert lists(dana, 2) == [429, 429]
    clock.tick(1)

    assert lists(jonas) == [200]
    assert world.calls.count(ASKED) == 2


def test_it_ends_when_zoom_said(dana, world, clock):
    world.faults.append(daily(count=1, **{"Retry-After": "2026-03-02T10:02:00Z"}))
    assert lists(dana) == [429]
    clock.tick(119)
    assert lists(dana) == [429]
    assert world.calls.count(ASKED) == 1

    clock.tick(1)

    assert lists(dana) == [200]


def test_a_mistake_heals_for_everybody_when_one_call_is_served(dana, jonas, world, clock):
    world.faults.append(daily(count=1))
    assert lists(dana) == [429]
    clock.tick(PROBE_SECONDS - 1)
    assert lists(jonas) == [429]
    clock.tick(1)

    assert lists(dana, 2) == [200, 200]
    clock.tick(1)
    assert lists(jonas, 2) == [200, 200]


def test_while_it_holds_one_call_of_all_workers_tries_every_five_minutes(spent, dana, jonas, clock):
    clock.tick(1)
    assert lists(jonas) == [429]

    for count in (1, 2):
        clock.tick(PROBE_SECONDS)
        assert lists(dana, 3) + lists(jonas, 3) == [429] * 6
        assert spent.calls.count(ASKED) == count


@pytest.mark.parametrize("trouble", [{"status": 500}, {"status": 404}, {"drop": "before"}])
def test_a_try_that_says_nothing_of_the_limit_leaves_the_mark(dana, world, clock, trouble):
    world.faults.append(daily(count=1))
    assert lists(dana) == [429]
    clock.tick(PROBE_SECONDS)
    world.faults.append(Fault(ASKED, **trouble))
    assert lists(dana)[0] != 429
    world.faults.clear()

    assert lists(dana) == [429]


def test_a_batch_is_held_back_call_by_call(spent, dana):
    told = dana.post("/zoom/api/batch", json={"requests": ["/users/me/meetings", "/users/me"]}).json["answers"]

    assert [each["status"] for each in told] == [429, 200]
    assert told[0]["headers"]["Retry-After"] == str(UNTIL_MIDNIGHT)
    assert spent.calls.count(ASKED) == 0


def test_a_page_says_when_it_resets_and_asks_nobody(spent, jonas, clock):
    clock.tick(1)

    text = jonas.look("/meetings").text

    assert "Zoom’s daily limit for your account is used up" in text
    assert spent.calls.count(ASKED) == 0


def test_a_limit_of_a_second_is_marked_nowhere(dana, world):
    world.faults.append(Fault(ASKED, 429, {"Retry-After": "2"}, {"code": 429, "message": PER_SECOND}, count=1))

    assert lists(dana, 2) == [429, 200]


def test_a_limit_of_one_thing_is_marked_nowhere(dana, world):
    words = "You have exceeded the daily rate limit (3) of Add meeting registrant API requests permitted for this one."
    world.faults.append(Fault(ASKED, 429, HEADERS, {"code": 429, "message": words}, count=1))

    assert lists(dana, 2) == [429, 200]


# The hundred meetings a host may create and change in a day


@pytest.fixture
def hundred(dana, jonas, world):
    """Dana has created and changed a hundred meetings today."""
    for _ in range(CREATIONS_A_DAY):
        world.limits.take_creation(dana.id)
    return world


def test_whoever_used_up_the_hundred_creates_no_more_and_does_everything_else(hundred, dana, jonas):
    refused = [dana.post(path, json=NEW) for path in (MEETINGS, MEETINGS, f"/zoom/api/v2/users/{dana.id}/meetings")]

    assert {(each.status_code, each.headers["Retry-After"]) for each in refused} == {(429, str(UNTIL_MIDNIGHT))}
    assert hundred.calls.count("POST /v2/users/*/meetings") == 1
    assert [dana.get(ME).status_code, *lists(dana)] == [200, 200]
    assert jonas.post(MEETINGS, json=NEW).status_code == 201


def test_a_meeting_whose_host_used_up_the_hundred_is_changed_no_more(hundred, dana):
    number = 85000000102

    changed = [dana.browser.patch(f"/zoom/api/v2/meetings/{number}", json={"topic": "x"}) for _ in range(2)]

    assert [each.status_code for each in changed] == [429, 429]
    assert hundred.calls.count("PATCH /v2/meetings/*") == 1
    assert dana.get(f"/zoom/api/v2/meetings/{number}").status_code == 200
    assert dana.browser.delete(f"/zoom/api/v2/meetings/{number}").status_code == 204


def test_the_hundred_begin_anew_at_midnight(hundred, dana, clock):
    assert dana.post(MEETINGS, json=NEW).status_code == 429
    clock.tick(UNTIL_MIDNIGHT)

    assert dana.post(MEETINGS, json=NEW).status_code == 201


def test_disconnecting_leaves_no_mark_of_a_person(hundred, dana, parts):
    dana.post(MEETINGS, json=NEW)
    assert parts.redis.exists(HOST_DAYS.key_of(dana.id))

    dana.post("/api/zoomapp/disconnect")

    assert not parts.redis.exists(HOST_DAYS.key_of(dana.id))


# Waiting for the next second


@pytest.fixture
def patient(parts, dana, world):
    """An app whose reads wait up to 2 s, one at a time, and how long they waited."""
    waits = []
    governor = QuotaGuard(ExhaustedQuotas(parts.redis, parts.clock), parts.clock, 2, 8, waits.append)
    person = Person(create_app(dataclasses.replace(parts, quota_guard=governor)), world, "dana")
    person.browser.set_cookie("zoomapp", dana.browser.get_cookie("zoomapp").value)
    return person, waits


def second(route=ASKED, wait=None, count=1):
    return Fault(route, 429, {"Retry-After": wait} if wait else {}, {"code": 429, "message": PER_SECOND}, count=count)


def test_a_read_is_asked_once_more_after_a_second(patient, world):
    person, waits = patient
    world.faults.append(second(count=1))

    assert lists(person) == [200]
    assert len(waits) == 1 and 1 <= waits[0] <= 1.25


def test_a_read_is_asked_once_more_and_not_again(patient, world):
    person, waits = patient
    world.faults.append(second(count=3))

    assert lists(person) == [429]
    assert (len(waits), world.calls.count(ASKED)) == (1, 2)


def test_without_the_setting_nobody_waits(dana, world):
    world.faults.append(second())

    assert lists(dana) == [429]
    assert world.calls.count(ASKED) == 1


@pytest.mark.parametrize("fault", [second(wait="3"), daily(count=1, **{"Retry-After": "1"})])
def test_nobody_waits_for_long_or_for_another_day(patient, world, fault):
    person, waits = patient
    world.faults.append(dataclasses.replace(fault))

    assert (lists(person), waits) == ([429], [])


def test_a_write_is_never_sent_twice(patient, world):
    person, waits = patient
    world.faults.append(second("POST /v2/users/me/meetings"))

    assert (person.post(MEETINGS, json=NEW).status_code, waits) == (429, [])


def test_nobody_waits_past_the_requests_end(parts, dana, world):
    waits = []
    governor = QuotaGuard(ExhaustedQuotas(parts.redis, parts.clock), parts.clock, 2, 8, waits.append)
    world.faults.append(second())

    def hurried():
        deadline.start(0.5)
        who, call = Caller(dana.id, str), Call("GET", "/v2/users/me/meetings")
        return governor.ask(who, call, lambda: parts.client.send(call, parts.tokens.access_token(dana.id)))

    answer = copy_context().run(hurried)
    assert (answer.status, waits) == (429, [])


def test_of_all_threads_only_a_few_wait(parts, dana, world):
    waiting, over = threading.Semaphore(0), threading.Event()

    def sleep(_):
        waiting.release()
        assert over.wait(HANG_SECONDS)

    governor = QuotaGuard(ExhaustedQuotas(parts.redis, parts.clock), parts.clock, 2, 16, sleep)
    who, call, token = Caller(dana.id, str), Call("GET", "/v2/users/me"), parts.tokens.access_token(dana.id)
    world.faults.append(second("GET /v2/users/me", count=3))

    def ask():
        return governor.ask(who, call, lambda: parts.client.send(call, token)).status

    with ThreadPoolExecutor(2) as pool:
        patient = [pool.submit(ask) for _ in range(2)]
        try:
            assert all(waiting.acquire(timeout=HANG_SECONDS) for _ in range(2))
            third = ask()
        finally:
            over.set()
        assert (third, [each.result() for each in patient]) == (429, [200, 200])


# What it costs, and what it is without Redis


def test_a_relayed_read_costs_no_trip_of_its_own(dana, parts):
    dana.get(ME)
    before = parts.redis.info()["total_commands_processed"]

    assert [dana.get(ME).status_code for _ in range(10)] == [200] * 10

    # One of them is this question itself.
    assert parts.redis.info()["total_commands_processed"] - before == 10 + 1


def test_without_redis_calls_go_out_as_if_nothing_were_known(parts, dana, world, clock):
    away = ExhaustedQuotas(connect("redis://127.0.0.1:1/0"), clock)
    governor = QuotaGuard(away, clock)
    token = parts.tokens.access_token(dana.id)
    world.faults.append(daily("GET /v2/users/me", count=1))

    def ask(method, path):
        call = Call(
            method, path, {"Content-Type": "application/json"}, b'{"topic": "x", "type": 1}' * (method != "GET")
        )
        return governor.ask(Caller(dana.id, str), call, lambda: parts.client.send(call, token)).status

    assert ask("GET", "/v2/users/me/meetings") == 200
    assert ask("POST", "/v2/users/me/meetings") == 201
    assert ask("GET", "/v2/users/me") == 429
    clock.tick(PROBE_SECONDS)
    assert ask("GET", "/v2/users/me") == 200


def test_what_nobody_can_read_is_no_mark(dana, parts, clock):
    place = of_account(parts.tokens.load(dana.id).account_id, "medium")
    parts.redis.hset(*place, b"?")
    clock.tick(1)

    assert lists(dana) == [200]


def test_a_clock_that_is_set_back_keeps_nobody_from_looking(dana, jonas, world, clock):
    clock.tick(-3600)
    world.faults.append(daily(count=1))
    assert lists(dana) == [429]

    assert lists(jonas) == [429]


def test_nobody_fills_redis(redis_client, clock):
    marks = ExhaustedQuotas(redis_client, clock)

    for number in range(MAX_PER_KEY + 5):
        marks.put(of_host("dana", f"/v2/meetings/{number}"), clock() + 60)

    assert redis_client.hlen(of_host("dana", "").key) == 5
    assert redis_client.ttl(of_host("dana", "").key) > 0


def test_no_name_in_redis_names_an_account(spent, dana, parts):
    account = parts.tokens.load(dana.id).account_id

    names = parts.redis.hkeys(ACCOUNTS)

    assert len(names) == 1 and account and account.encode() not in names[0]


def test_the_picture_works_on_a_cluster(redis_cluster, clock):
    client = connect(redis_cluster.url)
    marks, others = ExhaustedQuotas(client, clock), ExhaustedQuotas(client, clock)
    for place in (of_account("account", "light"), of_host("dana", "/v2/meetings/1")):
        marks.put(place, clock() + 3600)
        clock.tick(1)
        assert others.any_account()
        mark = others.find(place)
        assert mark and mark.until > clock()
        clock.tick(PROBE_SECONDS)
        assert [each.claim_probe(place, mark) for each in (others, marks)] == [True, False]


def test_a_held_back_call_says_so_as_a_failure_of_zooms(parts, dana, clock):
    place = of_account(parts.tokens.load(dana.id).account_id, "light")
    ExhaustedQuotas(parts.redis, clock).put(place, clock() + 60)
    clock.tick(1)

    with pytest.raises(RateLimited) as caught:
        parts.user_client(dana.id).me()

    assert (caught.value.daily, caught.value.retry_after) == (True, 59)
