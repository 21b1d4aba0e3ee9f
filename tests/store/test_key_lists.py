"""The list of a user's keys drops expired keys and contains every existing one."""

import pytest

from zoomapp.store import key_names, user_keys
from zoomapp.store.encrypted_records import LAST_SEEN_SECTION, ONE_TIME_LINK, USER_KEY_LIST, USER_SHARED_LIST
from zoomapp.store.one_time_links import OneTimeLinks
from zoomapp.store.user_records import UserRecords

LISTS = {
    "links to files": lambda parts, who, number: OneTimeLinks(parts.redis, parts.key_ring).create(
        who, f"/file-{number}"
    ),
    "what a page showed": lambda parts, who, number: UserRecords(parts.redis, parts.key_ring).save(
        who, LAST_SEEN_SECTION, 1, 60, str(number)
    ),
    "call logs": lambda parts, who, number: user_keys.UserKeys(parts.redis).push(
        {(who, key_names.of_user(who, "calls", str(number))): [b"x"]}, 60, 10
    ),
    "sessions": lambda parts, who, number: list_session(parts, who, number),
    "rooms": lambda parts, who, number: parts.webhook_log.save(joined(who, number)),
}


def list_session(parts, who, number):
    key = key_names.of_user(who, "session", str(number))
    parts.redis.set(key, b"x", ex=60)
    user_keys.add_user_key(parts.redis, who, key)


def joined(who, number):
    """An event: a participant joined the meeting of that number."""
    person = {"user_id": "1", "user_name": "Lee", "join_time": "2026-03-02T10:00:00Z"}
    about = {"host_id": who, "uuid": f"{number:022}==", "id": "85000000101", "participant": person}
    return {"event": "meeting.participant_joined", "payload": {"object": about}, "event_ts": 1_772_445_600_000}


def expire(parts, who):
    """Every listed key of this user ends, as Redis ends it."""
    ended = [key for key in parts.redis.smembers(key_names.of_user(who, "keys")) if b":tokens" not in key]
    if ended:
        parts.redis.delete(*ended)


@pytest.mark.parametrize("write", LISTS.values(), ids=LISTS)
def test_key_list_drops_expired_keys(dana, parts, write):
    listed = key_names.of_user(dana.id, "keys")
    for number in range(300):
        write(parts, dana.id, number)
        if number % 10 == 9:
            expire(parts, dana.id)

    assert parts.redis.scard(listed) < 60
    assert 0 < parts.redis.ttl(listed) <= user_keys.KEY_LIST_SECONDS


@pytest.mark.parametrize("write", LISTS.values(), ids=LISTS)
def test_key_list_holds_every_existing_key(dana, parts, write):
    expire(parts, dana.id)
    for number in range(100):
        write(parts, dana.id, number)

    living = set(parts.redis.keys(f"*{{{key_names.tag(dana.id)}}}*"))
    besides = {kind.key_of(dana.id).encode() for kind in (*user_keys.single_kinds(), USER_KEY_LIST, USER_SHARED_LIST)}
    assert living - besides <= parts.redis.smembers(key_names.of_user(dana.id, "keys"))
    assert len(living - besides) >= 100

    parts.tokens.delete(dana.id)
    assert parts.redis.keys(f"*{{{key_names.tag(dana.id)}}}*") == []


def test_redeemed_links_do_not_fill_the_key_list(dana, parts):
    """120 bytes for 400 days each, once."""
    link = OneTimeLinks(parts.redis, parts.key_ring)
    listed = key_names.of_user(dana.id, "keys")
    for number in range(500):
        link.redeem(link.create(dana.id, f"/file-{number}"), f"/file-{number}")

    assert parts.redis.scard(listed) < 30
    assert ONE_TIME_LINK.seconds == 60


def test_list_of_shared_records_drops_expired_keys(dana, parts):
    belongings, shared = user_keys.UserKeys(parts.redis), USER_SHARED_LIST.key_of(dana.id)
    parts.redis.set("zoomapp:{living}:snapshot", b"x", ex=60)
    belongings.lend(dana.id, "zoomapp:{living}:snapshot")
    for number in range(300):
        key = f"zoomapp:{{{number}}}:snapshot"
        parts.redis.set(key, b"x", ex=60)
        assert belongings.lend(dana.id, key) is user_keys.WriteResult.DONE
        parts.redis.delete(key)

    assert parts.redis.scard(shared) < 30
    assert parts.redis.sismember(shared, "zoomapp:{living}:snapshot")


def test_shared_record_written_during_a_check_of_the_list_stays_listed(dana, parts):
    shared, key = USER_SHARED_LIST.key_of(dana.id), "zoomapp:{late}:snapshot"

    class WrittenMeanwhile:
        """A Redis client that reports a key as missing, after which the key is written and listed."""

        def __getattr__(self, name):
            return getattr(parts.redis, name)

        def exists(self, name):
            there = parts.redis.exists(name)
            if name == key.encode() and not there:
                parts.redis.set(key, b"x", ex=60)
                user_keys.UserKeys(parts.redis).lend(dana.id, key)
            return there

    parts.redis.set(key, b"x", ex=60)
    user_keys.UserKeys(parts.redis).lend(dana.id, key)
    parts.redis.delete(key)
    parts.redis.set("zoomapp:{new}:snapshot", b"x", ex=60)
    user_keys.UserKeys(WrittenMeanwhile()).lend(dana.id, "zoomapp:{new}:snapshot")

    assert parts.redis.exists(key)
    assert parts.redis.sismember(shared, key)


def test_key_with_another_tag_stays_listed(dana, parts):
    """On a cluster it lies on another node, which a script must not ask."""
    listed = key_names.of_user(dana.id, "keys")
    parts.redis.sadd(listed, "zoomapp:{another}:x")
    for number in range(50):
        UserRecords(parts.redis, parts.key_ring).save(dana.id, LAST_SEEN_SECTION, 1, 60, str(number))

    assert parts.redis.sismember(listed, "zoomapp:{another}:x")
