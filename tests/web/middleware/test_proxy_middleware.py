"""The proxy middleware: it gives the same response as Flask's route, without calling Flask."""

import re
from dataclasses import replace

import pytest

from offline_zoom.faults import Fault
from zoomapp.tokens.service import SKEW_SECONDS
from zoomapp.zoom.client import Answer

ME = "/zoom/api/v2/users/me"
LIST = ME + "/meetings?type=upcoming"
JSON = {"Content-Type": "application/json"}
#: What differs from answer to answer.
OWN = ("X-Request-Id", "X-Zm-Trackingid", "Age")
REFERENCE = re.compile(rb"\b[0-9a-f]{16}\b|\b[A-Z2-9]{4}-[A-Z2-9]{2}\b")


@pytest.fixture
def settings(settings):
    return replace(settings, fast_path=True)


@pytest.fixture
def lane(app):
    """The proxy middleware. Only the outermost middleware is in front of it."""
    return app.wsgi_app.app


@pytest.fixture
def flask_requests(lane, dana):
    """The paths that Flask is asked for, from Dana's sign-in on."""
    paths, flask = [], lane.app

    def noting(environ, start_response):
        paths.append(environ["PATH_INFO"])
        return flask(environ, start_response)

    lane.app = noting
    return paths


def both_ways(app, lane, person, method, path, **more):
    """The responses of the middleware and of Flask's route."""
    requests_seen, front = [], app.wsgi_app
    for way in (lane, lane.app):
        front.app = way
        answer = person.browser.open(path, method=method, **more)
        headers = sorted((name, value) for name, value in answer.headers.items() if name not in OWN)
        requests_seen.append((answer.status_code, headers, re.sub(REFERENCE, b"", answer.data)))
    front.app = lane
    return requests_seen


@pytest.mark.parametrize(
    ("method", "path", "more"),
    [
        ("GET", ME, {}),
        ("HEAD", ME, {}),
        ("GET", ME, {"headers": {"Sec-Fetch-Site": "same-origin", "Accept-Encoding": "gzip"}}),
        ("GET", ME, {"headers": {"Sec-Fetch-Site": "cross-site"}}),
        ("GET", ME, {"headers": {"Origin": "https://evil.example"}}),
        ("GET", ME + "/nothing", {}),
        ("GET", "/zoom/api/v2/%2e%2e/oauth/token", {}),
        ("GET", "/zoom/api/v2/users/me?access_token=x", {}),
        ("GET", ME, {"headers": {"Accept": "text/html", "Sec-Fetch-Site": "cross-site"}}),
        ("TRACE", ME, {}),
        ("OPTIONS", ME, {}),
        ("POST", ME + "/meetings", {"data": b"{", "headers": JSON}),
        ("POST", ME + "/meetings", {"data": b"x" * (1024 * 1024 + 1), "headers": JSON}),
        ("PATCH", "/zoom/api/v2/meetings/1", {"json": {"topic": "x"}}),
        ("DELETE", "/zoom/api/v2/meetings/1", {}),
    ],
)
def test_flask_and_the_middleware_return_the_same_response(app, lane, dana, method, path, more):
    short, usual = both_ways(app, lane, dana, method, path, **more)

    assert short == usual


@pytest.mark.parametrize(
    "fault",
    [
        Fault("GET /v2/users/me", 204),
        Fault("GET /v2/users/me", 301, {"Location": "https://evil.example/"}),
        Fault("GET /v2/users/me", 401, body={"code": 124, "message": "Invalid access token."}),
        Fault("GET /v2/users/me", 429, {"Retry-After": "7", "X-RateLimit-Type": "QPS"}, {"code": 429, "message": "x"}),
        Fault("GET /v2/users/me", 500, body={"code": 500, "message": "x"}),
        Fault("GET /v2/users/me", 200, {"Content-Type": "text/html"}, "<p>"),
        Fault("GET /v2/users/me", 403, {"Content-Type": "text/html"}, "<title>No</title>"),
        Fault("GET /v2/users/me", 200, {"Set-Cookie": "a=b", "X-RateLimit-Remaining": "7"}, {"id": "ü"}),
        Fault("GET /v2/users/me", 200, JSON, "x" * 300_000),
        Fault("GET /v2/users/me", delay=60),
    ],
    ids=lambda fault: f"{fault.status or 'late'}-{len(str(fault.body))}",
)
def test_flask_and_the_middleware_return_zooms_answer_in_the_same_way(app, lane, dana, world, fault):
    world.faults.append(fault)

    short, usual = both_ways(app, lane, dana, "GET", ME)

    assert short == usual


