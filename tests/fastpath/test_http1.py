"""The fast transport's own parts; tests/zoom/test_exchange.py has what every transport does."""

import gc
import weakref

import pytest
import requests

from tests.zoom.test_exchange import ask, peer
from tests.zoom.test_transport import HEAD
from zoomapp.fastpath.http1 import Headers, Http1Transport, request_bytes
from zoomapp.zoom.transport import LostAnswer

__all__ = ["peer"]


@pytest.fixture
def transport():
    return Http1Transport()


def test_a_header_is_found_in_any_case_and_joined_when_repeated():
    headers = Headers.from_lines([(b"X-One", b"1"), (b"Vary", b"Origin"), (b"vary", b"Cookie")])

    assert headers["x-one"] == headers.get("X-ONE") == "1"
    assert headers["VARY"] == "Origin, Cookie"
    assert "Vary" in headers and "Age" not in headers and headers.get("Age", "") == ""


@pytest.mark.parametrize("value", ["a\r\nX-Injected: 1", "a\nb", "a\r", "caf\u2019"])
def test_a_header_value_with_a_line_break_is_refused(value):
    with pytest.raises(requests.RequestException):
        request_bytes("GET", "/v2/x", {"Accept": value}, b"")


def test_a_write_has_a_content_length_even_if_it_is_empty():
    assert b"\r\nContent-Length: 0\r\n" in request_bytes("POST", "/v2/x", {}, b"")
    assert request_bytes("PATCH", "/v2/x", {}, b"{}").endswith(b"Content-Length: 2\r\n\r\n{}")
    assert b"Content-Length" not in request_bytes("GET", "/v2/x", {}, b"")


def test_a_response_followed_by_bytes_that_are_no_http_is_lost(transport, peer):
    with pytest.raises(LostAnswer):
        ask(transport, peer([HEAD + b"{}x"]))


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_response_leaves_no_reference_cycle(transport, peer, method):
    gc.disable()
    try:
        reply = ask(transport, peer([HEAD + (b"{}" if method == "GET" else b"")]), method)
        reply.read(10)
        reference = weakref.ref(reply)
        del reply

        assert reference() is None
    finally:
        gc.enable()
