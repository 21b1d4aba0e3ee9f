"""What an answer of Zoom's means: a 4xx is a refusal, a 429 a limit, everything without JSON an outage."""

import gzip
import io
import json

import pytest
from urllib3 import HTTPResponse

from offline_zoom.fault_presets import DAILY, PER_SECOND, PER_USER
from tests.support.people import NOON
from zoomapp.errors import (
    InvalidFields,
    MissingScope,
    NotFound,
    PlanRequired,
    RateLimited,
    Redirected,
    UpstreamError,
    ZoomRefused,
)
from zoomapp.user_api.user_client import refuses_token
from zoomapp.zoom.client import Answer
from zoomapp.zoom.refusals import parse_response

HTML = b"<!DOCTYPE html><html><head><title>403 Forbidden</title></head><body>No</body></html>"
UNESCAPED = b'{"code":104,"message":"Invalid access token, does not contain scopes:["a:read","b:read"]."}'


def answer(status, body=b"", length=None, **headers):
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Content-Length": str(len(body) if length is None else length), **headers}
    raw = HTTPResponse(io.BytesIO(body), headers, preload_content=False, decode_content=False)
    return Answer(status, headers, raw, "GET")


def meaning(*args, **headers):
    with pytest.raises((ZoomRefused, UpstreamError)) as raised:
        parse_response(answer(*args, **headers), NOON)
    return raised.value


@pytest.mark.parametrize(
    ("body", "topic"),
    [
        (b'{"topic":"Team \xf0\x9f"}', "Team \ufffd"),
        (b'{"topic":"Team \\ud83d"}', "Team \ufffd"),
        (b'\xef\xbb\xbf{"topic":"Team"}', "Team"),
    ],
)
def test_only_the_invalid_characters_of_a_text_are_replaced(body, topic):
    assert parse_response(answer(200, body), NOON) == {"topic": topic}


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410, 418, 422, 451])
@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'""', b"7", b"{}", HTML, b'{"code":', b"\xff\xfe", b"[" * 9000])
def test_a_4xx_with_any_body_is_a_refusal(status, body):
    error = meaning(status, body)

    assert isinstance(error, ZoomRefused)
    assert (error.zoom_status, error.zoom_code) == (status, 0)
    assert isinstance(error, NotFound) == (status == 404)


def test_a_truncated_4xx_is_a_refusal():
    cut = answer(404, b'{"code":3001,"message":"Meeting does not', length=500)
    cut._raw.read = _broken

    with pytest.raises(NotFound):
        parse_response(cut, NOON)


def _broken(*args, **more):
    raise OSError("connection reset")


@pytest.mark.parametrize(
    ("status", "body", "code", "message"),
    [
        (400, {"code": 1010, "message": "User does not belong."}, 1010, "User does not belong."),
        (400, {"code": "3161", "message": ["x"]}, 3161, ""),
        (403, {"status": False, "errorCode": 124, "errorMessage": "Forbidden"}, 124, "Forbidden"),
        (403, HTML, 0, "403 Forbidden"),
        (409, b'{"code":1005,"message":"Already "in" use."}', 1005, 'Already "in" use.'),
        (200, {"status": False, "errorCode": 124, "errorMessage": "Forbidden"}, 124, "Forbidden"),
    ],
)
def test_the_message_of_a_refusal_is_read_as_far_as_possible(status, body, code, message):
    error = meaning(status, body)

    assert (error.zoom_code, error.zoom_message) == (code, message)


@pytest.mark.parametrize(
    "body",
    [
        UNESCAPED,
        b'{"code":4711,"message":"Invalid access token, does not contain scopes:[a:read, b:read]."}',
        b'{"code":4700,"message":"Invalid access token, does not contain scopes: [\\"a:read\\",\\"b:read\\"]."}',
        b'{"code":104,"message":"Invalid access token, does not contain scopes:[a:read,b:read].","errors":["x',
    ],
)
@pytest.mark.parametrize("status", [400, 401])
def test_a_missing_scope_is_named_also_in_broken_json(status, body):
    error = meaning(status, body)

    assert isinstance(error, MissingScope)
    assert error.scopes == ("a:read", "b:read")
    assert not refuses_token(answer(status, body))


