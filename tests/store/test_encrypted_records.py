"""The registry names every stored record, and each kind is rotated, deleted and explained as it says."""

import html
import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.upgrade import app_access
from tests.upgrade.stage import TOKEN_KEY, build_stage, environ_of
from tests.upgrade.stored import kind_of as kind_of_previous_version
from tests.upgrade.stored import load
from tests.upgrade.tour import take_tour
from zoomapp.config import Settings
from zoomapp.store import encrypted_records, key_names
from zoomapp.store.encrypted_records import (
    ALL,
    ANSWERS_VERSION,
    ONE_TIME_LINK,
    PAST_INSTANCE,
    PREFERENCES,
    TOKENS,
    Owner,
    kind_of,
    privacy_notes,
)
from zoomapp.store.encryption import CannotDecrypt, EncryptedRecords, KeyRing
from zoomapp.store.key_rotation import KeyRotation
from zoomapp.store.one_time_links import LinkTarget

NEW_KEY = b"n" * 32
NAMES = json.loads((Path(__file__).parent.parent / "upgrade" / "frozen_names.json").read_text())["records"]
STORAGE = {"zset": "sorted set"}
#: Kinds that the previous version does not have, and that the tour does not leave behind.
ADDED = {"arrivals", "doctor", "page-refresh", "pending", "refused-endpoints", "repeated"}
ADDED |= {"account-token", "account-lease", "host-check", "saved-answers"}
ADDED |= {"registrant-matches", "roster", "session-attendance", "shared-meeting"}
NOT_IN_TOUR = ADDED


@pytest.fixture
def stage(redis_url):
    stage = build_stage(redis_url, app_access.build_app)
    yield stage
    app_access.close_app(stage.app)
    stage.redis.close()


@pytest.fixture
def capture(stage):
    """What a tour through the app stores. Redis is empty afterwards."""
    capture = take_tour(stage)
    capture.left_behind = [key.decode() for key in stage.redis.scan_iter("*")]
    stage.redis.flushdb()
    return capture


@pytest.fixture
def settings(redis_url):
    return Settings.from_env(environ_of(redis_url))


def named(name):
    return next(kind for kind in ALL if kind.name == name)


def test_registry_has_the_kinds_of_the_previous_version_and_those_added_since():
    assert {kind.name for kind in ALL} == {*NAMES, *ADDED}


@pytest.mark.parametrize("name", NAMES)
def test_kind_has_the_storage_type_of_the_previous_version(name):
    assert named(name).storage == NAMES[name]["type"]


def test_names_and_key_patterns_are_unique():
    assert len({kind.name for kind in ALL}) == len({kind.key for kind in ALL}) == len(ALL)


def test_every_key_of_a_tour_is_of_one_registered_kind(capture, settings):
    for key in [*capture.keys, *capture.left_behind]:
        assert [kind.name for kind in ALL if kind.matches(key)] == [kind_of_previous_version(key)], key
    for key in capture.keys.values():
        kind, limit = kind_of(key.name), kind_of(key.name).lifetime_seconds(settings)
        assert kind.storage == STORAGE.get(key.type, key.type), key.name
        assert key.ttl_ms == -1 if limit == 0 else 0 < key.ttl_ms <= limit * 1000, key.name
    assert {kind_of(key).name for key in capture.keys} == {kind.name for kind in ALL} - NOT_IN_TOUR


def test_key_of_no_kind_is_not_matched():
    assert kind_of("zoomapp:{0123456789012345678901}:forgotten") is None
    assert kind_of("zoomapp:forgotten") is None


def test_rotation_reencrypts_every_kind_that_outlives_a_day(capture, stage):
    keys = list(capture.keys.values())
    load(stage.redis, keys)
    rotated = {kind.name for kind in ALL if kind.encrypted and not 0 < kind.seconds <= 86400}
    assert rotated == {
        "tokens",
        "session",
        "preferences",
        "seen",
        "room",
        "rooms",
        "instance",
        "planned",
        "roster",
        "registrant-matches",
        "session-attendance",
        "events:queue",
    }

    result = KeyRotation(stage.redis, KeyRing((NEW_KEY, TOKEN_KEY))).run()

    new_ring = KeyRing((NEW_KEY,))
    values = [(key, value) for key in keys if kind_of(key.name).name in rotated for value in stored(stage.redis, key)]
    assert result.complete and result.reencrypted == result.found == len(values)
    assert {kind_of(key.name).name for key, _ in values} == rotated - NOT_IN_TOUR
    for key, value in values:
        kind = kind_of(key.name)
        assert EncryptedRecords(new_ring).decode_or_raise(kind, kind.owner_in(key.name), value, object) is not None


