"""A log of the HTTP requests that the offline Zoom received."""

from __future__ import annotations

import re
import threading
from collections import deque
from dataclasses import asdict, dataclass, field
from itertools import count
from typing import Any
from urllib.parse import parse_qsl


@dataclass
class Call:
    """One received request and its response. ``path`` is not percent-decoded.

    ``at`` is the world's time. ``status`` is 0 until there is a response, and stays 0 when the connection is dropped.
    ``caller``: a user's short name, or the client id of an app. ``number`` counts the calls of this world from 1.
    """

    method: str
    path: str
    query: str = ""
    host: str = ""
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    scheme: str = "http"
    at: float = 0.0
    status: int = 0
    milliseconds: int = 0
    response_headers: list[tuple[str, str]] = field(default_factory=list, repr=False)
    caller: str = ""
    number: int = 0

    @property
    def params(self) -> dict[str, str]:
        return dict(parse_qsl(self.query, keep_blank_values=True))

    @property
    def target(self) -> str:
        """Path and query, as sent."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def failed(self) -> bool:
        """Whether there was no answer, or an error."""
        return self.status == 0 or self.status >= 400

    def as_json(self) -> dict[str, Any]:
        """The call for the control API: names of headers, but no values, because some are secret."""
        names = {
            "headers": sorted(self.headers),
            "response_headers": sorted({name for name, _ in self.response_headers}),
        }
        return {**asdict(self), **names}


def pattern(path: str) -> re.Pattern[str]:
    """A regular expression for a path in which ``*`` is one segment and ``**`` any rest."""
    parts = re.split(r"(\*\*|\*)", path)
    wild = {"**": ".*", "*": "[^/]+"}
    return re.compile("".join(wild.get(part) or re.escape(part) for part in parts))


class CallLog:
    """The newest 10,000 calls, and the number of all calls."""

    def __init__(self) -> None:
        self._calls: deque[Call] = deque(maxlen=10_000)
        self._lock = threading.Lock()
        self._numbers = count(1)
        self.total = 0

    def add(self, call: Call) -> None:
        with self._lock:
            call.number = next(self._numbers)
            self._calls.append(call)
            self.total += 1

    def all(self) -> list[Call]:
        with self._lock:
            return list(self._calls)

    def matching(self, route: str | tuple[str, str] = ("*", "**")) -> list[Call]:
        """The calls of one route: ``("GET", "/v2/users/*")`` or ``"GET /v2/users/*"``; without a method, of each."""
        method, _, path = route.rpartition(" ") if isinstance(route, str) else (route[0], " ", route[1])
        path_pattern = pattern(path)
        return [call for call in self.all() if method in ("", "*", call.method) and path_pattern.fullmatch(call.path)]

    def count(self, route: str | tuple[str, str] = ("*", "**")) -> int:
        """How often a route was called."""
        return len(self.matching(route))

    def clear(self) -> None:
        with self._lock:
            self._calls.clear()
            self.total = 0

    def __len__(self) -> int:
        return self.total
