"""Decodes the body of a response: unpacks gzip up to a size limit."""

from __future__ import annotations

import zlib

#: A gzip file may have several members, one after another (RFC 1952 2.2); Zoom sends one.
MAX_MEMBERS = 16


def decoded(encoding: str, body: bytes, most_bytes: int) -> bytes | None:
    """The body as text, all gzip members of it; None if that is broken, larger, or in another encoding."""
    if encoding in ("", "identity"):
        return body
    if encoding != "gzip":
        return None
    members: list[bytes] = []
    bytes_left = most_bytes
    for _ in range(MAX_MEMBERS):
        reader = zlib.decompressobj(wbits=31)
        try:
            member = reader.decompress(body, bytes_left + 1)
        except zlib.error:
            return None
        bytes_left -= len(member)
        if not reader.eof or bytes_left < 0:
            return None
        members.append(member)
        body = reader.unused_data
        if not body:
            return b"".join(members)
    return None
