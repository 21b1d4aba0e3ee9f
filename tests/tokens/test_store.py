"""Every store keeps the same promises."""

import pytest

from zoomapp.tokens.store import MemoryTokenStore, RedisTokenStore


@pytest.fixture(params=["memory", "redis"])
def store(request):
    if request.param == "memory":
        return MemoryTokenStore()
    return RedisTokenStore(request.getfixturevalue("redis_client"))


def test_gives_back_what_it_was_given(store):
    store.save("alice", b"one")

    assert store.load("alice") == b"one"


def test_knows_nobody_at_first(store):
    assert store.load("alice") is None


def test_a_users_record_is_that_users(store):
    store.save("alice", b"one")
    store.save("bob", b"two")

    assert store.load("alice") == b"one"


def test_forgetting_twice_is_harmless(store):
    store.save("alice", b"one")

    assert store.forget("alice") is True
    assert store.forget("alice") is False
    assert store.load("alice") is None


def test_swaps_what_is_as_expected(store):
    store.save("alice", b"one")

    assert store.swap("alice", b"one", b"two")
    assert store.load("alice") == b"two"


def test_a_late_writer_changes_nothing(store):
    store.save("alice", b"newer")

    assert not store.swap("alice", b"one", b"two")
    assert store.load("alice") == b"newer"


def test_a_late_writer_does_not_bring_back_the_removed(store):
    store.save("alice", b"one")
    store.forget("alice")

    assert not store.swap("alice", b"one", b"two")
    assert store.load("alice") is None


def test_a_swap_sent_twice_counts_once(store):
    # A lost answer makes the client send the command again.
    store.save("alice", b"one")

    assert store.swap("alice", b"one", b"two")
    assert store.swap("alice", b"one", b"two")


def test_a_lease_has_one_owner(store):
    assert store.take_lease("alice", "first", 5)
    assert not store.take_lease("alice", "second", 5)
    assert store.take_lease("bob", "second", 5)


def test_an_owner_extends_the_lease(store):
    assert store.take_lease("alice", "first", 5)
    assert store.take_lease("alice", "first", 5)


def test_only_the_owner_ends_the_lease(store):
    store.take_lease("alice", "first", 5)

    store.give_lease("alice", "second")
    assert not store.take_lease("alice", "second", 5)

    store.give_lease("alice", "first")
    assert store.take_lease("alice", "second", 5)


def test_a_dead_owners_lease_runs_out(store):
    store.take_lease("alice", "first", 0.001)

    while not store.take_lease("alice", "second", 5):
        pass


def test_remembers_why_it_failed(store):
    store.note_failure("alice", "upstream_timeout", 5)

    assert store.failure("alice") == "upstream_timeout"
    assert store.failure("bob") == ""
