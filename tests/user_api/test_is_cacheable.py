"""Which answers may be cached: none with a secret in it, in whatever gzip member."""

import gzip
import tracemalloc

import pytest

from zoomapp.user_api.response_cache import MAX_DECODED_BYTES, is_cacheable
from zoomapp.zoom.content_encoding import MAX_MEMBERS, decoded

JSON = {"Content-Type": "application/json"}
PACKED = JSON | {"Content-Encoding": "gzip"}
HARMLESS = b'{"meetings":[{"topic":"Weekly","id":1}],"more":['
SECRET = b'{"start_url":"https://zoom.us/s/1?zak=x"}]}'
MEGABYTE = 1024 * 1024


def members(*parts):
    return b"".join(gzip.compress(part, mtime=0) for part in parts)


def test_a_response_without_a_secret_is_cacheable():
    assert is_cacheable(JSON, HARMLESS)
    assert is_cacheable(PACKED, members(HARMLESS))
    assert is_cacheable(PACKED, members(HARMLESS, b"{}", b"]}"))


@pytest.mark.parametrize(
    "body",
    [
        members(HARMLESS + SECRET),
        members(HARMLESS, SECRET),
        members(HARMLESS, b" ", b" ", SECRET),
        members(b"", HARMLESS, SECRET),
        members(HARMLESS + SECRET[:8], SECRET[8:]),
        members(HARMLESS, *[b" "] * 40, SECRET),
    ],
    ids=["one member", "second", "fourth", "after an empty one", "split over two", "after many"],
)
def test_a_response_with_a_secret_in_any_gzip_member_is_not_cacheable(body):
    assert not is_cacheable(PACKED, body)


@pytest.mark.parametrize(
    "body",
    [
        members(HARMLESS)[:-1],
        members(HARMLESS, b"]}")[:-9],
        members(HARMLESS) + b"trailing",
        members(HARMLESS) + b"\x1f\x8b\x08",
        b"",
        HARMLESS,
    ],
    ids=["cut", "second cut", "trailing bytes", "second begun", "nothing", "not packed"],
)
def test_a_response_that_cannot_be_searched_is_not_cacheable(body):
    assert not is_cacheable(PACKED, body)


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

    found = decoded("gzip", body, MAX_DECODED_BYTES)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found is None
    assert peak - before < 3 * MAX_DECODED_BYTES
