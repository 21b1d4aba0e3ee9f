"""Calls are held back while a daily quota of Zoom is exhausted; no other call is."""

import dataclasses
import threading
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import pytest

from offline_zoom.faults import DAILY, PER_SECOND, Fault
from offline_zoom.rate_limits import MAX_CREATIONS_PER_DAY
from tests.support.people import Person, adapter
from tests.support.processes import HANG_SECONDS
from zoomapp import create_app, deadline, services
from zoomapp.errors import RateLimited
from zoomapp.store.encrypted_records import HOST_DAYS
from zoomapp.store.redis_connect import connect
from zoomapp.user_api.exhausted_quotas import (
    ACCOUNTS,
    MAX_PER_KEY,
    OFFLINE_PROBE_SECONDS,
    PROBE_SECONDS,
    ExhaustedQuotas,
    account_quota,
    host_quota,
)
from zoomapp.user_api.quota_guard import Caller, QuotaGuard
from zoomapp.zoom.client import Call

#: A medium call, a light one, and one that is not in the table of endpoints.
LIST, ASKED = "/zoom/api/v2/users/me/meetings", "GET /v2/users/me/meetings"
ME, UNLISTED = "/zoom/api/v2/users/me", "/zoom/api/v2/users/me/permissions"
MEETINGS = "/zoom/api/v2/users/me/meetings"
NEW = {"topic": "Büro", "type": 2, "start_time": "2026-03-05T10:00:00Z"}
FRESH = {"Cache-Control": "no-store"}
UNTIL_MIDNIGHT = 50_400
HEADERS = {"X-RateLimit-Category": "Medium", "X-RateLimit-Type": "Daily-limit"}


def list_meetings(person, times=1):
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
    """Dana's colleague, in another worker, which has just loaded the exhausted quotas."""
    person = Person(worker(), world, "jonas")
    assert person.connect().status_code == 302
    assert list_meetings(person) == [200]
    world.calls.clear()
    return person


@pytest.fixture
def exhausted(dana, jonas, priya, world):
    """The account of Dana and Jonas has exhausted its medium calls, and Dana has got the 429."""
    world.switches.limits, world.switches.rate_limits = "plan", {"Medium a day": 1}
    assert list_meetings(dana, 2) == [200, 429]
    world.calls.clear()
    return world


@pytest.mark.parametrize("rate_headers", ["category", "all"])
def test_an_exhausted_daily_quota_stops_all_calls_of_the_account(dana, jonas, world, clock, rate_headers):
    world.switches.rate_headers, world.switches.limits = rate_headers, "plan"
    world.switches.rate_limits = {"Medium a day": 1}
    assert list_meetings(dana, 2) == [200, 429]
    clock.tick(1)

    answers = [person.get(LIST, headers=FRESH) for person in (dana, jonas)]

    assert {(each.status_code, each.headers["Retry-After"]) for each in answers} == {(429, str(UNTIL_MIDNIGHT - 1))}
    assert {(each.json["error"], each.json["code"]) for each in answers} == {("rate_limited", 429)}
    assert world.calls.count(ASKED) == 2


def test_calls_with_other_labels_and_unlisted_endpoints_are_sent(exhausted, dana, jonas, clock):
    clock.tick(1)

    for person in (dana, jonas):
        assert person.get(ME).status_code == 200
        person.get(UNLISTED)

    assert [exhausted.calls.count(f"GET {path.removeprefix('/zoom/api')}") for path in (ME, UNLISTED)] == [2, 2]


def test_calls_of_another_account_are_sent(exhausted, priya):
    exhausted.switches.rate_limits = {}

    assert list_meetings(priya) == [200]


def test_a_grant_without_an_account_id_has_a_quota_per_user(dana, jonas, parts, world, clock):
    parts.tokens.save(dana.id, parts.tokens.load(dana.id))
    world.faults.append(daily(count=1))
    assert list_meetings(dana, 2) == [429, 429]
    clock.tick(1)

    assert list_meetings(jonas) == [200]
    assert world.calls.count(ASKED) == 2


def test_calls_are_sent_again_at_the_time_that_zoom_named(dana, world, clock):
    world.faults.append(daily(count=1, **{"Retry-After": "2026-03-02T10:02:00Z"}))
    assert list_meetings(dana) == [429]
    clock.tick(119)
    assert list_meetings(dana) == [429]
    assert world.calls.count(ASKED) == 1

    clock.tick(1)

    assert list_meetings(dana) == [200]