def test_rotation_keeps_the_expiry_and_the_order_of_events(stage):
    queue, ring = "zoomapp:{events}:queue", KeyRing((TOKEN_KEY,))
    for number in range(3):
        event = EncryptedRecords(ring).encode(encrypted_records.EVENT_QUEUE, "", {"number": number})
        stage.redis.rpush(queue, event)

    KeyRotation(stage.redis, KeyRing((NEW_KEY, TOKEN_KEY))).run()

    records = EncryptedRecords(KeyRing((NEW_KEY,)))
    entries = [
        records.decode(encrypted_records.EVENT_QUEUE, "", entry, dict) for entry in stage.redis.lrange(queue, 0, -1)
    ]
    assert [entry["number"] for entry in entries] == [0, 1, 2]
    assert stage.redis.ttl(queue) == -1


def stored(client, key):
    if key.type == "string":
        return [client.get(key.name)]
    return client.hvals(key.name) if key.type == "hash" else client.lrange(key.name, 0, -1)


def test_disconnect_deletes_every_kind_that_a_user_owns(capture, stage):
    """Also the records that the user's token fetched for all viewers of a meeting."""
    load(stage.redis, capture.keys.values())
    dana = key_names.tag(stage.world.user("dana").id)
    before = {kind_of(key.decode()) for key in stage.redis.scan_iter(f"*{{{dana}}}*")}
    saved_since = {
        encrypted_records.ROSTER,
        encrypted_records.SERIES_SESSION,
        encrypted_records.REGISTRANT_MATCHES,
    }
    added_since = {encrypted_records.REFUSED_ENDPOINTS, encrypted_records.PAGE_REFRESH, encrypted_records.HOST_CHECK}
    listed = {encrypted_records.SAVED_ANSWERS}
    assert {kind for kind in ALL if kind.owner is Owner.USER} - before == added_since | saved_since | listed
    parts = stage.app.extensions["zoomapp"]
    records = parts.user_records
    assert parts.answers.save(stage.world.user("dana").id, encrypted_records.LAST_SEEN_SECTION, {}, 60, "name")
    assert stage.redis.exists(encrypted_records.SAVED_ANSWERS.key_of(stage.world.user("dana").id))
    assert records.claim(stage.world.user("dana").id, encrypted_records.PAGE_REFRESH, True, 30, "name")
    assert records.claim(stage.world.user("dana").id, encrypted_records.HOST_CHECK, [0.0, "host"], 600, "85000000101")
    assert all(records.save(stage.world.user("dana").id, kind, ["value"], 60, "name") for kind in saved_since)
    stage.redis.hset(encrypted_records.REFUSED_ENDPOINTS.key_of(stage.world.user("dana").id), "field", "1")

    stage.app.extensions["zoomapp"].tokens.delete(stage.world.user("dana").id)

    remaining_kinds = {kind_of(key.decode()) for key in stage.redis.scan_iter(f"*{{{dana}}}*")}
    assert {kind.name for kind in remaining_kinds if kind.owner is Owner.USER} == set()
    assert not stage.redis.keys("*:snapshot")


def test_privacy_page_explains_every_kind(stage, settings):
    page = html.unescape(stage.browser().open_page("/privacy").text)

    for note in privacy_notes(settings):
        assert f"<dd>{note.content}</dd><dt>{note.lifetime}</dt>" in page
    assert {kind.privacy.content for kind in ALL} == {note.content for note in privacy_notes(settings)}
    assert f"at most {settings.grant_days} days without use" in page


def test_privacy_page_promises_the_lifetimes_of_the_registry(settings):
    for kind in ALL:
        if kind.days_setting:
            assert f"{{settings.{kind.days_setting}}} days" in kind.privacy.lifetime


def test_value_is_decoded_as_it_was_encoded():
    records = EncryptedRecords(KeyRing((TOKEN_KEY,)))
    target = LinkTarget("dana", "/file?")

    assert records.decode(PREFERENCES, "k", records.encode(PREFERENCES, "k", {"a": 1}), dict) == {"a": 1}
    assert records.decode(ONE_TIME_LINK, "k", records.encode(ONE_TIME_LINK, "k", target), LinkTarget) == target
    assert records.decode(PREFERENCES, "k", None, dict) is None


@pytest.mark.parametrize(
    ("kind", "owner", "type_"), [(PAST_INSTANCE, "k", dict), (PREFERENCES, "other", dict), (PREFERENCES, "k", list)]
)
def test_record_of_another_kind_owner_or_type_is_unreadable(kind, owner, type_):
    records = EncryptedRecords(KeyRing((TOKEN_KEY,)))
    encrypted = records.encode(PREFERENCES, "k", {"a": 1})

    assert records.decode(kind, owner, encrypted, type_) is None
    with pytest.raises(CannotDecrypt):
        records.decode_or_raise(kind, owner, encrypted, type_)


def test_rotation_depends_on_encryption_and_lifetime():
    assert TOKENS.is_rotated and not ANSWERS_VERSION.is_rotated
    assert replace(PREFERENCES, seconds=0).is_rotated
    assert not replace(PREFERENCES, seconds=86400).is_rotated
    assert not replace(PREFERENCES, encrypted=False).is_rotated
