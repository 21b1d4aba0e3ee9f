"""The keys of one user: every write checks that the user is connected, and a disconnect deletes every key."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any, cast

import redis

from zoomapp.store.encrypted_records import ALL, TOKENS, USER_KEY_LIST, USER_SHARED_LIST, Owner, RecordKind
from zoomapp.store.redis_client import store_errors

#: How long the list of a user's keys outlives its last entry: longer than any record by default.
KEY_LIST_SECONDS = USER_KEY_LIST.seconds

#: How many old entries are checked for each new one.
CHECKED_ENTRIES = 4
#: Lua that a script starts with: adds keys to the list of a user's keys, and removes expired ones from it.
#: Each new entry checks a few old ones, so a list never holds many more expired keys than existing ones.
#: A key without the list's own tag may be on another node of a cluster; it stays.
LIST_KEYS = f"""
local function list_keys(listed, seconds, ...)
  local added = redis.call('SADD', listed, ...)
  if redis.call('TTL', listed) < tonumber(seconds) then redis.call('EXPIRE', listed, seconds) end
  if added == 0 then return end
  local own = string.sub(listed, 1, -#'keys' - 1)
  for _, key in ipairs(redis.call('SRANDMEMBER', listed, {CHECKED_ENTRIES})) do
    if string.sub(key, 1, #own) == own and redis.call('EXISTS', key) == 0 then redis.call('SREM', listed, key) end
  end
end
"""

_LIST_KEY = f"{LIST_KEYS} list_keys(KEYS[1], ARGV[2], ARGV[1]) return 1"


def single_kinds() -> list[RecordKind]:
    """The kinds of which a user has one record, so its key needs no list: tokens first, the lists themselves not."""
    lists = (USER_KEY_LIST, USER_SHARED_LIST)
    return [kind for kind in ALL if kind.owner is Owner.USER and kind.is_single and kind not in lists]


def add_user_key(client: redis.Redis, user_id: str, key: str) -> None:
    """Add a key to the list of this user's keys, so that ``delete_user`` finds it."""
    client.eval(_LIST_KEY, 1, USER_KEY_LIST.key_of(user_id), key, KEY_LIST_SECONDS)


def delete_user(client: redis.Redis, user_id: str) -> None:
    """Delete every key of this user: tokens first, then sessions and the rest of the list."""
    listed = USER_KEY_LIST.key_of(user_id)
    client.delete(*(kind.key_of(user_id) for kind in single_kinds()))
    for shared in client.smembers(USER_SHARED_LIST.key_of(user_id)):
        client.delete(shared)  # each in a slot of its own
    client.delete(listed, *client.smembers(listed))


_PUT = f"""{LIST_KEYS}
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local there = ARGV[4] == 'first' and redis.call('GET', KEYS[3])
if there and there ~= ARGV[1] then return 1 end
redis.call('SET', KEYS[3], ARGV[1], 'EX', ARGV[2])
list_keys(KEYS[2], ARGV[3], KEYS[3])
return 2
"""

_LEND = f"""{LIST_KEYS}
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local added = redis.call('SADD', KEYS[3], ARGV[1])
redis.call('EXPIRE', KEYS[3], ARGV[3])
list_keys(KEYS[2], ARGV[3], KEYS[3])
return 1 + added
"""


_PUSH = f"""{LIST_KEYS}
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('LPUSH', KEYS[3], unpack(ARGV, 4))
redis.call('LTRIM', KEYS[3], 0, ARGV[2] - 1)
redis.call('EXPIRE', KEYS[3], ARGV[1])
list_keys(KEYS[2], ARGV[3], KEYS[3])
return 2
"""


class WriteResult(Enum):
    NOT_CONNECTED, THERE_ALREADY, DONE = range(3)


class UserKeys:
    """Writes records of connected users, and lists their keys for a disconnect.

    The check that the user is connected and the write are one step: a slow page writes nothing after a disconnect.
    Every method raises StoreUnavailable.
    """

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client
        self._put = client.register_script(_PUT)
        self._lend = client.register_script(_LEND)

    def put(self, user_id: str, key: str, encrypted: bytes, seconds: int, *, first: bool = False) -> WriteResult:
        """Store a record for so many seconds; with ``first`` only if there is none."""
        return self._run(self._put, user_id, key, [encrypted, seconds, KEY_LIST_SECONDS, "first" if first else ""])

    def lend(self, user_id: str, key: str) -> WriteResult:
        """List a shared record that was fetched with this user's token, so that a disconnect deletes it.

        THERE_ALREADY: it was listed before. A new entry checks a few old ones, and removes expired keys.
        """
        result = self._list_shared(user_id, key)
        if result is WriteResult.DONE:
            self._remove_expired(user_id)
        return result

    def _list_shared(self, user_id: str, key: str) -> WriteResult:
        return self._run(self._lend, user_id, USER_SHARED_LIST.key_of(user_id), [key, "", KEY_LIST_SECONDS])

    def _remove_expired(self, user_id: str) -> None:
        """Without a script: on a cluster each of these keys may be on another node."""
        shared = USER_SHARED_LIST.key_of(user_id)
        with store_errors():
            for key in cast("list[bytes]", self._redis.srandmember(shared, CHECKED_ENTRIES)):
                if not self._redis.exists(key):
                    self._redis.srem(shared, key)
                    if self._redis.exists(key):  # written meanwhile, and perhaps listed before it was removed
                        self._list_shared(user_id, key.decode())

    def push(self, lists: Mapping[tuple[str, str], Sequence[bytes]], seconds: int, max_entries: int) -> None:
        """Push entries, oldest first, to lists by user and key, in one round trip. Each list keeps ``max_entries``."""
        with store_errors(), self._redis.pipeline(transaction=False) as pipe:
            add: Any = pipe.execute_command  # a cluster's pipeline hides `eval`, yet knows where to send it
            for (user_id, key), entries in lists.items():
                names = (TOKENS.key_of(user_id), USER_KEY_LIST.key_of(user_id), key)
                add("EVAL", _PUSH, len(names), *names, seconds, max_entries, KEY_LIST_SECONDS, *entries[-max_entries:])
            pipe.execute()

    @staticmethod
    def _run(script: Callable[[list[str], list[Any]], Any], user_id: str, key: str, values: list[Any]) -> WriteResult:
        with store_errors():
            return WriteResult(script([TOKENS.key_of(user_id), USER_KEY_LIST.key_of(user_id), key], values))
