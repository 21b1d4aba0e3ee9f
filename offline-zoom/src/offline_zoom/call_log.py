"""A log of the HTTP requests that the offline Zoom received."""

from __future__ import annotations

import re
import threading
from collections import deque
from dataclasses import dataclass, field
from urllib.parse import parse_qsl


@dataclass(frozen=True)
class Call:
    """One received request. ``path`` is not percent-decoded."""

    method: str
    path: str
    query: str = ""
    host: str = ""
    headers: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def params(self) -> dict[str, str]:
        return dict(parse_qsl(self.query, keep_blank_values=True))


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
        self.total = 0

    def add(self, call: Call) -> None:
        with self._lock:
            self._calls.append(call)
            self.total += 1

    def all(self) -> list[Call]:
        with self._lock:
            return list(self._calls)

    def matching(self, route: str | tuple[str, str] = ("*", "**")) -> list[Call]:
        """The calls of one route: ``("GET", "/v2/users/*")`` or ``"GET /v2/users/*"``."""
        method, path = route.split(" ", 1) if isinstance(route, str) else route
        path_pattern = pattern(path)
        return [call for call in self.all() if method in ("*", call.method) and path_pattern.fullmatch(call.path)]

    def count(self, route: str | tuple[str, str] = ("*", "**")) -> int:
        """How often a route was called."""
        return len(self.matching(route))

    def clear(self) -> None:
        with self._lock:
            self._calls.clear()
            self.total = 0

    def __len__(self) -> int:
        return self.total
