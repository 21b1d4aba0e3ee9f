"""A 429 is a rate limit error in every encoding and with every body."""

import gzip
import io
import json

import pytest
from urllib3 import HTTPResponse

from offline_zoom.faults import DAILY
from tests.support.people import NOON
from zoomapp.zoom.client import Answer
from zoomapp.zoom.refusals import rate_limit_error

WORDS = json.dumps({"code": 429, "message": DAILY}).encode()


def refusal(body, **headers):
    all_headers = {"Content-Length": str(len(body)), **headers}
    return Answer(
        429,
        all_headers,
        HTTPResponse(io.BytesIO(body), all_headers, preload_content=False, decode_content=False),
        "GET",
    )


@pytest.mark.parametrize(("body", "encoding"), [(WORDS, "identity"), (gzip.compress(WORDS, mtime=0), "gzip")])
def test_the_message_of_a_429_is_read_in_every_encoding(body, encoding):
    limit = rate_limit_error(refusal(body, **{"Content-Encoding": encoding}), NOON)

    assert (limit.daily, limit.retry_after, limit.detail) == (True, 50_400, DAILY)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", gzip.compress(WORDS, mtime=0)])
def test_a_429_without_a_message_is_a_rate_limit_error_too(body):
    limit = rate_limit_error(refusal(body, **{"Retry-After": "7"}), NOON)

    assert (limit.daily, limit.retry_after, limit.detail) == (False, 7, "")
