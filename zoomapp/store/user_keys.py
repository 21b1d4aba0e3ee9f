"""The keys of one user: every write checks that the user is connected, and a disconnect deletes all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any, cast

import redis

from zoomapp.store import key_names
from zoomapp.store.redis_client import store_errors

#: What is kept of a user under a name that needs no list.
ANSWERS, ANSWERS_VERSION = "answers", "answers-version"
HOST_DAYS = "host-days"
REFUSED_ENDPOINTS = "refused-endpoints"
#: Keys that stand for nobody, and hold what this user's token fetched.
SHARED = "shared"
KINDS = ("tokens", "lease", "failure", "preferences", ANSWERS, ANSWERS_VERSION, HOST_DAYS, REFUSED_ENDPOINTS)

#: How long the list of what is kept of a user outlives its last entry: longer than anything on it by default.
KEY_LIST_SECONDS = 400 * 86400


#: So many old entries are looked at for each new one.
LOOKED_AT = 4
#: Lua that a script begins with: adds keys to the list of what is kept of a user, and takes expired ones off it.
#: Each new entry makes it look at a few old ones, so that a list never holds many more expired keys than living ones.
#: A key without the list's own tag may lie on another node of a cluster; it stays.
LIST_KEYS = f"""
local function list_keys(listed, seconds, ...)
  local added = redis.call('SADD', listed, ...)
  if redis.call('TTL', listed) < tonumber(seconds) then redis.call('EXPIRE', listed, seconds) end
  if added == 0 then return end
  local own = string.sub(listed, 1, -#'keys' - 1)
  for _, key in ipairs(redis.call('SRANDMEMBER', listed, {LOOKED_AT})) do
    if string.sub(key, 1, #own) == own and redis.call('EXISTS', key) == 0 then redis.call('SREM', listed, key) end
  end
end
"""

_LIST_KEY = f"{LIST_KEYS} list_keys(KEYS[1], ARGV[2], ARGV[1]) return 1"


def add_user_key(client: redis.Redis, user_id: str, key: str) -> None:
    """Put a key on the list of what is kept of this user, so that ``drop_user`` finds it."""
    client.eval(_LIST_KEY, 1, key_names.of_user(user_id, "keys"), key, KEY_LIST_SECONDS)


def delete_user(client: redis.Redis, user_id: str) -> None:
    """Delete every key of this user: tokens first, then sessions and the rest of the list."""
    listed = key_names.of_user(user_id, "keys")
    client.delete(*(key_names.of_user(user_id, kind) for kind in KINDS))
    for shared in client.smembers(key_names.of_user(user_id, SHARED)):
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
    """What is kept of people who are connected, and goes with them.

    Whether somebody is connected is looked at in the same step as it is written: a page that was slow writes nothing
    after a disconnect. Every method raises StoreUnavailable.
    """

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client
        self._put = client.register_script(_PUT)
        self._lend = client.register_script(_LEND)

    def put(self, user_id: str, key: str, sealed: bytes, seconds: int, *, first: bool = False) -> WriteResult:
        """Keep it for so many seconds; ``first``: unless something lies there already."""
        return self._run(self._put, user_id, key, [sealed, seconds, KEY_LIST_SECONDS, "first" if first else ""])

    def lend(self, user_id: str, key: str) -> WriteResult:
        """What lies under a key of nobody's was fetched for this user, and goes with them.

        THERE_ALREADY: it was on the user's list of such keys. A new entry looks at a few old ones, and takes expired
        keys off the list.
        """
        put = self._list_shared(user_id, key)
        if put is WriteResult.DONE:
            self._take_off_expired(user_id)
        return put

    def _list_shared(self, user_id: str, key: str) -> WriteResult:
        return self._run(self._lend, user_id, key_names.of_user(user_id, SHARED), [key, "", KEY_LIST_SECONDS])

    def _take_off_expired(self, user_id: str) -> None:
        """Not in one script: on a cluster each of these keys may lie on another node."""
        shared = key_names.of_user(user_id, SHARED)
        with store_errors():
            for key in cast("list[bytes]", self._redis.srandmember(shared, LOOKED_AT)):
                if not self._redis.exists(key):
                    self._redis.srem(shared, key)
                    if self._redis.exists(key):  # written meanwhile, and perhaps listed before it was taken off
                        self._list_shared(user_id, key.decode())

    def push(self, lists: Mapping[tuple[str, str], Sequence[bytes]], seconds: int, most: int) -> None:
        """On top of these lists, by user and key, the newest last; each holds ``most``. One trip for all of them."""
        with store_errors(), self._redis.pipeline(transaction=False) as pipe:
            add: Any = pipe.execute_command  # a cluster's pipeline hides `eval`, yet knows where to send it
            for (user_id, key), sealed in lists.items():
                names = (key_names.of_user(user_id, "tokens"), key_names.of_user(user_id, "keys"), key)
                add("EVAL", _PUSH, len(names), *names, seconds, most, KEY_LIST_SECONDS, *sealed[-most:])
            pipe.execute()

    @staticmethod
    def _run(script: Callable[[list[str], list[Any]], Any], user_id: str, key: str, values: list[Any]) -> WriteResult:
        with store_errors():
            return WriteResult(
                script([key_names.of_user(user_id, "tokens"), key_names.of_user(user_id, "keys"), key], values)
            )
