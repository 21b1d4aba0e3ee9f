"""Every call received, in order: what a test asks afterwards."""

from __future__ import annotations

import re
import threading
from collections import deque
from dataclasses import dataclass, field
from urllib.parse import parse_qsl


@dataclass(frozen=True)
class Call:
    """One request as it came on the wire; ``path`` is undecoded."""

    method: str
    path: str
    query: str = ""
    host: str = ""
    headers: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def params(self) -> dict[str, str]:
        return dict(parse_qsl(self.query, keep_blank_values=True))


def pattern(route: str) -> re.Pattern[str]:
    """A path in which ``*`` stands for one segment and ``**`` for any rest."""
    parts = re.split(r"(\*\*|\*)", route)
    wild = {"**": ".*", "*": "[^/]+"}
    return re.compile("".join(wild.get(part) or re.escape(part) for part in parts))


class CallLog:
    """The calls of this world; the newest 10,000, and a count of all."""

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

    def matching(self, what: str | tuple[str, str] = ("*", "**")) -> list[Call]:
        """Those of one route: ``("GET", "/v2/users/*")`` or ``"GET /v2/users/*"``."""
        method, route = what.split(" ", 1) if isinstance(what, str) else what
        wanted = pattern(route)
        return [call for call in self.all() if method in ("*", call.method) and wanted.fullmatch(call.path)]

    def count(self, what: str | tuple[str, str] = ("*", "**")) -> int:
        """How often that route was called."""
        return len(self.matching(what))

    def clear(self) -> None:
        with self._lock:
            self._calls.clear()
            self.total = 0

    def __len__(self) -> int:
        return self.total
