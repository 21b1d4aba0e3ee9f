"""Decoding of gzip bodies: several members, limits of size and memory."""

import gzip
import tracemalloc

from zoomapp.zoom.content_encoding import MAX_MEMBERS, decoded

MEGABYTE = 1024 * 1024
MAX_BYTES = 4 * MEGABYTE


def members(*parts):
    return b"".join(gzip.compress(part, mtime=0) for part in parts)


def test_gzip_members_are_decoded_up_to_a_total_size():
    assert decoded("gzip", members(b"a" * 5, b"b" * 5), 10) == b"aaaaabbbbb"
    assert decoded("gzip", members(b"a" * 5, b"b" * 6), 10) is None
    assert decoded("gzip", members(b"a" * 10, b""), 10) == b"a" * 10
    assert decoded("gzip", members(b"a" * 11), 10) is None
    assert decoded("gzip", members(b"a", b"b"), 0) is None
    assert decoded("gzip", members(*[b"a"] * MAX_MEMBERS), 100) == b"a" * MAX_MEMBERS
    assert decoded("gzip", members(*[b"a"] * (MAX_MEMBERS + 1)), 100) is None


def test_decoding_many_gzip_members_uses_no_more_memory_than_allowed():
    body = members(*[bytes(3 * MEGABYTE)] * 8)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]

    found = decoded("gzip", body, MAX_BYTES)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found is None
    assert peak - before < 3 * MAX_BYTES
