"""Lenient JSON from outside: a field of an unexpected type is missing and counted.

Only a body that is not JSON, or lacks its list, raises. ``decode`` turns bytes into JSON values, ``JsonObject`` reads
the fields of one object, ``read_rows`` a list. Unreadable values are counted (``zoomapp_unreadable_values``) and logged
once per process, kind and field.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Any, Generic, TypeVar

import msgspec

from zoomapp import dates, metrics
from zoomapp.errors import UpstreamError

log = logging.getLogger(__name__)

Item = TypeVar("Item")

#: Larger numbers are no ids, sizes or seconds of Zoom's.
MAX_NUMBER = 10**18
_NUMBER = re.compile(r"-?\d{1,18}(\.\d{0,18})?", re.ASCII)
#: Half of a character outside the basic plane, without its other half. It cannot be encoded as UTF-8.
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
#: The code and the message in a body that is not JSON, such as one with unescaped quotes in its message.
_CODE = re.compile(r'"code"\s*:\s*"?(\d{1,9})\b')
_MESSAGE = re.compile(r'"message"\s*:\s*"(.*)"\s*[,}]', re.DOTALL)
#: The title of an HTML page, such as "403 Forbidden".
_TITLE = re.compile(r"<title>\s*([^<]{1,200}?)\s*</title>", re.IGNORECASE)
#: No answer of Zoom's is nested deeper.
MAX_DEPTH = 100
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))

_logged: set[tuple[str, str]] = set()


def decode(body: bytes) -> Any:
    """The JSON value in ``body``. Text that is not valid Unicode has U+FFFD in its place.

    Raises ValueError for a body that is not JSON.
    """
    if _is_too_deep(body):
        raise ValueError("JSON is nested too deep")
    try:
        return msgspec.json.decode(body)
    except RecursionError as error:
        raise ValueError("JSON is nested too deep") from error
    except ValueError:  # msgspec's errors and UnicodeDecodeError are ValueErrors
        text = body.decode("utf-8-sig", "replace")
    try:
        return _without_surrogates(json.loads(text, parse_constant=lambda name: None))
    except RecursionError as error:
        raise ValueError("JSON is nested too deep") from error


def refusal_words(body: bytes) -> tuple[int, str]:
    """Zoom's code and message in the body of a refusal, as far as they can be read; 0 and "" where there are none."""
    try:
        refusal = JsonObject(decode(body), "refusal")
        return refusal.number("code") or refusal.number("errorCode"), refusal.text("message", "errorMessage", "reason")
    except ValueError:
        text = body.decode("utf-8", "replace")
    code, message = _CODE.search(text), _MESSAGE.search(text) or _TITLE.search(text)
    return int(code[1]) if code else 0, message[1] if message else ""


