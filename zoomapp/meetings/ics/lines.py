"""Lines of a calendar file: moments, escaped text, folding (RFC 5545)."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo

LINE_OCTETS = 75
LOCAL, INSTANT = "%Y%m%dT%H%M%S", "%Y%m%dT%H%M%SZ"


def moment(name: str, at: datetime, zone: tzinfo | None) -> str:
    return f"{name};TZID={zone}:{at.astimezone(zone):{LOCAL}}" if zone else f"{name}:{at.astimezone(UTC):{INSTANT}}"


def text(words: str) -> str:
    """Text with what would end it escaped (3.3.11)."""
    escaped = words.replace("\\", "\\\\").replace(";", r"\;").replace(",", r"\,")
    return re.sub(r"\r\n|\r|\n", r"\\n", escaped)


def fold(line: str) -> Iterator[str]:
    """A long line in pieces of at most 75 octets, no character cut in two (3.1)."""
    piece, room = "", LINE_OCTETS
    for char in re.sub(r"[\x00-\x08\x0a-\x1f\x7f]", "", line):
        width = len(char.encode())
        if width > room:
            yield piece
            piece, room = " ", LINE_OCTETS - 1
        piece += char
        room -= width
    yield piece
