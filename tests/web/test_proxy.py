"""The API proxy: valid requests are sent unchanged, others are refused, and Zoom's answers are passed on."""

import gzip
import io
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPResponse

from offline_zoom.faults import Fault
from tests.support.processes import HANG_SECONDS
from zoomapp import deadline
from zoomapp.web.proxy import incoming
from zoomapp.zoom.client import Answer

ME = "/zoom/api/v2/users/me"


def test_a_call_reaches_zoom_as_the_signed_in_user(dana):
    answer = dana.get(ME)

    assert (answer.status_code, answer.json["id"]) == (200, dana.id)
    assert answer.headers["X-Zm-Trackingid"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_proxied_call_without_a_user_gets_401(anyone):
    answer = anyone.get(ME)

    assert (answer.status_code, answer.json["error"]) == (401, "unauthorized")
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]
    assert "Set-Cookie" not in answer.headers


def test_revoked_token_is_replaced_once(dana, world):
    world.revoke_access_tokens()

    answer = dana.get(ME)

    assert answer.json["id"] == dana.id
    assert world.calls.count("POST /oauth/token") == 1
    assert world.calls.count("GET /v2/users/me") == 2


def test_a_refused_fresh_token_returns_zooms_own_answer(dana, world):
    words = {"code": 124, "message": "Invalid access token."}
    world.faults.append(Fault("GET /v2/users/me", 401, body=words))

    answer = dana.get(ME)

    assert (answer.status_code, answer.json) == (401, words)
    assert world.calls.count("GET /v2/users/me") == 2
    assert world.calls.count("POST /oauth/token") == 1


def test_a_missing_scope_sent_as_401_causes_no_refresh(dana, world):
    words = {"code": 4700, "message": "Invalid access token, does not contain scopes:[a, b]."}
    world.faults.append(Fault("GET /v2/users/me", 401, body=words))

    answer = dana.get(ME)

    assert (answer.status_code, answer.json) == (401, words)
    assert world.calls.count("POST /oauth/token") == 0


@pytest.mark.parametrize(
    "target",
    [
        "/v2/past_meetings/%252FI84Pj7PRnR0S%252BzLVAnH1w%253D%253D/participants?page_size=30",
        "/v2/past_meetings/5%252BqTtJW0yMSkA%252F%252FC45lemw%253D%253D",
        "/v2/past_meetings/mZ%2ff3MfttxSz5wUidTLRvw%3d%3D",
        "/v2/users/me/meetings?b=2&a=1&a=%2b|x&empty=",
    ],
)
def test_request_targets_reach_zoom_byte_for_byte(dana, world, target):
    dana.get("/zoom/api" + target)

    call = world.calls.all()[-1]
    assert call.path + ("?" + call.query if call.query else "") == target


def test_a_twice_encoded_uuid_finds_its_meeting(dana):
    answer = dana.get("/zoom/api/v2/past_meetings/%252FI84Pj7PRnR0S%252BzLVAnH1w%253D%253D")

    assert (answer.status_code, answer.json["uuid"]) == (200, "/I84Pj7PRnR0S+zLVAnH1w==")


@pytest.mark.parametrize(
    "path", ["/zoom/api/oauth/token", "/zoom/api/v2/%2e%2e/oauth/token", "/zoom/api/v2//x", "/zoom/api/"]
)
def test_a_target_outside_the_api_is_refused_before_a_token_is_loaded(dana, world, path):
    answer = dana.get(path)

    assert (answer.status_code, answer.json["error"]) == (400, "bad_request")
    assert len(world.calls) == 0


def test_an_overlong_target_is_refused(dana):
    answer = dana.get(ME + "?q=" + "a" * 7000)

    assert (answer.status_code, answer.json["error"]) == (414, "uri_too_long")


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "OPTIONS", "PROPFIND"])
def test_other_methods_are_refused(dana, world, method):
    answer = dana.browser.open(ME, method=method)

    assert (answer.status_code, answer.json["error"]) == (405, "method_not_allowed")
    assert len(world.calls) == 0


def test_a_meeting_is_created_changed_and_deleted(dana):
    made = dana.post(ME + "/meetings", json={"topic": "Büro", "type": 2, "start_time": "2026-03-05T10:00:00Z"})
    path = f"/zoom/api/v2/meetings/{made.json['id']}"

    changed = dana.browser.patch(path, json={"topic": "Atelier"})

    assert (made.status_code, changed.status_code, changed.data) == (201, 204, b"")
    assert dana.get(path).json["topic"] == "Atelier"
    assert dana.browser.delete(path).status_code == 204
    assert (dana.get(path).status_code, dana.get(path).json["code"]) == (404, 3001)


