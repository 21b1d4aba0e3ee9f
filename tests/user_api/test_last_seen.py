"""Saved copies of what a user saw: an answer that cannot be read replaces none, and is none."""

from datetime import UTC, datetime

import pytest

from zoomapp.errors import UpstreamError, ZoomRefused
from zoomapp.store import key_names
from zoomapp.store.encrypted_records import LAST_SEEN_SECTION
from zoomapp.store.user_records import UserRecords
from zoomapp.user_api import last_seen
from zoomapp.zoom.tolerant_reader import read_rows


@pytest.fixture
def records(dana, parts, settings):
    return UserRecords(parts.redis, parts.key_ring)


@pytest.fixture
def load(dana, records, clock):
    """A function that loads a list for which Zoom sends this body, or fails with this error."""

    def load(answer):
        def fetch():
            if isinstance(answer, Exception):
                raise answer
            return answer

        return last_seen.load(records, dana.id, now(clock), "test list", fetch, read)

    return load


def now(clock):
    return datetime.fromtimestamp(clock(), UTC)


def read(body):
    return list(read_rows(body, "rows", lambda row: row.number("n") or None, "test row"))


def test_an_answer_without_the_list_leaves_the_saved_copy(load, clock):
    assert load({"rows": [{"n": 1}]}).value == [1]
    clock.tick(60)

    for answer in ({}, [], None, "text", {"rows": None}):
        loaded = load(answer)

        assert (loaded.value, loaded.from_last_seen) == ([1], True)
        assert isinstance(loaded.error, UpstreamError)


def test_an_answer_without_the_list_is_an_error_if_nothing_is_saved(load):
    loaded = load({})

    assert (loaded.value, loaded.last_seen_at) == (None, None)
    assert isinstance(loaded.error, UpstreamError)


def test_a_copy_that_cannot_be_read_is_no_copy(load, dana, records, clock):
    """A release before this one saved every answer."""
    copy = {"at": clock(), "raw": ["no", "list"]}
    records.save(dana.id, LAST_SEEN_SECTION, copy, 3600, key_names.digest("test list"))

    assert load(UpstreamError("gone")).value is None
    assert last_seen.recent(records, dana.id, now(clock), "test list", read, 60) is None


def test_a_refusal_has_no_value(load):
    load({"rows": [{"n": 1}]})

    assert load(ZoomRefused(403)).value is None
