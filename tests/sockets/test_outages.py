"""Redis or Zoom away, silent, full, back again: an outage is called an outage, and ends without a restart."""

import time

import pytest
import requests

from devtools.processes import free_port
from tests.sockets.remote import Zoom, connect

ME = "/zoom/api/v2/users/me"


@pytest.fixture
def house(serve_app, serve_sandbox, redis_process):
    """App, sandbox and a Redis of its own, with somebody connected."""
    redis = redis_process(appendonly="yes", maxmemory_policy="noeviction")
    port = free_port()
    zoom = Zoom(serve_sandbox(f"http://127.0.0.1:{port}", story="quiet-day"))
    zoom.tell("switches", auto_consent=True)
    app = serve_app(redis.url, zoom.url, port=port)
    return app, zoom, redis, connect(app.url)


def timed(browser, url, **more):
    begun = time.monotonic()
    answer = browser.get(url, timeout=40, **more)
    return answer, time.monotonic() - begun


@pytest.mark.parametrize("trouble", ["kill", "freeze"])
def test_redis_away_is_said_within_three_seconds_and_ends_by_itself(house, trouble):
    app, _, redis, browser = house
    getattr(redis, trouble)()

    answer, seconds = timed(browser, app.url + ME)
    page, _ = timed(browser, app.url + "/meetings", headers={"Accept": "text/html"})
    alive, _ = timed(browser, app.url + "/healthz")
    ready, _ = timed(browser, app.url + "/readyz")

    assert (answer.status_code, answer.json()["error"]) == (503, "store_unavailable")
    assert seconds < 3
    assert (page.status_code, alive.status_code, ready.status_code) == (503, 200, 503)
    assert "text/html" in page.headers["Content-Type"]

    redis.thaw() if trouble == "freeze" else redis.start(appendonly="yes")
    assert browser.get(app.url + ME).status_code == 200
    assert requests.get(app.url + "/readyz").status_code == 200


def test_a_full_redis_costs_no_refresh_token(house):
    app, zoom, redis, browser = house
    with redis.client() as client:
        client.config_set("maxmemory", "1")
    zoom.expire_tokens()
    zoom.clear()

    answer = browser.get(app.url + ME)

    assert (answer.status_code, answer.json()["error"]) == (503, "store_unavailable")
    assert zoom.count("POST /oauth/token") == 0
    with redis.client() as client:
        client.config_set("maxmemory", "0")
    assert browser.get(app.url + ME).status_code == 200


def test_a_flushed_redis_means_connect_again(house):
    app, _, redis, browser = house
    with redis.client() as client:
        client.flushall()

    answer = browser.get(app.url + ME)

    assert (answer.status_code, answer.json()["error"]) == (401, "unauthorized")


def test_zoom_away_is_a_bad_gateway(house):
    app, zoom, _, browser = house
    zoom.fault(route="GET /v2/users/me", drop="before")

    answer = browser.get(app.url + ME)

    assert (answer.status_code, answer.json()["error"]) == (502, "upstream_error")
    zoom.mend()
    assert browser.get(app.url + ME).status_code == 200
