"""Values of response headers from outside: which of them may be sent on to a browser."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

#: RFC 9110 5.5, without the line breaks that old servers fold long values with. Servers refuse to send other values.
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_LENGTH = re.compile(r"\d{1,18}", re.ASCII)


def sendable(headers: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """Those of the headers with these names whose values can be sent on."""
    values = {name: headers.get(name) for name in names}
    return {name: value for name, value in values.items() if value is not None and _VALUE.fullmatch(value)}


def content_length(headers: Mapping[str, str]) -> str:
    """The length that the headers give; empty if there is none, or none that is a number."""
    value = headers.get("Content-Length", "").strip()
    return value if _LENGTH.fullmatch(value) else ""
