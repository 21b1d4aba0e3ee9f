"""Pages serve a fresh copy at once, an older one while it is replaced, and none after the user's own change."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from zoomapp.errors import MissingScope, UpstreamError
from zoomapp.store import key_names
from zoomapp.store.encrypted_records import LAST_SEEN_SECTION
from zoomapp.user_api.long_lists import ListIncomplete
from zoomapp.user_api.page_cache import FRESH_SECONDS, STALE_SECONDS, PageCaches
from zoomapp.user_api.parallel_calls import ParallelCalls
from zoomapp.zoom.credentials import WITHHELD, without_credentials
from zoomapp.zoom.tolerant_reader import read_rows

GUARD_SECONDS = 30


class Zoom:
    """Answers with a number that counts; fails as planned; waits at a gate."""

    def __init__(self):
        self.calls = 0
        self.error = None
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self):
        self.calls += 1
        answer = {"answer": self.calls}
        assert self.gate.wait(GUARD_SECONDS)
        if self.error:
            raise self.error
        return answer


@pytest.fixture
def zoom():
    zoom = Zoom()
    yield zoom
    zoom.gate.set()


class Pages:
    """The pages of two users, at the clock's time."""

    def __init__(self, parts, clock, zoom):
        for user_id in ("dana", "priya"):
            parts.tokens.store.save(user_id, b"a record")
        self.calls = ParallelCalls()
        self.caches = PageCaches(parts.answers, self.calls, clock)
        self.records = parts.user_records
        self.clock = clock
        self.zoom = zoom

    def load(self, user_id="dana", version=b"", name="list", **more):
        now = datetime.fromtimestamp(self.clock(), UTC)
        cache = self.caches.of(user_id, version, now, reload=more.pop("reload", False))
        return cache.load(name, self.zoom, lambda raw: raw["answer"], **more)

    def finish_background_calls(self):
        self.calls.wait_until_idle()


@pytest.fixture
def pages(parts, clock, zoom):
    return Pages(parts, clock, zoom)


def test_a_fresh_copy_costs_no_call(pages, zoom, clock):
    pages.load()
    clock.tick(FRESH_SECONDS - 1)

    again = pages.load()

    assert (again.value, again.refreshing, zoom.calls) == (1, False, 1)
    assert again.at == datetime.fromtimestamp(clock() - FRESH_SECONDS + 1, UTC)


def test_an_old_copy_is_served_while_one_call_replaces_it(pages, zoom, clock):
    pages.load()
    clock.tick(FRESH_SECONDS)
    zoom.gate.clear()

    views = [pages.load() for _ in range(3)]
    zoom.gate.set()
    pages.finish_background_calls()

    assert [(view.value, view.refreshing) for view in views] == [(1, True)] * 3
    assert zoom.calls == 2
    assert pages.load().value == 2


def test_a_copy_that_is_too_old_is_not_served(pages, zoom, clock):
    pages.load()
    clock.tick(STALE_SECONDS)

    assert pages.load().value == 2


def test_after_a_change_no_copy_of_before_is_served(pages):
    pages.load(version=b"before")

    assert pages.load(version=b"after").value == 2


def test_a_reload_fetches_again_and_its_copy_serves_the_next_view(pages, clock):
    pages.load()
    clock.tick(1)

    assert pages.load(reload=True).value == 2
    clock.tick(1)
    assert pages.load().value == 2


def test_nothing_crosses_from_one_user_to_another(pages):
    pages.load("dana")

    assert pages.load("priya").value == 2
    assert pages.load("dana").value == 1


def test_pages_with_different_names_are_loaded_separately(pages):
    pages.load(name="upcoming")

    assert pages.load(name="past").value == 2


def test_two_windows_that_miss_at_once_are_one_call(pages, zoom):
    zoom.gate.clear()
    with ThreadPoolExecutor(2) as windows:
        views = [windows.submit(pages.load) for _ in range(2)]
        zoom.gate.set()
        values = [view.result(GUARD_SECONDS).value for view in views]

    assert values == [1, 1]
    assert zoom.calls == 1


def test_while_zoom_fails_the_last_copy_is_served_with_its_age(pages, zoom, clock):
    pages.load()
    loaded_at = datetime.fromtimestamp(clock(), UTC)
    clock.tick(STALE_SECONDS)
    zoom.error = UpstreamError("away")

    view = pages.load()

    assert (view.value, view.at, view.last_seen_at, view.error) == (1, loaded_at, loaded_at, zoom.error)


def test_an_answer_that_cannot_be_read_is_a_failure_and_not_saved(pages, zoom):
    def read(raw):
        raise UpstreamError("response without its list")

    now = datetime.fromtimestamp(pages.clock(), UTC)
    view = pages.caches.of("dana", b"", now).load("list", zoom, read)

    assert view.value is None
    assert isinstance(view.error, UpstreamError)
    assert pages.load().value == 2


def test_a_refusal_deletes_the_copy(pages, zoom, clock):
    pages.load()
    clock.tick(STALE_SECONDS)
    zoom.error = MissingScope(400, 4711, "no scope", ())
    assert pages.load().value is None

    zoom.error = UpstreamError("away")

    assert pages.load().value is None


def test_a_background_call_that_fails_is_not_repeated_by_every_view(pages, zoom, clock):
    pages.load()
    clock.tick(FRESH_SECONDS)
    zoom.error = UpstreamError("away")

    for _ in range(3):
        assert pages.load().value == 1
        pages.finish_background_calls()

    assert zoom.calls == 2


