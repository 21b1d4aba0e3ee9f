"""Outages of Redis and Zoom: they are reported as outages, and end without a restart."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

ME = "/zoom/api/v2/users/me"


#: Ten times the limit of a request during an outage. Without a time limit of the app it would never end.
SAID_WITHIN_SECONDS = 30


def get(browser, url, **more):
    return browser.get(url, timeout=SAID_WITHIN_SECONDS, **more)


@pytest.mark.parametrize("trouble", ["kill", "freeze"])
def test_a_redis_outage_gives_503_and_the_app_recovers_by_itself(house, trouble):
    whole = house()
    app, redis, browser = whole.app, whole.redis, whole.browser
    getattr(redis, trouble)()

    answer = get(browser, app.url + ME)
    page = get(browser, app.url + "/meetings", headers={"Accept": "text/html"})
    alive = get(browser, app.url + "/healthz")
    ready = get(browser, app.url + "/readyz")

    assert (answer.status_code, answer.json()["error"]) == (503, "store_unavailable")
    assert (page.status_code, alive.status_code, ready.status_code) == (503, 200, 503)
    assert "text/html" in page.headers["Content-Type"]

    redis.thaw() if trouble == "freeze" else redis.start(appendonly="yes")
    assert browser.get(app.url + ME).status_code == 200
    assert requests.get(app.url + "/readyz").status_code == 200


@pytest.mark.parametrize("trouble", ["kill", "freeze"])
def test_twenty_concurrent_requests_all_get_the_outage_error(house, trouble):
    whole = house()
    getattr(whole.redis, trouble)()

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: whole.call(), range(20)))

    assert {answer.status_code for answer in answers} == {503}


def test_a_full_redis_loses_no_refresh_token(house):
    whole = house()
    app, zoom, redis, browser = whole.app, whole.zoom, whole.redis, whole.browser
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


def test_a_read_only_redis_serves_valid_tokens_and_loses_no_refresh_token(house):
    whole = house()
    with whole.redis.client() as client:
        client.replicaof("127.0.0.1", 1)  # a primary that is gone

    good = whole.call()
    whole.zoom.expire_tokens()
    expired = whole.call()

    assert good.status_code == 200
    assert (expired.status_code, expired.json()["error"]) == (503, "store_unavailable")
    assert whole.zoom.count("POST /oauth/token") == 0
    with whole.redis.client() as client:
        client.replicaof("NO", "ONE")
    assert whole.call().status_code == 200


def test_after_a_redis_flush_the_user_has_to_connect_again(house):
    whole = house()
    app, redis, browser = whole.app, whole.redis, whole.browser
    with redis.client() as client:
        client.flushall()

    answer = browser.get(app.url + ME)

    assert (answer.status_code, answer.json()["error"]) == (401, "unauthorized")


def test_an_unreachable_zoom_gives_502(house):
    whole = house()
    app, zoom, browser = whole.app, whole.zoom, whole.browser
    zoom.fault(route="GET /v2/users/me", drop="before")

    answer = browser.get(app.url + ME)

    assert (answer.status_code, answer.json()["error"]) == (502, "upstream_error")
    zoom.mend()
    assert browser.get(app.url + ME).status_code == 200
