"""JSON and text as bytes: as JavaScript writes them, and with bytes that are not UTF-8."""

from __future__ import annotations

import json
import re
from typing import Any

SURROGATES = re.compile("[\ud800-\udfff]")
#: surrogates except U+DC80 to U+DCFF, which stand for the bytes 80 to FF
NON_BYTE_SURROGATES = re.compile("[\ud800-\udc7f\udd00-\udfff]")


def stringify(value: Any, indent: int | None = None) -> bytes:
    """The bytes of ``JSON.stringify``: UTF-8, without spaces. Only a lone surrogate is escaped.

    ``indent`` adds spaces and line breaks. Zoom's own verifiers hash ``JSON.stringify(body)`` instead of the body:
    https://github.com/zoom/webhook-sample
    """
    separators = (",", ": ") if indent else (",", ":")
    text = json.dumps(whole_numbers(value), ensure_ascii=False, allow_nan=False, indent=indent, separators=separators)
    return SURROGATES.sub(escape, text).encode()


def raw_json(value: Any) -> bytes:
    """JSON in which the characters U+DC80 to U+DCFF become the bytes 80 to FF, so that it is not UTF-8."""
    text = json.dumps(value, ensure_ascii=False)
    return NON_BYTE_SURROGATES.sub(escape, text).encode(errors="surrogateescape")


def raw_text(text: str) -> bytes:
    """A text in UTF-8, in which the characters U+DC80 to U+DCFF become the bytes 80 to FF."""
    return NON_BYTE_SURROGATES.sub("\ufffd", text).encode(errors="surrogateescape")


def escape(found: re.Match[str]) -> str:
    """A character as JSON escapes it."""
    return f"\\u{ord(found[0]):04x}"


def whole_numbers(value: Any) -> Any:
    """The value with ``1`` for ``1.0``, as JavaScript has one kind of number."""
    if isinstance(value, dict):
        return {key: whole_numbers(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [whole_numbers(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