def test_a_successful_probe_ends_the_hold_for_all_workers(dana, jonas, world, clock):
    world.faults.append(daily(count=1))
    assert list_meetings(dana) == [429]
    clock.tick(PROBE_SECONDS - 1)
    assert list_meetings(jonas) == [429]
    clock.tick(1)

    assert list_meetings(dana, 2) == [200, 200]
    clock.tick(1)
    assert list_meetings(jonas, 2) == [200, 200]


def test_one_call_of_all_workers_probes_every_five_minutes(exhausted, dana, jonas, clock):
    clock.tick(1)
    assert list_meetings(jonas) == [429]

    for count in (1, 2):
        clock.tick(PROBE_SECONDS)
        assert list_meetings(dana, 3) + list_meetings(jonas, 3) == [429] * 6
        assert exhausted.calls.count(ASKED) == count


@pytest.mark.parametrize("trouble", [{"status": 500}, {"status": 404}, {"drop": "before"}])
def test_a_probe_that_fails_otherwise_does_not_end_the_hold(dana, world, clock, trouble):
    world.faults.append(daily(count=1))
    assert list_meetings(dana) == [429]
    clock.tick(PROBE_SECONDS)
    world.faults.append(Fault(ASKED, **trouble))
    assert list_meetings(dana)[0] != 429
    world.faults.clear()

    assert list_meetings(dana) == [429]


def test_each_call_of_a_batch_is_checked_on_its_own(exhausted, dana):
    answers = dana.post("/zoom/api/batch", json={"requests": ["/users/me/meetings", "/users/me"]}).json["answers"]

    assert [each["status"] for each in answers] == [429, 200]
    assert answers[0]["headers"]["Retry-After"] == str(UNTIL_MIDNIGHT)
    assert exhausted.calls.count(ASKED) == 0


def test_a_page_names_the_daily_limit_and_sends_no_call(exhausted, jonas, clock):
    clock.tick(1)
    list_meetings(jonas, 1)  # the process reads the limit; calls at the same moment still go out

    text = jonas.look("/meetings").text

    assert "Zoom’s daily limit for your account is used up" in text
    assert exhausted.calls.count(ASKED) == 0


def test_a_limit_per_second_is_not_saved(dana, world):
    world.faults.append(Fault(ASKED, 429, {"Retry-After": "2"}, {"code": 429, "message": PER_SECOND}, count=1))

    assert list_meetings(dana, 2) == [429, 200]


def test_a_daily_limit_of_one_resource_is_not_saved(dana, world):
    words = "You have exceeded the daily rate limit (3) of Add meeting registrant API requests permitted for this one."
    world.faults.append(Fault(ASKED, 429, HEADERS, {"code": 429, "message": words}, count=1))

    assert list_meetings(dana, 2) == [429, 200]


# The hundred meetings that a host may create and update in a day


@pytest.fixture
def at_meeting_limit(dana, jonas, world):
    """Dana has created and updated a hundred meetings today."""
    for _ in range(MAX_CREATIONS_PER_DAY):
        world.limits.take_creation(dana.id)
    return world


def test_a_host_at_the_limit_of_meetings_can_do_everything_but_create(at_meeting_limit, dana, jonas):
    refused = [dana.post(path, json=NEW) for path in (MEETINGS, MEETINGS, f"/zoom/api/v2/users/{dana.id}/meetings")]

    assert {(each.status_code, each.headers["Retry-After"]) for each in refused} == {(429, str(UNTIL_MIDNIGHT))}
    assert at_meeting_limit.calls.count("POST /v2/users/*/meetings") == 1
    assert [dana.get(ME).status_code, *list_meetings(dana)] == [200, 200]
    assert jonas.post(MEETINGS, json=NEW).status_code == 201


def test_a_host_at_the_limit_of_meetings_cannot_update_one(at_meeting_limit, dana):
    number = 85000000102

    changed = [dana.browser.patch(f"/zoom/api/v2/meetings/{number}", json={"topic": "x"}) for _ in range(2)]

    assert [each.status_code for each in changed] == [429, 429]
    assert at_meeting_limit.calls.count("PATCH /v2/meetings/*") == 1
    assert dana.get(f"/zoom/api/v2/meetings/{number}").status_code == 200
    assert dana.browser.delete(f"/zoom/api/v2/meetings/{number}").status_code == 204