def test_copies_hold_no_credentials(pages, parts):
    secrets = {"start_url": "https://zoom.us/s/1?zak=secret", "list": [{"recording_play_passcode": "secret"}], "id": 7}
    now = datetime.fromtimestamp(pages.clock(), UTC)
    pages.caches.of("dana", b"", now).load("list", lambda: secrets, lambda raw: raw)

    saved = pages.caches.of("dana", b"", now).load("list", lambda: None, lambda raw: raw).value

    assert saved == {"start_url": WITHHELD, "list": [{"recording_play_passcode": WITHHELD}], "id": 7}


def test_a_fresh_time_of_zero_asks_zoom_for_each_view(parts, pages, zoom, clock):
    pages.caches = PageCaches(parts.answers, ParallelCalls(), clock, fresh_seconds=0)

    assert [pages.load().value for _ in range(3)] == [1, 2, 3]
    assert pages.load(fresh_seconds=600).value == 3


def test_a_copy_that_cannot_be_read_is_no_copy(pages, parts, clock, zoom):
    """An earlier release saved any response."""
    copy = {"at": clock(), "raw": ["no", "list"]}
    parts.user_records.save("dana", LAST_SEEN_SECTION, copy, 3600, key_names.digest("list"))

    def read(raw):
        if not isinstance(raw, dict):
            raise UpstreamError("response without its list")
        return raw["answer"]

    zoom.error = UpstreamError("away")
    cache = pages.caches.of("dana", b"", datetime.fromtimestamp(clock(), UTC))

    assert cache.load("list", zoom, read).value is None
    assert cache.recent("list", read, 60) is None


def test_a_copy_of_an_earlier_release_stands_in_for_zoom_only(pages, parts, clock, zoom):
    copy = {"at": clock(), "raw": {"answer": 7}}
    parts.user_records.save("dana", LAST_SEEN_SECTION, copy, 3600, key_names.digest("list"))

    assert pages.load().value == 1

    parts.user_records.save("dana", LAST_SEEN_SECTION, copy, 3600, key_names.digest("list"))
    zoom.error = UpstreamError("away")
    assert pages.load().value == 7


def test_an_answer_without_its_list_leaves_the_copy(pages, clock):
    def load(body):
        now = datetime.fromtimestamp(clock(), UTC)
        read = lambda raw: list(read_rows(raw, "rows", lambda row: row.number("n") or None, "test row"))  # noqa: E731
        return pages.caches.of("dana", b"", now).load("rows", lambda: body, read)

    assert load({"rows": [{"n": 1}]}).value == [1]
    for body in ({}, [], None, "text", {"rows": None}):
        clock.tick(STALE_SECONDS)
        loaded = load(body)

        assert (loaded.value, loaded.from_last_seen) == ([1], True)
        assert isinstance(loaded.error, UpstreamError)


def test_all_pages_of_a_list_are_one_copy(pages, clock):
    fetched = []

    def fetch_page(token):
        fetched.append(token)
        return {"rows": [{"n": len(fetched)}], "next_page_token": "" if token else "second"}

    def load():
        cache = pages.caches.of("dana", b"", datetime.fromtimestamp(clock(), UTC))
        return cache.load_list("rows", fetch_page, "rows", lambda body: (len(body["rows"]), body["complete"]))

    assert load().value == (2, True)
    clock.tick(FRESH_SECONDS - 1)
    assert load().value == (2, True)
    assert fetched == ["", "second"]


def test_a_long_list_is_loaded_in_steps_for_a_page_and_whole_in_the_background(pages, clock):
    def fetch_page(token):
        clock.tick(3)
        return {"rows": [{"n": 1}], "next_page_token": "" if token else "second"}

    def load():
        cache = pages.caches.of("dana", b"", datetime.fromtimestamp(clock(), UTC), in_steps=True)
        return cache.load_list("rows", fetch_page, "rows", lambda body: len(body["rows"]))

    with pytest.raises(ListIncomplete):
        load()
    assert load().value == 2

    clock.tick(FRESH_SECONDS)
    assert load().refreshing
    pages.finish_background_calls()
    assert (load().value, load().refreshing) == (2, False)


def test_an_incomplete_list_replaces_no_complete_copy(pages, clock):
    answers = [{"rows": [{"n": 1}], "next_page_token": "second"}, {"rows": [{"n": 2}], "next_page_token": ""}]

    def load(fetch_page):
        cache = pages.caches.of("dana", b"", datetime.fromtimestamp(clock(), UTC))
        return cache.load_list("rows", fetch_page, "rows", lambda body: (len(body["rows"]), body["complete"]))

    def broken_off(token):
        if token:
            raise UpstreamError("away")
        return answers[0]

    assert load(lambda token: answers[bool(token)]).value == (2, True)
    clock.tick(FRESH_SECONDS)
    load(broken_off)
    pages.finish_background_calls()

    assert load(broken_off).value == (2, True)


def test_a_refusal_in_the_background_deletes_the_copy(pages, zoom, clock):
    pages.load()
    clock.tick(FRESH_SECONDS)
    zoom.error = MissingScope(400, 4711, "no scope", ())
    pages.load()
    pages.finish_background_calls()

    assert pages.load().error is zoom.error


def test_a_busy_pool_leaves_the_refresh_to_the_next_view(pages, zoom, clock):
    pages.load()
    clock.tick(FRESH_SECONDS)
    pages.calls.close()

    assert not pages.load().refreshing

    pages.calls = pages.caches.parallel_calls = ParallelCalls()
    assert pages.load().refreshing
    pages.finish_background_calls()
    assert pages.load().value == 2


@pytest.mark.parametrize("value", ["secret", 123456, ["secret"]])
def test_credentials_of_any_type_are_withheld(value):
    assert without_credentials({"passcode": value, "password_required": True}) == {
        "passcode": WITHHELD,
        "password_required": True,
    }
