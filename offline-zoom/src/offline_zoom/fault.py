"""One planned fault: the calls that it applies to, and what it does to them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal
from urllib.parse import parse_qsl

from offline_zoom.call_log import pattern
from offline_zoom.json_text import raw_text
from offline_zoom.oddities import ODDITIES, change_answer

Headers = list[tuple[str, str]]
MAX_SECONDS = 3600


@dataclass
class Fault:
    """A fault of the calls of one route.

    ``route``: method and path, ``*`` for a method or segment, ``**`` for any rest; after ``?`` parameters that the
    call must have. ``status``, ``headers`` and
    ``body`` replace the answer (an object or a list becomes JSON); without a status the call goes through. In a text,
    the characters U+DC80 to U+DCFF stand for the bytes 80 to FF. ``mutate`` changes the JSON of the answer by the named
    oddities, ``shorten`` sends that many bytes of the body as if they were all, ``chunked`` sends no length.
    ``delay`` waits that many seconds before the call is processed, ``hold`` after. ``drop`` closes the connection
    ``before`` or ``after`` processing, ``cut`` after that many bytes of the body. ``bad_gzip`` claims a compression the
    body does not have. ``grant_type`` narrows it to such token requests, ``same_token`` to calls with the access
    token of the first call. ``count`` is how often it happens (``None`` or 0: until cleared), ``probability`` how
    likely each time. ``name`` is that of the preset.
    """

    route: str = "* **"
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: str | dict[str, Any] | list[Any] | None = None
    delay: float = 0.0
    hold: float = 0.0
    drop: Literal["", "before", "after"] = ""
    cut: int | None = None
    bad_gzip: bool = False
    grant_type: str = ""
    count: int | None = None
    probability: float = 1.0
    mutate: list[str] = field(default_factory=list)
    shorten: int | None = None
    chunked: bool = False
    same_token: bool = False
    name: str = ""

    def __post_init__(self) -> None:
        self.count = self.count or None
        self.method, _, target = self.route.partition(" ")
        path, _, query = target.partition("?")
        self._path = pattern(path)
        self._query = set(parse_qsl(query))
        self._token: str | None = None

    def matches(self, method: str, path: str, grant_type: str = "", token: str = "", query: str = "") -> bool:
        """Whether the fault applies to this call. A query in the route must be part of the call's ``query``."""
        named = self.method in ("*", method) and self._path.fullmatch(path) is not None
        named = named and self._query <= set(parse_qsl(query))
        if not named or self.grant_type not in ("", grant_type):
            return False
        if self.same_token and self._token is None:
            self._token = token
        return not self.same_token or token == self._token

    def answer(self) -> tuple[str, Headers, bytes]:
        """Status, headers and body that the fault sends in place of the app."""
        is_json = isinstance(self.body, dict | list)
        body = raw_text(json.dumps(self.body) if is_json else str(self.body or ""))
        headers = [*self.headers.items(), ("Content-Length", str(len(body)))]
        if not any(name.lower() == "content-type" for name, _ in headers):
            headers.append(("Content-Type", "application/json;charset=UTF-8" if is_json else "text/plain"))
        return f"{self.status} Sandbox", headers, body

    def change(self, status: str, headers: Headers, body: bytes) -> tuple[str, Headers, bytes]:
        """The answer with the fault's changes: of its JSON, its length, and its headers."""
        if self.mutate:
            body = change_answer(self.mutate, body)
        if self.shorten is not None:
            body = body[: self.shorten]
        if self.mutate or self.shorten is not None:
            headers = [*without(headers, "content-length"), ("Content-Length", str(len(body)))]
        if self.chunked:
            headers = without(headers, "content-length")
        if self.bad_gzip:
            headers = [*without(headers, "content-encoding"), ("Content-Encoding", "gzip")]
        return status, headers, body

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Fault:
        """A fault from the JSON of the control API. Raises ValueError for an unknown field or value."""
        unknown = set(data) - {field.name for field in fields(cls)}
        if unknown:
            raise ValueError(f"a fault has no {', '.join(sorted(unknown))}")
        for name, value in data.items():
            if not ALLOWED[name](value):
                raise ValueError(f"{name} cannot be {value!r}")
        return cls(**data)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def without(headers: Headers, name: str) -> Headers:
    """The headers except those of one name in lower case."""
    return [(key, value) for key, value in headers if key.lower() != name]


def is_seconds(value: Any) -> bool:
    return type(value) in (int, float) and 0 <= value <= MAX_SECONDS


def is_size(value: Any) -> bool:
    return value is None or (type(value) is int and value >= 0)


def is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def is_header(name: str, value: Any) -> bool:
    """Whether HTTP can carry this header."""
    return name.isascii() and bool(name) and isinstance(value, str) and f"{name}{value}".isprintable()


#: which values a field can have when it comes from outside
ALLOWED: dict[str, Callable[[Any], bool]] = {
    "route": lambda value: isinstance(value, str) and " " in value,
    "status": lambda value: value is None or (type(value) is int and 200 <= value <= 599),
    "headers": lambda value: isinstance(value, dict) and all(is_header(*item) for item in value.items()),
    "body": lambda value: value is None or isinstance(value, str | dict | list),
    "delay": is_seconds,
    "hold": is_seconds,
    "drop": lambda value: value in ("", "before", "after"),
    "cut": is_size,
    "bad_gzip": is_flag,
    "grant_type": lambda value: isinstance(value, str),
    "count": is_size,
    "probability": lambda value: type(value) in (int, float) and 0 <= value <= 1,
    "mutate": lambda value: isinstance(value, list) and all(name in list(ODDITIES) for name in value),
    "shorten": is_size,
    "chunked": is_flag,
    "same_token": is_flag,
    "name": lambda value: isinstance(value, str),
}