def test_a_plan_and_invalid_fields_are_named_by_their_codes():
    errors = [{"field": "topic", "message": "Too long."}, "broken", {"field": 7}]

    assert isinstance(meaning(400, {"code": 200, "message": "Only available for paid account."}), PlanRequired)
    invalid = meaning(400, {"code": 300, "message": "Validation Failed.", "errors": errors})
    assert isinstance(invalid, InvalidFields)
    assert invalid.fields == (("topic", "Too long."), ("7", ""))
    assert meaning(400, {"code": 300, "message": "Validation Failed.", "errors": "x"}).fields == ()


@pytest.mark.parametrize("status", [500, 502, 503, 504, 599])
@pytest.mark.parametrize("body", [b"", HTML, b'{"code":3001,"message":"Meeting does not exist."}'])
def test_every_5xx_is_an_outage(status, body):
    error = meaning(status, body)

    assert isinstance(error, UpstreamError)
    assert not isinstance(error, RateLimited)


@pytest.mark.parametrize("status", [200, 201, 206])
@pytest.mark.parametrize(
    "body", [b"", b"  ", HTML, b'{"meetings":[', b"[" * 9000, gzip.compress(b"[]", mtime=0), b"[" * 200]
)
def test_a_2xx_without_json_is_an_outage(status, body):
    assert isinstance(meaning(status, body), UpstreamError)


def test_json_that_is_nested_too_deep_to_be_stored_is_an_outage():
    assert isinstance(meaning(200, b"[" * 3000 + b"]" * 3000), UpstreamError)
    assert parse_response(answer(200, b"[" * 50 + b"]" * 50), NOON)


@pytest.mark.parametrize("status", [202, 204])
def test_a_success_without_a_body_is_no_failure(status):
    assert parse_response(answer(status), NOON) is None


@pytest.mark.parametrize(
    ("status", "body", "daily"),
    [
        (429, {"code": 4001, "message": PER_SECOND}, False),
        (429, {"code": 429, "message": DAILY}, True),
        (429, {"code": 429, "message": PER_USER}, True),
        (429, HTML, False),
        (429, b"", False),
        (400, {"code": 4001, "message": PER_SECOND}, False),
        (403, {"code": 429, "message": "Slow down."}, False),
        (400, {"code": 429, "message": PER_USER}, True),
        (400, {"code": 0, "message": "Too many concurrent requests. Try again."}, False),
        (403, b'{"code":429,"message":"You have reached the "maximum" daily rate limit for this API."}', True),
    ],
)
def test_a_rate_limit_is_recognized_by_status_code_and_message(status, body, daily):
    error = meaning(status, body)

    assert isinstance(error, RateLimited)
    assert error.daily == daily


def test_code_4001_with_another_message_is_no_rate_limit():
    assert not isinstance(meaning(400, {"code": 4001, "message": "Not supported."}), RateLimited)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_of_the_api_has_its_own_message(status):
    error = meaning(status, b"", Location="https://file.example/clip")

    assert isinstance(error, Redirected)
    assert "Zoom answered with a redirect, which this app does not follow" in error.detail
    assert "Zoom answered with a redirect, which this app does not follow" in error.message


@pytest.mark.parametrize(
    ("status", "body", "refused"),
    [
        (401, b"", True),
        (401, HTML, True),
        (400, {"code": 124, "message": "Access token is expired."}, True),
        (403, {"code": "124", "message": "x"}, True),
        (400, b'{"code":124,"message":"Access "token" expired"}', True),
        (403, {"status": False, "errorCode": 124}, True),
        (400, {"code": 1010}, False),
        (429, {"code": 124}, False),
        (500, {"code": 124}, False),
        (200, {"code": 124}, False),
        (401, b'{"code":124,"message":"Invalid access token, does not contain scopes:[a', False),
    ],
)
def test_a_refused_token_is_recognized_by_401_or_code_124(status, body, refused):
    assert refuses_token(answer(status, body)) == refused


def test_a_truncated_answer_is_not_relayed_as_complete():
    cut = answer(404, b'{"code":3001', length=500)
    cut._raw.read = _broken
    refuses_token(cut)

    with pytest.raises(UpstreamError):
        cut.whole()
