"""Sign-ins that are never finished: short sessions, few per browser, and a limit for all."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.people import Person
from zoomapp.auth import pending_signins
from zoomapp.auth.pending_signins import LIFETIME_SECONDS, MAX_PER_BROWSER, PENDING, WEB, PendingSignIns
from zoomapp.errors import TooManySignIns
from zoomapp.web.sessions import VISITOR_SECONDS

STARTS = pytest.mark.parametrize("path", ["/api/zoomapp/authorize", "/api/zoomapp/install"])


def seconds_of_session(parts):
    (key,) = parts.redis.keys("*:session:*")
    return parts.redis.ttl(key)


def seconds_of_cookie(answer):
    return int(re.search(r"Max-Age=(\d+)", answer.headers["Set-Cookie"])[1])


@STARTS
def test_a_session_without_a_user_expires_after_minutes(anyone, parts, path):
    answer = anyone.get(path)

    assert 0 < seconds_of_session(parts) <= VISITOR_SECONDS
    assert seconds_of_cookie(answer) == VISITOR_SECONDS
    assert LIFETIME_SECONDS < VISITOR_SECONDS <= 1800


def test_a_session_of_a_signed_in_user_expires_after_session_days(anyone, parts, settings):
    answer = anyone.connect()

    days = settings.session_days * 86400
    assert days - 60 < seconds_of_session(parts) <= days
    assert seconds_of_cookie(answer) == days


def test_starting_another_sign_in_keeps_the_session(dana, parts, settings):
    dana.get("/api/zoomapp/authorize")

    assert seconds_of_session(parts) > settings.session_days * 86400 - 60


@pytest.mark.parametrize(
    "request_by",
    [
        lambda person: person.get("/api/zoomapp/auth?code=abc&state=w-wrong"),
        lambda person: person.get("/api/zoomapp/auth?code=abc"),
        lambda person: person.post("/api/zoomapp/onauthorized", json={"code": "abc", "state": "c-wrong"}),
    ],
    ids=["callback", "callback without state", "in-client"],
)
def test_a_callback_without_a_pending_sign_in_opens_no_session(anyone, parts, request_by):
    answer = request_by(anyone)

    assert "Set-Cookie" not in answer.headers
    assert parts.redis.keys("*session*") == []


def test_a_browser_has_at_most_its_twelve_newest_pending_sign_ins(anyone, parts, clock):
    states = []
    for _ in range(MAX_PER_BROWSER + 3):
        states.append(anyone.get("/api/zoomapp/authorize").json["state"])
        clock.tick(1)

    (key,) = parts.redis.keys("*:begun")
    assert parts.redis.hlen(key) == parts.redis.zcard(PENDING) == MAX_PER_BROWSER
    code = anyone.world.issue_code("dana", "http://localhost/", "x" * 43, "plain", in_client=True)
    for state in states[:3]:
        assert anyone.post("/api/zoomapp/onauthorized", json={"code": code, "state": state}).status_code == 400
    assert parts.redis.hlen(key) == MAX_PER_BROWSER


class ReadsTogether:
    """A Redis client whose callers all have read a hash before one of them goes on."""

    def __init__(self, client, callers):
        self._client = client
        self._together = threading.Barrier(callers)

    def hgetall(self, name):
        found = self._client.hgetall(name)
        self._together.wait(60)
        return found

    def __getattr__(self, name):
        return getattr(self._client, name)


def test_concurrent_starts_leave_at_most_twelve_pending_sign_ins_of_a_browser(parts, clock):
    signins = PendingSignIns(ReadsTogether(parts.redis, 2 * MAX_PER_BROWSER), parts.key_ring, clock)

    with ThreadPoolExecutor(2 * MAX_PER_BROWSER) as pool:
        list(pool.map(lambda _: signins.add("one-browser", WEB, "v" * 43), range(2 * MAX_PER_BROWSER)))

    (key,) = parts.redis.keys("*:begun")
    assert parts.redis.hlen(key) == parts.redis.zcard(PENDING) == MAX_PER_BROWSER
    assert len(parts.pending_signins.all("one-browser")) == MAX_PER_BROWSER


def test_expired_pending_sign_ins_are_removed_first(parts, clock):
    for _ in range(MAX_PER_BROWSER - 1):
        parts.pending_signins.add("one-browser", WEB, "v" * 43)
    clock.tick(LIFETIME_SECONDS)
    for _ in range(MAX_PER_BROWSER):
        parts.pending_signins.add("one-browser", WEB, "v" * 43)

    assert len(parts.pending_signins.all("one-browser")) == MAX_PER_BROWSER


def fill(parts, clock, count=pending_signins.MAX_PENDING):
    """So many pending sign-ins of other browsers, which expire one minute from now."""
    parts.redis.zadd(PENDING, {f"other-{number}": clock() + 60 for number in range(count)})


@STARTS
def test_above_fifty_thousand_pending_sign_ins_a_new_one_gets_429_and_stores_nothing(anyone, parts, clock, path):
    fill(parts, clock)

    answer = anyone.get(path)

    assert (answer.status_code, answer.json["error"], answer.headers["Retry-After"]) == (429, "rate_limited", "60")
    assert "Set-Cookie" not in answer.headers
    assert parts.redis.keys("*session*") == parts.redis.keys("*:begun") == []


def test_pending_sign_ins_at_the_limit_can_finish(anyone, app, parts, world, clock):
    callback = anyone.consent(anyone.get("/api/zoomapp/install").location)
    in_client = Person(app, world, "priya")
    fill(parts, clock, pending_signins.MAX_PENDING - 2)
    state = in_client.get("/api/zoomapp/authorize").json
    stranger = Person(app, world, "jonas")
    assert stranger.get("/api/zoomapp/install").status_code == 429

    assert anyone.get(callback).status_code == 302
    code = world.issue_code("priya", "http://localhost/", state["codeChallenge"], "plain", in_client=True)
    body = {"code": code, "state": state["state"], "href": "http://localhost/"}
    assert in_client.post("/api/zoomapp/onauthorized", json=body).status_code == 200

    assert stranger.get("/api/zoomapp/install").status_code == 302


def test_finished_and_expired_sign_ins_do_not_count_toward_the_limit(anyone, parts, clock):
    anyone.connect()
    assert parts.redis.zcard(PENDING) == 0

    fill(parts, clock)
    clock.tick(60)

    assert anyone.get("/api/zoomapp/authorize").status_code == 200
    assert parts.redis.zcard(PENDING) == 1
    assert 0 < parts.redis.ttl(PENDING) <= LIFETIME_SECONDS


def test_concurrent_browsers_do_not_exceed_the_limit_of_pending_sign_ins(parts, clock):
    signins = PendingSignIns(parts.redis, parts.key_ring, clock, max_pending=20)
    together = threading.Barrier(16)

    def start(number):
        together.wait(60)
        started = 0
        for turn in range(4):
            try:
                signins.add(f"browser-{number}-{turn}", WEB, "v" * 43)
                started += 1
            except TooManySignIns as error:
                assert error.retry_after == LIFETIME_SECONDS
        return started

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(start, range(16))) == 20

    assert parts.redis.zcard(PENDING) == len(parts.redis.keys("*:begun")) == 20
