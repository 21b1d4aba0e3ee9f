"""Which responses are cacheable: none with a secret, in any gzip member."""

import gzip

import pytest

from zoomapp.user_api.response_cache import is_cacheable

JSON = {"Content-Type": "application/json"}
GZIP = JSON | {"Content-Encoding": "gzip"}
HARMLESS = b'{"meetings":[{"topic":"Weekly","id":1}],"more":['
SECRET = b'{"start_url":"https://zoom.us/s/1?zak=x"}]}'


def members(*parts):
    return b"".join(gzip.compress(part, mtime=0) for part in parts)


def test_a_response_without_a_secret_is_cacheable():
    assert is_cacheable(JSON, HARMLESS)
    assert is_cacheable(GZIP, members(HARMLESS))
    assert is_cacheable(GZIP, members(HARMLESS, b"{}", b"]}"))


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
    assert not is_cacheable(GZIP, body)


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
    ids=["cut", "second cut", "trailing bytes", "second begun", "nothing", "not compressed"],
)
def test_a_response_that_cannot_be_searched_is_not_cacheable(body):
    assert not is_cacheable(GZIP, body)