class JsonObject:
    """The fields of one JSON object. Each method returns the value, or an empty one if it is missing or unreadable."""

    __slots__ = ("_fields", "_kind")

    def __init__(self, value: object, kind: str) -> None:
        """``kind``: what the object describes, such as "meeting"; names it in metrics and logs. "": count nothing.

        ``value`` may be a JsonObject: its fields are then read under this kind.
        """
        if isinstance(value, JsonObject):
            value = value._fields
        self._kind = kind
        self._fields: dict[str, Any] = value if isinstance(value, dict) else {}
        if value is not None and not isinstance(value, dict):
            count_unreadable(kind, "", value)

    def __bool__(self) -> bool:
        return bool(self._fields)

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    @property
    def fields(self) -> dict[str, Any]:
        """The object as Zoom sent it: what is stored, to be read again later."""
        return self._fields

    def get(self, name: str, default: Any = None) -> Any:
        """A field as Zoom sent it, for code that checks the type itself."""
        return self._fields.get(name, default)

    def text(self, *names: str) -> str:
        """The first of these fields that has a value. A number is written out, because Zoom sends ids both ways."""
        for name in names:
            value = self._fields.get(name)
            if isinstance(value, str):
                if stripped := value.strip():
                    return stripped
            elif isinstance(value, int) and not isinstance(value, bool):
                return str(value)
            elif value is not None:
                self._unreadable(name, value)
        return ""

    def number(self, name: str) -> int:
        """A whole number, also one that was sent as text; 0 if there is none."""
        return int(self.decimal(name) or 0)

    def decimal(self, name: str) -> float | int | None:
        """A number, also one that was sent as text. None if there is none."""
        value = self._fields.get(name)
        if isinstance(value, str) and _NUMBER.fullmatch(value):
            value = float(value) if "." in value else int(value)
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < MAX_NUMBER:
            return value
        self._missing(name, value)
        return None

    def numbers(self, name: str) -> list[int]:
        """Whole numbers: a list of them, text with commas between them, or one alone. Others are left out."""
        value = self._fields.get(name)
        items = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else [value]
        fields = (
            JsonObject({name: item.strip() if isinstance(item, str) else item}, self._kind).decimal(name)
            for item in items
        )
        return [int(number) for number in fields if number is not None and number == int(number)]

    def texts(self, name: str) -> list[str]:
        """The texts of a list; text alone is a list of one. Others, and empty ones, are left out."""
        value = self._fields.get(name)
        items = value if isinstance(value, list) else [value]
        fields = (JsonObject({name: item}, self._kind).text(name) for item in items)
        return [text for text in fields if text]

    def flag(self, name: str, default: bool = False) -> bool:
        """True or false; ``default`` if it is missing."""
        value = self._fields.get(name)
        if isinstance(value, str | int) and (text := str(value).lower()) in ("true", "false", "1", "0"):
            return text in ("true", "1")
        self._missing(name, value)
        return default

    def time(self, name: str, zone: tzinfo = UTC) -> datetime | None:
        """A moment in UTC; written without an offset it is local time in ``zone``."""
        value = self._fields.get(name)
        parsed = dates.parse(value, zone) if isinstance(value, str) else None
        if parsed is None:
            self._missing(name, value)
        return parsed

    def day(self, name: str) -> date | None:
        """A date without a time of day, or the date part of a moment."""
        value = self._fields.get(name)
        parsed = dates.parse(value[:10]) if isinstance(value, str) else None
        if parsed is None:
            self._missing(name, value)
        return parsed.date() if parsed else None

    def epoch_seconds(self, name: str) -> float | None:
        """A moment that Zoom sends in milliseconds since 1970, as seconds."""
        milliseconds = self.decimal(name)
        if milliseconds is None or not dates.FIRST_YEAR < 1970 + milliseconds / 31_556_952_000 < dates.LAST_YEAR:
            self._missing(name, milliseconds)
            return None
        return milliseconds / 1000

    def part(self, name: str, kind: str = "") -> JsonObject:
        """An object inside this one; without fields if there is none."""
        return JsonObject(self._fields.get(name), kind or (self._kind and f"{self._kind} {name}"))

    def mapping(self, name: str) -> dict[str, Any]:
        """An object inside this one, as Zoom sent it; empty if there is none."""
        return self.part(name)._fields

    def rows(self, name: str, kind: str = "") -> list[JsonObject]:
        """The objects of a list inside this one. What is not an object is left out."""
        value = self._fields.get(name)
        if not isinstance(value, list):
            self._missing(name, value)
            return []
        found = [JsonObject(row, kind or f"{self._kind} {name}") for row in value if isinstance(row, dict)]
        if len(found) < len(value):
            self._unreadable(name, value)
        return found

    def _missing(self, name: str, value: object) -> None:
        """Count a value that is there and has another type than was asked for."""
        if value is not None and value != "":
            self._unreadable(name, value)

    def _unreadable(self, name: str, value: object) -> None:
        count_unreadable(self._kind, name, value)


@dataclass(frozen=True)
class Rows(Generic[Item]):
    """The rows of a list that could be read. ``unreadable``: the number of rows that could not."""

    items: tuple[Item, ...]
    unreadable: int = 0

    def __iter__(self) -> Iterator[Item]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


def read_rows(body: object, name: str, read: Callable[[JsonObject], Item | None], kind: str) -> Rows[Item]:
    """The list called ``name`` of a response. ``read`` returns None for a row without what identifies it.

    Raises UpstreamError if the response has no such list: that is a failure, not an empty list.
    """
    rows = body.get(name) if isinstance(body, dict) else None
    if not isinstance(rows, list):
        raise UpstreamError(f"response without the list {name}")
    items = []
    for row in rows:
        item = read(JsonObject(row, kind)) if isinstance(row, dict) else None
        if item is None:
            count_unreadable(kind, "", row)
        else:
            items.append(item)
    return Rows(tuple(items), len(rows) - len(items))


def count_unreadable(kind: str, name: str, value: object) -> None:
    """Count one value or, without ``name``, one row that could not be read. The first of its sort is logged.

    Without ``kind`` nothing is counted.
    """
    if not kind:
        return
    metrics.unreadable_value(kind, name)
    if (kind, name) not in _logged:
        _logged.add((kind, name))
        log.warning("unreadable value", extra={"kind": kind, "field": name, "type": type(value).__name__})


def _is_too_deep(body: bytes) -> bool:
    """Whether JSON is nested deeper than MAX_DEPTH. Brackets in texts that do not match are not counted."""
    brackets = body.translate(None, _NO_BRACKETS)
    for _ in range(MAX_DEPTH):
        inner = brackets.replace(b"[]", b"").replace(b"{}", b"")
        if len(inner) == len(brackets):
            return False
        brackets = inner
    return bool(brackets)


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return _LONE_SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_without_surrogates(part) for part in value]
    if isinstance(value, dict):
        return {_without_surrogates(name): _without_surrogates(part) for name, part in value.items()}
    return value