def test_only_listed_request_headers_reach_zoom(dana, world):
    dana.get(
        ME,
        headers={
            "Authorization": "Bearer mine",
            "X-Forwarded-For": "10.0.0.1",
            "X_Forwarded_For": "10.0.0.1",
            "Forwarded": "for=10.0.0.1",
            "Origin": "http://localhost",
            "Connection": "keep-alive, X-Hop",
            "X-Hop": "1",
            "Accept-Language": "de",
        },
    )

    sent = {name.lower(): value for name, value in world.calls.all()[-1].headers.items()}
    assert sent["authorization"].startswith("Bearer ") and sent["authorization"] != "Bearer mine"
    assert sent["accept-language"] == "de"
    assert not {"cookie", "x-forwarded-for", "forwarded", "origin", "x-hop", "x_forwarded_for"} & set(sent)


def test_only_listed_response_headers_of_zoom_are_passed_on(dana, world):
    headers = {
        "Set-Cookie": "a=b",
        "Content-Security-Policy": "default-src *",
        "Access-Control-Allow-Origin": "*",
        "Location": "https://evil.example",
        "X-RateLimit-Remaining": "7",
    }
    world.faults.append(Fault("GET /v2/users/me", 200, headers, {"id": "x"}))

    answer = dana.get(ME)

    assert answer.headers["X-RateLimit-Remaining"] == "7"
    assert "default-src *" not in answer.headers["Content-Security-Policy"]
    assert not {"Set-Cookie", "Access-Control-Allow-Origin", "Location"} & set(answer.headers.keys())


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_passed_on(dana, world, status):
    world.faults.append(Fault("GET /v2/users/me", status, {"Location": "https://evil.example/"}))

    answer = dana.get(ME)

    assert (answer.status_code, answer.json["error"]) == (502, "upstream_error")


def test_an_html_response_is_not_passed_on(dana, world):
    world.faults.add("bad-gateway")

    answer = dana.get(ME)

    assert (answer.status_code, answer.json["error"]) == (502, "upstream_error")
    assert b"<html" not in answer.data


@pytest.mark.parametrize("status", [400, 403, 404, 413])
def test_an_html_refusal_keeps_its_status_and_message(dana, world, status):
    page = "<html><head><title>Request refused</title></head><script>alert(1)</script></html>"
    world.faults.append(Fault("GET /v2/users/me", status, {"Content-Type": "text/html; charset=utf-8"}, page))

    answer = dana.get(ME)

    assert (answer.status_code, answer.mimetype) == (status, "application/json")
    assert (answer.json["error"], answer.json["code"], answer.json["message"]) == ("zoom_refused", 0, "Request refused")
    assert b"<script" not in answer.data


def test_zooms_refusals_are_passed_on_unchanged(dana, world):
    world.faults.add("missing-scope")

    answer = dana.get(ME)

    assert (answer.status_code, answer.json["code"]) == (400, 4711)


JSON = {"Content-Type": "application/json;charset=UTF-8"}


@pytest.mark.parametrize("status", [500, 502, 503])
def test_server_errors_of_zoom_with_json_are_passed_on_unchanged(dana, world, status):
    words = {"code": 5000, "message": "Something is wrong at Zoom."}
    world.faults.append(Fault("GET /v2/users/me", status, JSON, words))

    answer = dana.get(ME)

    assert (answer.status_code, answer.json) == (status, words)


def test_a_compressed_server_error_with_json_is_passed_on_unchanged():
    packed = gzip.compress(b'{"code":5000}', mtime=0)
    raw = HTTPResponse(io.BytesIO(packed), preload_content=False)

    relayed = incoming(Answer(500, CaseInsensitiveDict(JSON | {"Content-Encoding": "gzip"}), raw, "GET"), "GET", 0.0)

    assert (relayed.status, relayed.body) == (500, packed)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, ""),
        (JSON, ""),
        (JSON, "  "),
        (JSON, "<b>Bad gateway</b>"),
        (JSON, '{"code":'),
        (JSON, "[" * 100_000),
        (JSON, "x" * 300_000),
        (JSON | {"Content-Encoding": "gzip"}, "not gzip"),
        ({"Content-Type": "text/plain"}, "upstream connect error"),
    ],
    ids=["nothing", "nothing of JSON", "blank", "HTML", "half", "deep", "large", "not gzip", "text"],
)
@pytest.mark.parametrize("status", [500, 503])
def test_a_server_error_without_json_is_a_bad_gateway(dana, world, status, headers, body):
    world.faults.append(Fault("GET /v2/users/me", status, headers, body))

    answer = dana.get(ME)

    assert (answer.status_code, answer.json["error"]) == (502, "upstream_error")


def test_a_server_error_without_json_is_a_bad_gateway_in_a_batch(dana, world):
    world.faults.append(Fault("GET /v2/users/me", 500, {}, ""))

    answer = dana.post("/zoom/api/batch", json={"requests": ["/users/me"]})

    (found,) = answer.json["answers"]
    assert (found["status"], found["body"]["error"]) == (502, "upstream_error")


@pytest.mark.parametrize(
    ("preset", "seconds"), [("per-second-limit-bare", 1), ("daily-limit", 50400), ("user-limit", 50400)]
)
def test_a_rate_limited_call_has_retry_after_in_seconds(dana, world, preset, seconds):
    world.faults.add(preset)

    answer = dana.get(ME)

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, str(seconds))
    assert (answer.json["error"], answer.json["code"]) == ("rate_limited", 429)


