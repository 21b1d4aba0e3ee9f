"""Lines of a calendar file: moments, escaped text, folding (RFC 5545)."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo

LINE_OCTETS = 75
LOCAL, INSTANT = "%Y%m%dT%H%M%S", "%Y%m%dT%H%M%SZ"


def moment(name: str, at: datetime, zone: tzinfo | None) -> str:
    """A property with a moment: local time with its zone, or UTC."""
    return f"{name};TZID={zone}:{at.astimezone(zone):{LOCAL}}" if zone else f"{name}:{at.astimezone(UTC):{INSTANT}}"


def text(value: str) -> str:
    """A text value, escaped (3.3.11)."""
    escaped = value.replace("\\", "\\\\").replace(";", r"\;").replace(",", r"\,")
    return re.sub(r"\r\n|\r|\n", r"\\n", escaped)


def fold(line: str) -> Iterator[str]:
    """A line, split into lines of at most 75 octets between characters (3.1)."""
    piece, free = "", LINE_OCTETS
    for char in re.sub(r"[\x00-\x08\x0a-\x1f\x7f]", "", line):
        octets = len(char.encode())
        if octets > free:
            yield piece
            piece, free = " ", LINE_OCTETS - 1
        piece += char
        free -= octets
    yield piece
