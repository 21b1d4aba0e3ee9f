"""A body as it was before its Content-Encoding."""

from __future__ import annotations

import zlib


def unpacked(encoding: str, body: bytes, most_bytes: int) -> bytes | None:
    """The body as text; None where it cannot be looked into: another encoding, broken, or larger than that."""
    if encoding in ("", "identity"):
        return body
    if encoding != "gzip":
        return None
    try:
        reader = zlib.decompressobj(wbits=31)
        text = reader.decompress(body, most_bytes)
    except zlib.error:
        return None
    return text if reader.eof else None
