"""Sign-ins that have begun: what must come back unchanged, once, to the browser that began it (RFC 9700 2.1.1, 4.7)."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

import msgspec
import redis

from zoomapp import keys
from zoomapp.storage import named_failures
from zoomapp.tokens.cipher import CannotOpen, KeyRing

LIFE_SECONDS = 300
#: More begun sign-ins than a person has tabs are a mistake or an attack; the oldest go.
MOST = 12
KIND = "begun"

WEB, IN_CLIENT = "w", "c"


@dataclass(frozen=True)
class Begun:
    """One begun sign-in. ``restarted``: it replaced one that came back without our state."""

    state: str
    verifier: str = field(repr=False)
    began_at: float
    restarted: bool = False

    @property
    def in_client(self) -> bool:
        return began_in_client(self.state)


def began_in_client(state: str) -> bool:
    """Whether a state says of itself that Zoom's client got it. A hint for words, never for trust."""
    return state.startswith(IN_CLIENT + "-")


class BegunSignIns:
    """The begun sign-ins of each browser: one hash per browser, one field per state."""

    def __init__(self, client: redis.Redis, ring: KeyRing, clock: Callable[[], float] = time.time) -> None:
        self._redis = client
        self._ring = ring
        self._clock = clock

    def add(self, browser: str, way: str, verifier: str, *, restarted: bool = False) -> Begun:
        """Begin one. ``way`` is WEB or IN_CLIENT."""
        begun = Begun(f"{way}-{secrets.token_urlsafe(32)}", verifier, self._clock(), restarted)
        key = _key(browser)
        others = sorted(self.all(browser), key=lambda each: each.began_at)
        sealed = self._ring.seal(KIND, browser, msgspec.json.encode(begun))
        with named_failures(), self._redis.pipeline() as pipe:
            for old in others[: max(0, len(others) + 1 - MOST)]:
                pipe.hdel(key, keys.digest(old.state))
            pipe.hset(key, keys.digest(begun.state), sealed)
            pipe.expire(key, LIFE_SECONDS)
            pipe.execute()
        return begun

    def take(self, browser: str, state: str) -> Begun | None:
        """The begun sign-in of that state; of many who ask, one gets it. None: unknown, used, or too old."""
        field_name = keys.digest(state)
        with named_failures(), self._redis.pipeline() as pipe:
            pipe.hget(_key(browser), field_name)
            pipe.hdel(_key(browser), field_name)
            sealed, removed = pipe.execute()
        begun = self._open(browser, sealed) if sealed and removed else None
        return begun if begun and begun.state == state else None

    def all(self, browser: str) -> list[Begun]:
        """Those that could still be taken."""
        with named_failures():
            sealed = cast("list[bytes]", self._redis.hvals(_key(browser)))
        return [begun for each in sealed if (begun := self._open(browser, each))]

    def _open(self, browser: str, sealed: bytes) -> Begun | None:
        try:
            begun = msgspec.json.decode(self._ring.open(KIND, browser, sealed), type=Begun)
        except (CannotOpen, msgspec.MsgspecError):
            return None
        return begun if self._clock() - begun.began_at < LIFE_SECONDS else None


def _key(browser: str) -> str:
    return keys.tagged(keys.digest(browser), KIND)
