"""The contract of token stores, for Redis and for memory."""

import pytest

from zoomapp.tokens.store import MemoryTokenStore, RedisTokenStore


@pytest.fixture(params=["memory", "redis"])
def store(request):
    if request.param == "memory":
        return MemoryTokenStore()
    return RedisTokenStore(request.getfixturevalue("redis_client"))


def test_loads_the_record_that_was_saved(store):
    store.save("alice", b"one")

    assert store.load("alice") == b"one"


def test_loads_none_for_an_unknown_user(store):
    assert store.load("alice") is None


def test_each_user_has_a_record(store):
    store.save("alice", b"one")
    store.save("bob", b"two")

    assert store.load("alice") == b"one"


def test_deleting_twice_is_harmless(store):
    store.save("alice", b"one")

    assert store.delete("alice") is True
    assert store.delete("alice") is False
    assert store.load("alice") is None


def test_replaces_the_expected_record(store):
    store.save("alice", b"one")

    assert store.compare_and_set("alice", b"one", b"two")
    assert store.load("alice") == b"two"


def test_a_late_writer_changes_nothing(store):
    store.save("alice", b"newer")

    assert not store.compare_and_set("alice", b"one", b"two")
    assert store.load("alice") == b"newer"


def test_a_late_writer_does_not_restore_a_deleted_record(store):
    store.save("alice", b"one")
    store.delete("alice")

    assert not store.compare_and_set("alice", b"one", b"two")
    assert store.load("alice") is None


def test_a_replacement_that_is_sent_twice_succeeds_twice(store):
    # A lost answer makes the client send the command again.
    store.save("alice", b"one")

    assert store.compare_and_set("alice", b"one", b"two")
    assert store.compare_and_set("alice", b"one", b"two")


def test_remembers_the_last_failure_of_a_refresh(store):
    store.save_failure("alice", "upstream_timeout", 5)

    assert store.load_failure("alice") == "upstream_timeout"
    assert store.load_failure("bob") == ""


def test_each_user_has_a_lease(store):
    assert store.lease("alice", 5).take()
    assert not store.lease("alice", 5).take()
    assert store.lease("bob", 5).take()