def test_the_limit_of_meetings_is_reset_at_midnight(at_meeting_limit, dana, clock):
    assert dana.post(MEETINGS, json=NEW).status_code == 429
    clock.tick(UNTIL_MIDNIGHT)

    assert dana.post(MEETINGS, json=NEW).status_code == 201


def test_disconnecting_deletes_the_quotas_of_the_user(at_meeting_limit, dana, parts):
    dana.post(MEETINGS, json=NEW)
    assert parts.redis.exists(HOST_DAYS.key_of(dana.id))

    dana.post("/api/zoomapp/disconnect")

    assert not parts.redis.exists(HOST_DAYS.key_of(dana.id))


# Waiting for the next second


@pytest.fixture
def waiting_person(parts, dana, world):
    """An app whose reads wait up to 2 s, one at a time, and how long they waited."""
    waits = []
    guard = QuotaGuard(ExhaustedQuotas(parts.redis, parts.clock), parts.clock, 2, 8, waits.append)
    person = Person(create_app(dataclasses.replace(parts, quota_guard=guard)), world, "dana")
    person.browser.set_cookie("zoomapp", dana.browser.get_cookie("zoomapp").value)
    return person, waits


def second(route=ASKED, wait=None, count=1):
    return Fault(route, 429, {"Retry-After": wait} if wait else {}, {"code": 429, "message": PER_SECOND}, count=count)


def test_a_read_is_repeated_after_a_second(waiting_person, world):
    person, waits = waiting_person
    world.faults.append(second(count=1))

    assert list_meetings(person) == [200]
    assert len(waits) == 1 and 1 <= waits[0] <= 1.25


def test_a_read_is_repeated_only_once(waiting_person, world):
    person, waits = waiting_person
    world.faults.append(second(count=3))

    assert list_meetings(person) == [429]
    assert (len(waits), world.calls.count(ASKED)) == (1, 2)


def test_a_read_is_not_repeated_without_the_setting(dana, world):
    world.faults.append(second())

    assert list_meetings(dana) == [429]
    assert world.calls.count(ASKED) == 1


@pytest.mark.parametrize("fault", [second(wait="3"), daily(count=1, **{"Retry-After": "1"})])
def test_no_thread_waits_for_a_long_or_daily_limit(waiting_person, world, fault):
    person, waits = waiting_person
    world.faults.append(dataclasses.replace(fault))

    assert (list_meetings(person), waits) == ([429], [])


def test_a_write_is_never_sent_twice(waiting_person, world):
    person, waits = waiting_person
    world.faults.append(second("POST /v2/users/me/meetings"))

    assert (person.post(MEETINGS, json=NEW).status_code, waits) == (429, [])


def test_no_thread_waits_past_the_deadline(parts, dana, world):
    waits = []
    guard = QuotaGuard(ExhaustedQuotas(parts.redis, parts.clock), parts.clock, 2, 8, waits.append)
    world.faults.append(second())

    def send_in_a_hurry():
        deadline.start(0.5)
        caller, call = Caller(dana.id, str), Call("GET", "/v2/users/me/meetings")
        return guard.send(caller, call, lambda: parts.client.send(call, parts.tokens.access_token(dana.id)))

    answer = copy_context().run(send_in_a_hurry)
    assert (answer.status, waits) == (429, [])


def test_only_a_few_threads_wait_at_once(parts, dana, world):
    waiting, over = threading.Semaphore(0), threading.Event()

    def sleep(_):
        waiting.release()
        assert over.wait(HANG_SECONDS)

    guard = QuotaGuard(ExhaustedQuotas(parts.redis, parts.clock), parts.clock, 2, 16, sleep)
    caller, call, token = Caller(dana.id, str), Call("GET", "/v2/users/me"), parts.tokens.access_token(dana.id)
    world.faults.append(second("GET /v2/users/me", count=3))

    def ask():
        return guard.send(caller, call, lambda: parts.client.send(call, token)).status

    with ThreadPoolExecutor(2) as pool:
        waiting_calls = [pool.submit(ask) for _ in range(2)]
        try:
            assert all(waiting.acquire(timeout=HANG_SECONDS) for _ in range(2))
            third = ask()
        finally:
            over.set()
        assert (third, [each.result() for each in waiting_calls]) == (429, [200, 200])


