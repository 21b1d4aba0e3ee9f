"""Endpoints that refused a user's grant although the access token was fresh.

Such a refusal says nothing about the grant, and another refresh cannot help. It is remembered for five minutes in one
Redis hash per user, which is read only after Zoom refused a token. Without Redis nothing is remembered.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import cast

import redis

from zoomapp.errors import StoreUnavailable
from zoomapp.store import key_names, redis_client
from zoomapp.store.encrypted_records import REFUSED_ENDPOINTS, TOKENS

log = logging.getLogger(__name__)

SECONDS = REFUSED_ENDPOINTS.seconds
#: Entries of one user. One more deletes the others.
MAX_PER_USER = 50

#: A path segment that names a kind of thing; every other segment is the id of one thing.
_WORD = re.compile(r"v2|[a-z_-]{1,32}")

_ADD = """
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
if redis.call('HLEN', KEYS[2]) >= tonumber(ARGV[4]) then redis.call('DEL', KEYS[2]) end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
redis.call('EXPIRE', KEYS[2], ARGV[3])
return 1
"""


class RefusedEndpoints:
    """One per process; safe to use from many threads. ``endpoint``: what ``endpoint_name`` returns."""

    def __init__(self, client: redis.Redis, clock: Callable[[], float]) -> None:
        self._redis = client
        self._clock = clock
        self._add = client.register_script(_ADD)

    def add(self, user_id: str, grant_id: str, endpoint: str, token: str) -> None:
        """Remember that the endpoint refused this access token, which is being refreshed."""
        names = [TOKENS.key_of(user_id), REFUSED_ENDPOINTS.key_of(user_id)]
        until = f"{self._clock() + SECONDS:.0f} {key_names.digest(token)}"
        try:
            with redis_client.store_errors():
                self._add(names, [_field(grant_id, endpoint), until, SECONDS, MAX_PER_USER])
        except StoreUnavailable as error:
            log.warning("refused endpoint not saved", extra={"detail": error.detail})

    def refuses_successors(self, user_id: str, grant_id: str, endpoint: str, token: str) -> bool:
        """Whether the endpoint refused another access token a moment ago, so that ``token`` came after a refresh."""
        try:
            with redis_client.store_errors():
                entry = cast(
                    "bytes | None", self._redis.hget(REFUSED_ENDPOINTS.key_of(user_id), _field(grant_id, endpoint))
                )
        except StoreUnavailable as error:
            log.warning("refused endpoints not read", extra={"detail": error.detail})
            return False
        until, _, refused = (entry or b"").decode("ascii", "replace").partition(" ")
        return until.isdigit() and self._clock() < int(until) and refused != key_names.digest(token)

    def remove(self, user_id: str, grant_id: str, endpoint: str) -> None:
        try:
            with redis_client.store_errors():
                self._redis.hdel(REFUSED_ENDPOINTS.key_of(user_id), _field(grant_id, endpoint))
        except StoreUnavailable as error:
            log.warning("refused endpoint not deleted", extra={"detail": error.detail})


def endpoint_name(method: str, path: str) -> str:
    """Method and path of an endpoint, with ``{id}`` for each id: ``GET /v2/meetings/{id}/registrants``."""
    segments = (part if _WORD.fullmatch(part) else "{id}" for part in path.split("/")[1:])
    return f"{method} /" + "/".join(segments)


def _field(grant_id: str, endpoint: str) -> str:
    return key_names.digest(f"{grant_id} {endpoint}")
