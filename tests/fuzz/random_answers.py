"""Random changes of JSON and bytes, and a fault that applies them to what the offline Zoom answers."""

from __future__ import annotations

import copy
import json
import threading
import zlib
from random import Random
from typing import Any

from offline_zoom.fault import Fault, Headers
from offline_zoom.json_text import raw_json
from offline_zoom.oddities import NAMES, list_name

#: U+DCF0 and U+DC9F are sent as the bytes F0 and 9F
VALUES: list[Any] = [
    *(None, True, False, 0, -1, 1.5, 10**30, -(10**18), 99, 1e308),
    *("", " ", "\ud83d", "\udcf0\udc9f", "\x00", "a\x00b", "<script>", "=1+1", "x" * 3000, "\u202e"),
    *("0", "-7", "1e5", "true", "null"),
    *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-02-30T00:00:00Z", "2026-03-02", "10:00", "yesterday"),
    *([], {}, [[]], [None], {"id": None}, ["a", 1], "AIC_CONVERSATION", "meeting.participant_left"),
]
WHOLE_BODIES = [b"", b"null", b"[]", b"{}", b"7", b'"text"', b"<html>", b"{", b"\xff\xfe", b"[" * 50_000, b'{"a":NaN}']
#: 500 is not among them: where the app passes a status on, it would look like a failure of the app
STATUSES = ["200 OK", "201 Created", "204 No Content", "302 Found", "400 Bad", "401 No", "404 Not Found", "503 Busy"]


def nodes(value: Any) -> list[tuple[Any, Any]]:
    """Each place in a JSON value, as its container and the key in it."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else []
    found = [(value, key) for key in keys]
    for key in keys:
        found += nodes(value[key])
    return found


def _odd_value(rng: Random) -> Any:
    """A copy, because a later change may be made inside it."""
    return copy.deepcopy(rng.choice(VALUES))


def change_once(rng: Random, value: Any) -> None:
    """Change one random place: its value, its type, its presence, or the order around it."""
    places = nodes(value)
    if not places:
        return
    container, key = rng.choice(places)
    kind = rng.randrange(6)
    if kind == 0:
        del container[key]
    elif kind == 1 and isinstance(container, list):
        rng.shuffle(container)
        container.append(_odd_value(rng))
    elif kind == 1:
        items = list(container.items())
        rng.shuffle(items)
        container.clear()
        container.update(items)
    elif kind == 2 and isinstance(container[key], str):
        container[key] += str(_odd_value(rng))
    elif kind == 3 and isinstance(container[key], int | float):
        container[key] = str(container[key])
    else:
        container[key] = _odd_value(rng)


def change_body(rng: Random, body: bytes) -> bytes:
    """A body with some random changes. Sometimes it is not JSON any more."""
    if rng.randrange(8) == 0:
        return rng.choice([*WHOLE_BODIES, body[: rng.randrange(len(body) + 1)], body.decode().encode("utf-16")])
    try:
        value = json.loads(body)
    except ValueError:
        return body
    for _ in range(rng.randrange(1, 5)):
        change_once(rng, value)
    return raw_json(value)


class RandomFault(Fault):
    """Changes every answer at random. The same seed and answer give the same change."""

    def __init__(self, seed: int, route: str = "* **") -> None:
        super().__init__(route)
        self.seed = seed
        self.sent: list[bytes] = []
        self._lock = threading.Lock()

    def change(self, status: str, headers: Headers, body: bytes) -> tuple[str, Headers, bytes]:
        rng = Random(f"{self.seed} {zlib.crc32(body)}")
        headers = [(name, value) for name, value in headers if name.lower() != "content-length"]
        body = self.random_body(rng, body)
        if rng.randrange(10) == 0:
            status = rng.choice(STATUSES)
        with self._lock:
            self.sent.append(body)
        return status, [*headers, ("Content-Length", str(len(body)))], body

    def random_body(self, rng: Random, body: bytes) -> bytes:
        return change_body(rng, body)


class RandomRows(RandomFault):
    """Changes some rows of every list.

    ``names_of_usual_rows`` are of the rows that it left as they are, ``names_of_odd_rows`` of the others.
    """

    def __init__(self, seed: int) -> None:
        super().__init__(seed, "GET /v2/**")
        self.names_of_usual_rows: set[str] = set()
        self.names_of_odd_rows: set[str] = set()

    @property
    def usual_names(self) -> set[str]:
        """The names of people and meetings of which no row was changed, in no list."""
        return self.names_of_usual_rows - self.names_of_odd_rows

    def change(self, status: str, headers: Headers, body: bytes) -> tuple[str, Headers, bytes]:
        rng = Random(f"{self.seed} {zlib.crc32(body)}")
        body = self.random_body(rng, body)
        headers = [(name, value) for name, value in headers if name.lower() != "content-length"]
        return status, [*headers, ("Content-Length", str(len(body)))], body

    def random_body(self, rng: Random, body: bytes) -> bytes:
        try:
            answer = json.loads(body)
        except ValueError:
            return body
        rows = answer.get(list_name(answer)) or [] if isinstance(answer, dict) else []
        changed = {rng.randrange(len(rows)) for _ in range(rng.randrange(1, 4))} if rows else set()
        with self._lock:
            for number, row in enumerate(rows):
                names = {row[name] for name in NAMES if isinstance(row.get(name), str)}
                (self.names_of_odd_rows if number in changed else self.names_of_usual_rows).update(names)
        for number in changed:
            for _ in range(rng.randrange(1, 4)):
                change_once(rng, rows[number])
            if rng.randrange(4) == 0:
                rows[number] = rng.choice(VALUES)
        return raw_json(answer)