def test_a_get_is_repeated_at_most_once(dana, world):
    world.faults.append(Fault("GET /v2/users/me", drop="before"))

    answer = dana.get(ME)

    assert (answer.status_code, answer.json["error"]) == (502, "upstream_error")
    assert world.calls.count("GET /v2/users/me") == 2


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ME), ("POST", ME + "/meetings"), ("GET", "/meetings"), ("GET", "/zoom/api/v2/metrics/meetings")],
)
def test_every_request_has_less_than_28_seconds(dana, world, method, path):
    closed = []
    world.sleep = lambda seconds: closed.append(deadline.remaining(1000))
    world.faults.append(Fault("* /v2/**", delay=0.1))

    dana.browser.open(path, method=method, json={} if method == "POST" else None)

    assert closed and all(20 < seconds <= 27 for seconds in closed)


def test_a_get_without_an_answer_is_repeated_once(dana, world):
    world.faults.add("dropped-before")

    assert dana.get(ME).status_code == 200
    assert world.calls.count("GET /v2/users/me") == 2


@pytest.mark.parametrize("preset", ["dropped-before", "dropped-after"])
def test_a_write_is_sent_at_most_once(dana, world, preset):
    world.faults.add(preset, route="POST /v2/users/me/meetings")

    answer = dana.post(ME + "/meetings", json={"topic": "Once", "type": 1})

    assert (answer.status_code, answer.json["error"]) == (502, "upstream_error")
    assert world.calls.count("POST /v2/users/me/meetings") == 1


def test_a_slow_answer_of_zoom_gives_504(dana, world):
    world.faults.append(Fault("GET /v2/users/me", delay=60))

    answer = dana.get(ME)

    assert (answer.status_code, answer.json["error"]) == (504, "upstream_timeout")


def test_a_truncated_answer_is_not_passed_on_as_complete(dana, world):
    world.faults.add("cut-body")

    answer = dana.get(ME)

    assert (answer.status_code, answer.json["error"]) == (502, "upstream_error")


def test_compressed_answers_are_passed_on_unchanged(dana, world):
    packed = gzip.compress(b'{"id":"x"}', mtime=0)
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    world.faults.append(Fault("GET /v2/users/me", 200, headers, packed.decode("latin-1")))

    answer = dana.get(ME, headers={"Accept-Encoding": "gzip"})

    assert answer.headers["Content-Encoding"] == "gzip"


def test_a_body_over_the_limit_is_refused(dana, world):
    answer = dana.post(ME + "/meetings", data=b"x" * (1024 * 1024 + 1), content_type="application/json")

    assert (answer.status_code, answer.json["error"]) == (413, "too_large")
    assert len(world.calls) == 0


def test_an_incomplete_request_body_is_not_sent_to_zoom(dana, world):
    half = io.BytesIO(b'{"topic":"half')
    environ = {"wsgi.input": half, "CONTENT_LENGTH": "40", "wsgi.input_terminated": True}

    answer = dana.post(ME + "/meetings", environ_overrides=environ, content_type="application/json")

    assert (answer.status_code, answer.json["error"]) == (400, "bad_request")
    assert len(world.calls) == 0


def test_no_user_gets_the_answer_of_another_user(dana, priya):
    assert dana.get(ME).json["id"] != priya.get(ME).json["id"]


@pytest.mark.parametrize("path", [ME, ME + "/meetings?type=scheduled"], ids=["relayed", "kept"])
def test_no_concurrent_user_gets_the_answer_of_another_user(dana, priya, app, path):
    own = {person.browser.get_cookie("zoomapp").value: person.get(path).data for person in (dana, priya)}
    first, second = own.values()
    assert first != second
    together = threading.Barrier(16)

    def ask(number):
        """Whose cookie it was, and the twenty answers."""
        cookie = list(own)[number % 2]
        browser = app.test_client()
        browser.set_cookie("zoomapp", cookie)
        together.wait(HANG_SECONDS)
        # Every second call bypasses the cache. Cached answers are shared between threads, but not between users.
        cache_headers = ({}, {"Cache-Control": "no-cache"})
        return cookie, {browser.get(path, headers=cache_headers[turn % 2]).data for turn in range(20)}

    with ThreadPoolExecutor(16) as pool:
        answered = list(pool.map(ask, range(16)))

    assert all(names == {own[cookie]} for cookie, names in answered)


def test_a_cookie_of_zoom_is_not_sent_with_the_next_users_call(dana, priya, world):
    world.faults.append(Fault("GET /v2/users/me", 200, {"Set-Cookie": "zm=dana; Path=/"}, {"id": "x"}, count=1))

    dana.get(ME)
    priya.get(ME)

    assert not any("cookie" in {name.lower() for name in call.headers} for call in world.calls.all())


def test_large_numbers_keep_every_digit(dana, world):
    world.faults.append(Fault("GET /v2/users/me", 200, body='{"id": 12345678901234567890123}'))

    assert b"12345678901234567890123" in dana.get(ME).data