# Redis: cost, outage, malformed entries


def test_a_relayed_read_costs_no_redis_command_of_its_own(dana, parts):
    parts.call_log.stop()  # it saves calls once a second
    dana.get(ME)
    before = parts.redis.info()["total_commands_processed"]

    assert [dana.get(ME).status_code for _ in range(10)] == [200] * 10

    # One of them is this question itself.
    assert parts.redis.info()["total_commands_processed"] - before == 10 + 1


def test_calls_are_sent_without_redis(parts, dana, world, clock):
    unreachable = ExhaustedQuotas(connect("redis://127.0.0.1:1/0"), clock)
    guard = QuotaGuard(unreachable, clock)
    token = parts.tokens.access_token(dana.id)
    world.faults.append(daily("GET /v2/users/me", count=1))

    def ask(method, path):
        call = Call(
            method, path, {"Content-Type": "application/json"}, b'{"topic": "x", "type": 1}' * (method != "GET")
        )
        return guard.send(Caller(dana.id, str), call, lambda: parts.client.send(call, token)).status

    assert ask("GET", "/v2/users/me/meetings") == 200
    assert ask("POST", "/v2/users/me/meetings") == 201
    assert ask("GET", "/v2/users/me") == 429
    clock.tick(PROBE_SECONDS)
    assert ask("GET", "/v2/users/me") == 200


def test_a_malformed_entry_is_ignored(dana, parts, clock):
    quota = account_quota(parts.tokens.load(dana.id).account_id, "medium")
    parts.redis.hset(*quota, b"?")
    clock.tick(1)

    assert list_meetings(dana) == [200]


def test_a_clock_that_is_set_back_does_not_stop_loading(dana, jonas, world, clock):
    clock.tick(-3600)
    world.faults.append(daily(count=1))
    assert list_meetings(dana) == [429]

    assert list_meetings(jonas) == [429]


def test_with_the_offline_zoom_a_cleared_fault_blocks_for_seconds(worker, world, clock, tmp_path):
    developer = Person(worker(clock_offset_file=str(tmp_path / "clock")), world, "dana")
    developer.connect()
    world.faults.append(daily())
    assert list_meetings(developer) == [429]

    world.faults.clear()
    assert list_meetings(developer) == [429]
    clock.tick(OFFLINE_PROBE_SECONDS)
    assert list_meetings(developer, 2) == [200, 200]


def test_the_number_of_entries_of_a_user_is_limited(redis_client, clock):
    quotas = ExhaustedQuotas(redis_client, clock)

    for number in range(MAX_PER_KEY + 5):
        quotas.save(host_quota("dana", f"/v2/meetings/{number}"), clock() + 60)

    assert redis_client.hlen(host_quota("dana", "").key) == 5
    assert redis_client.ttl(host_quota("dana", "").key) > 0


def test_no_field_in_redis_contains_an_account_id(exhausted, dana, parts):
    account = parts.tokens.load(dana.id).account_id

    names = parts.redis.hkeys(ACCOUNTS)

    assert len(names) == 1 and account and account.encode() not in names[0]


def test_exhausted_quotas_work_on_a_redis_cluster(redis_cluster, clock):
    client = connect(redis_cluster.url)
    quotas, other_worker = ExhaustedQuotas(client, clock), ExhaustedQuotas(client, clock)
    for quota in (account_quota("account", "light"), host_quota("dana", "/v2/meetings/1")):
        quotas.save(quota, clock() + 3600)
        clock.tick(1)
        assert other_worker.any_account()
        mark = other_worker.find(quota)
        assert mark and mark.until > clock()
        clock.tick(PROBE_SECONDS)
        assert [each.claim_probe(quota, mark) for each in (other_worker, quotas)] == [True, False]


def test_a_call_that_is_held_back_raises_a_daily_rate_limit_error(parts, dana, clock):
    quota = account_quota(parts.tokens.load(dana.id).account_id, "light")
    ExhaustedQuotas(parts.redis, clock).save(quota, clock() + 60)
    clock.tick(1)

    with pytest.raises(RateLimited) as caught:
        parts.user_client(dana.id).me()

    assert (caught.value.daily, caught.value.retry_after) == (True, 59)
