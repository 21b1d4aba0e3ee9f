"""The answer store: limits of what one user's pages save, and one fetch at a time."""

import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from devtools.processes import wait_until
from zoomapp import services
from zoomapp.single_flight import Flight
from zoomapp.store.encrypted_records import (
    LAST_SEEN_SECTION,
    PARTIAL_LIST,
    RECORDINGS_MONTH,
    RECORDINGS_PIECE,
    SAVED_ANSWERS,
    USER_KEY_LIST,
)
from zoomapp.store.leases import Lease
from zoomapp.user_api.answer_store import MAX_BYTES, MAX_RECORDS

GUARD_SECONDS = 30


@pytest.fixture
def answers(parts):
    """The answer store. Dana and Priya are connected."""
    for user_id in ("dana", "priya"):
        parts.tokens.store.save(user_id, b"a record")
    return parts.answers


def names(parts, user_id):
    return set(parts.redis.zrange(SAVED_ANSWERS.key_of(user_id), 0, -1))


def test_oldest_answers_of_a_user_are_deleted_beyond_the_limit_of_bytes(answers, parts, clock):
    kinds = [LAST_SEEN_SECTION, RECORDINGS_MONTH]
    for number in range(10):
        clock.tick(1)
        answers.save("dana", kinds[number % 2], "x" * (MAX_BYTES // 8), 3600, str(number))
    answers.save("priya", LAST_SEEN_SECTION, "her own", 3600, "0")

    kept = [number for number in range(10) if answers.load("dana", kinds[number % 2], str(number))]

    assert kept == [3, 4, 5, 6, 7, 8, 9]
    assert sum(parts.redis.strlen(name) for name in names(parts, "dana")) <= MAX_BYTES
    assert answers.load("priya", LAST_SEEN_SECTION, "0") == "her own"


def test_number_of_answers_of_a_user_is_limited(answers, parts, clock):
    for number in range(MAX_RECORDS + 3):
        clock.tick(1)
        answers.save("dana", LAST_SEEN_SECTION, number, 3600, str(number))

    assert len(names(parts, "dana")) == MAX_RECORDS
    assert [answers.load("dana", LAST_SEEN_SECTION, str(number)) for number in (2, 3)] == [None, 3]


def test_answer_that_is_larger_than_the_limit_is_not_saved(answers):
    answers.save("dana", LAST_SEEN_SECTION, "x" * (MAX_BYTES + 1), 3600, "huge")

    assert answers.load("dana", LAST_SEEN_SECTION, "huge") is None


@pytest.mark.parametrize("kind", [PARTIAL_LIST, RECORDINGS_PIECE])
def test_parts_of_a_long_list_stay_until_it_is_complete(answers, kind):
    answers.save("dana", kind, "x" * (MAX_BYTES + 1), 600, "huge")
    answers.save("dana", LAST_SEEN_SECTION, "x" * (MAX_BYTES - 1000), 3600, "large")

    assert answers.load("dana", kind, "huge")


def test_list_of_answers_forgets_those_that_have_expired(answers, parts, clock):
    answers.save("dana", LAST_SEEN_SECTION, "old", 3600, "old")
    parts.redis.delete(LAST_SEEN_SECTION.key_of("dana", "old"))
    clock.tick(1)

    answers.save("dana", LAST_SEEN_SECTION, "new", 3600, "new")

    assert names(parts, "dana") == {LAST_SEEN_SECTION.key_of("dana", "new").encode()}


def test_list_of_answers_is_a_key_that_the_disconnect_of_an_earlier_release_deletes(answers, parts):
    answers.save("dana", LAST_SEEN_SECTION, "value", 3600, "name")

    assert parts.redis.sismember(USER_KEY_LIST.key_of("dana"), SAVED_ANSWERS.key_of("dana"))


def test_user_who_is_not_connected_leaves_nothing(answers, parts):
    assert not answers.save("stranger", LAST_SEEN_SECTION, "value", 3600, "name")

    assert names(parts, "stranger") == set()


def test_callers_fetch_for_themselves_while_redis_cannot_be_reached(settings, clock):
    alone = services.build(replace(settings, redis_url="redis://127.0.0.1:1"), clock=clock).answers

    with alone.turn("dana", "name") as first:
        assert first


def is_waiting(thread):
    """Whether a thread waits for the end of another caller's turn, in this process or in another one."""
    frames = traceback.walk_stack(sys._current_frames()[thread])
    return any(frame.f_code in (Flight.wait.__code__, Lease._wait.__code__) for frame, _ in frames)


@pytest.mark.parametrize("elsewhere", [False, True])
def test_one_of_two_callers_fetches_and_the_other_waits_for_its_end(answers, settings, clock, elsewhere):
    """``elsewhere``: the other caller is in another process."""
    other = services.build(settings, clock=clock).answers if elsewhere else answers
    order, thread = [], []

    def wait_for_turn():
        thread.append(threading.get_ident())
        with other.turn("dana", "name") as first:
            order.append(("second", first))

    with ThreadPoolExecutor(1) as caller:
        with answers.turn("dana", "name") as first:
            second = caller.submit(wait_for_turn)
            assert wait_until(lambda: thread and is_waiting(thread[0]), GUARD_SECONDS)
            with other.turn("priya", "name") as of_another_user:
                assert of_another_user
            order.append(("first", first))
        second.result(GUARD_SECONDS)

    assert order == [("first", True), ("second", False)]


def test_fact_about_a_meeting_outlives_the_lists_of_a_user(answers, parts, clock):
    cache = parts.page_caches.of("dana", b"1", datetime.fromtimestamp(clock(), UTC))
    cache.remember("registration 1", {"on": True}, 86400)
    for number in range(MAX_RECORDS + 1):
        clock.tick(1)
        answers.save("dana", LAST_SEEN_SECTION, number, 3600, str(number))

    assert cache.recent("registration 1", lambda fact: fact, float("inf")).value == {"on": True}
