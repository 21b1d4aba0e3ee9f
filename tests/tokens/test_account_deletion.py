"""`flask tokens forget-account`: everything of the people of one account is deleted, whatever its kind, and no more."""

from dataclasses import replace

import pytest

from offline_zoom.faults import Fault
from tests.support.people import Person
from zoomapp.store import key_names
from zoomapp.store.encrypted_records import ACCOUNT_TOKEN, ALL, Owner
from zoomapp.tokens.account_deletion import AccountDeletion
from zoomapp.tokens.grants import MAX_FAILURES_IN_A_ROW

WRITE = {
    "string": lambda client, key: client.set(key, "x"),
    "hash": lambda client, key: client.hset(key, "field", "x"),
    "list": lambda client, key: client.rpush(key, "x"),
    "set": lambda client, key: client.sadd(key, "x"),
    "sorted set": lambda client, key: client.zadd(key, {"x": 1}),
}
KINDS_OF_USERS = [kind for kind in ALL if kind.owner is Owner.USER]


@pytest.fixture
def run(app):
    """A command's result: ``run("--yes")``."""
    return lambda account_id, *options, **more: app.test_cli_runner().invoke(
        args=["tokens", "forget-account", account_id, *options], **more
    )


@pytest.fixture
def account_id(dana, parts):
    return parts.tokens.load(dana.id).account_id


@pytest.fixture
def keys_of(redis_client):
    """The Redis keys of a user."""
    return lambda user_id: {key.decode() for key in redis_client.scan_iter(f"*{{{key_names.tag(user_id)}}}*")}


@pytest.fixture
def people(parts, dana):
    """Saves the grants of so many more people of an account: their user ids."""

    def save(count, account_id):
        tokens, user_ids = parts.tokens.load(dana.id), [f"person-{number}" for number in range(count)]
        for user_id in user_ids:
            parts.tokens.save(user_id, replace(tokens, access_token=f"token of {user_id}"), account_id)
        return user_ids

    return save


def test_a_record_of_every_kind_is_found_by_its_persons_tag():
    """A kind of users whose key has no tag would be forgotten."""
    assert all(kind.key.startswith("{*}:") for kind in KINDS_OF_USERS)


def test_records_of_every_kind_are_deleted_also_those_in_no_list(run, dana, priya, redis_client, keys_of, account_id):
    names = {kind.name for kind in KINDS_OF_USERS}
    for person in (dana, priya):
        for kind in KINDS_OF_USERS:
            key = kind.key_of(person.id, "" if kind.is_single else "a-name-0")
            if not redis_client.exists(key):
                WRITE[kind.storage](redis_client, key)
    redis_client.set(key_names.of_user(dana.id, "kind-of-another-release", "x"), "x")
    redis_client.set(key_names.tagged(key_names.tag(account_id), ACCOUNT_TOKEN.name, "credentials"), "x")
    before, of_others = keys_of(dana.id), keys_of(priya.id)

    dry = run(account_id, "--dry-run")
    assert {line.split()[0] for line in dry.stdout.splitlines()[:-1]} == {*names, "other", "account-token"}
    assert dry.exit_code == 0 and f"{len(before) + 1} records of 1 person would be deleted." in dry.stdout
    assert keys_of(dana.id) == before

    result = run(account_id, "--yes")

    assert result.exit_code == 0, result.output
    assert result.stdout == f"Deleted {len(before) + 1} records of 1 person. Zoom revoked 1 of 1 grants.\n"
    assert keys_of(dana.id) == set() == keys_of(account_id)
    assert keys_of(priya.id) == of_others
    assert priya.get("/zoom/api/v2/users/me").status_code == 200
    assert dana.get("/zoom/api/v2/users/me").status_code == 401


def test_confirmation_names_the_number_of_people_and_a_no_deletes_nothing(run, dana, people, keys_of, account_id):
    people(3, account_id)
    before = keys_of(dana.id)

    result = run(account_id, input="n\n")

    assert result.exit_code == 1
    assert "records of 4 people? They have to connect again." in result.stderr
    assert keys_of(dana.id) == before


def test_ada_of_the_same_account_and_a_person_whose_grant_has_ended_are_deleted(
    run, app, world, dana, clock, keys_of, account_id
):
    ada = Person(app, world, "ada")
    ada.connect()
    clock.tick(86400)
    world.faults.add("refused-refresh")
    assert ada.get("/zoom/api/v2/users/me").status_code == 401

    result = run(account_id, "--yes")

    assert "of 2 people. Zoom revoked" in result.stdout and "of 1 grants" in result.stdout
    assert keys_of(ada.id) == set() == keys_of(dana.id)


def test_grants_of_unknown_accounts_stay_and_are_counted(run, dana, people, keys_of, account_id):
    [unnamed] = people(1, "")

    result = run(account_id, "--yes")

    assert "0 grants cannot be read and 1 name no account" in result.stderr
    assert keys_of(unnamed)


def test_account_without_people_is_reported_in_one_sentence(run, dana):
    result = run("another-account", "--yes")

    assert (result.exit_code, result.stderr) == (1, "Error: nothing is stored for the account another-account\n")


def test_person_is_deleted_whole_when_the_command_is_interrupted_after_them(
    dana, parts, people, redis_client, keys_of, account_id
):
    people(2, account_id)
    deletion = AccountDeletion(parts.redis, parts.key_ring, parts.tokens, account_id)
    first, *others = deletion.people
    redis_client.set(key_names.of_user(first, "kind-of-another-release", "x"), "x")

    def interrupt(count):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deletion.run(interrupt)

    assert keys_of(first) == set() and all(keys_of(user_id) for user_id in others)


def test_zoom_is_asked_no_more_after_several_failures_and_all_records_are_deleted(
    dana, parts, world, people, keys_of, account_id
):
    user_ids = people(20, account_id)
    world.faults.append(Fault("POST /oauth/revoke", 503))
    progress = []

    result = AccountDeletion(parts.redis, parts.key_ring, parts.tokens, account_id).run(progress.append)

    assert (result.active, result.revoked, len(progress)) == (21, 0, 21)
    assert world.calls.count("POST /oauth/revoke") == MAX_FAILURES_IN_A_ROW
    assert not any(keys_of(user_id) for user_id in (dana.id, *user_ids))


def test_grant_after_several_that_zoom_refuses_is_revoked(dana, parts, people, account_id):
    people(MAX_FAILURES_IN_A_ROW, account_id)  # Zoom knows none of their tokens
    deletion = AccountDeletion(parts.redis, parts.key_ring, parts.tokens, account_id)
    deletion.people[dana.id] = deletion.people.pop(dana.id)  # the last one

    result = deletion.run()

    assert (result.active, result.revoked) == (MAX_FAILURES_IN_A_ROW + 1, 1)