def test_flask_and_the_middleware_return_the_same_response_to_visitors(app, lane, anyone):
    short, usual = both_ways(app, lane, anyone, "GET", ME)

    assert short == usual
    assert short[0] == 401


def test_flask_and_the_middleware_serve_the_same_cached_response(app, lane, dana):
    tag = dana.get(LIST).headers["ETag"]

    hits = both_ways(app, lane, dana, "GET", LIST)
    unchanged = both_ways(app, lane, dana, "GET", LIST, headers={"If-None-Match": tag})

    assert hits[0] == hits[1] and ("X-Cache", "hit") in hits[0][1]
    assert unchanged[0] == unchanged[1] and unchanged[0][0] == 304


def test_the_middleware_serves_a_call_without_flask(flask_requests, dana):
    assert dana.get(ME).json["id"] == dana.id
    assert dana.post(ME + "/meetings", json={"topic": "x", "type": 1}).status_code == 201
    assert dana.get(LIST).status_code == 200
    assert flask_requests == []


def test_flask_answers_a_failed_call_without_sending_it_again(flask_requests, dana, world):
    world.faults.append(Fault("POST /v2/users/me/meetings", 502, {"Content-Type": "text/html"}, "<p>"))

    answer = dana.post(ME + "/meetings", json={"topic": "x", "type": 1})

    assert (answer.status_code, answer.json["error"]) == (502, "upstream_error")
    assert flask_requests == ["/zoom/api/v2/users/me/meetings"]
    assert world.calls.count("POST /v2/users/me/meetings") == 1


def test_a_failed_call_is_in_the_call_log(dana, world):
    world.faults.append(Fault("GET /v2/users/me", 502, {"Content-Type": "text/html"}, "<p>"))

    dana.get(ME)

    assert "502" in dana.look("/calls").text


@pytest.mark.parametrize("body", ["{}", "x" * 300_000], ids=["whole", "streamed"])
def test_the_response_is_sent_before_its_log_line_is_written(dana, world, caplog, body):
    world.faults.append(Fault("GET /v2/users/me", 200, JSON, body))
    caplog.set_level("INFO")
    caplog.clear()

    answer = dana.get(ME, buffered=False)
    sent = len(caplog.records)
    answer.close()

    [line] = caplog.records
    assert sent == 0
    assert (line.status, line.upstream[0]["status"]) == (200, 200)


def test_the_connection_to_zoom_is_released_when_the_browser_disconnects(dana, world, monkeypatch):
    world.faults.append(Fault("GET /v2/users/me", 200, JSON, "x" * 300_000))
    let_go, close = [], Answer.close
    monkeypatch.setattr(Answer, "close", lambda answer: let_go.append(answer) or close(answer))

    answer = dana.get(ME, buffered=False)
    before = len(let_go)
    answer.close()

    assert (before, len(let_go)) == (0, 1)


def test_a_call_renews_a_session_past_half_its_lifetime(dana, parts, clock):
    clock.tick(parts.settings.session_days * 86400 * 0.6)

    answer = dana.get(ME)

    assert answer.status_code == 200
    assert answer.headers["Set-Cookie"].startswith("zoomapp=")
    assert "Set-Cookie" not in dana.get(ME).headers


def test_the_session_is_read_once_by_flask_and_the_middleware_together(dana, parts, monkeypatch):
    pool, trips = parts.redis.connection_pool, []
    take = pool.get_connection
    monkeypatch.setattr(pool, "get_connection", lambda *names: trips.append(names) or take(*names))

    dana.get("/zoom/api/v2/%2e%2e/oauth/token")

    assert len(trips) == 1


def test_the_middleware_refreshes_an_expired_token(flask_requests, dana, clock, world):
    clock.tick(3600 - SKEW_SECONDS + 1)

    assert dana.get(ME).status_code == 200
    assert world.calls.count("POST /oauth/token") == 1
    assert flask_requests == []
