"""The archived version and the current one serve the same people from one Redis: during a deploy, after a rollback."""

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import pytest
import requests

from devtools.processes import free_port
from tests.sockets.remote import Zoom, connect
from tests.support.processes import status, until_started
from tests.support.servers import CLIENT_ID, CLIENT_SECRET, WEBHOOK_SECRET, Served, clean_environ
from tests.upgrade.versions import unpack

ME = "/zoom/api/v2/users/me"
REFRESH = "POST /oauth/token"
CALLS = 40


@dataclass
class BothVersions:
    """Two versions with one address, one Redis and one offline Zoom. ``cookies``: of somebody who is connected."""

    previous: Served
    current: Served
    zoom: Zoom
    cookies: dict[str, str]

    def call(self, version: Served, path: str = ME) -> requests.Response:
        """A request on a connection of its own: any worker may get it."""
        return requests.get(version.url + path, cookies=self.cookies, timeout=60, allow_redirects=False)

    def statuses_of_calls_at_once(self) -> set[int]:
        """Half of the calls go to each version, all at the same time."""
        versions = [self.previous, self.current] * (CALLS // 2)
        with ThreadPoolExecutor(CALLS) as pool:
            return {answer.status_code for answer in pool.map(self.call, versions)}


@pytest.fixture
def serve_previous(group, tmp_path):
    """A factory of archived apps under gunicorn, with the settings that ``serve_app`` gives to the current one."""
    folder = unpack(tmp_path / "previous")

    def serve(redis_url: str, zoom_url: str, public_url: str, workers: int) -> Served:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        environ = clean_environ(
            PUBLIC_URL=public_url,
            SECRET_KEY="a key of the tests, long enough for all",
            TOKEN_ENCRYPTION_KEYS="11" * 32,
            REDIS_URL=redis_url,
            ZOOM_HOST=zoom_url,
            ZOOM_API_HOST=zoom_url,
            ZOOM_CLIENT_ID=CLIENT_ID,
            ZOOM_CLIENT_SECRET=CLIENT_SECRET,
            ZOOM_WEBHOOK_SECRET=WEBHOOK_SECRET,
            WEB_CONCURRENCY=str(workers),
            PYTHONDONTWRITEBYTECODE="1",
        )
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            "-c",
            "gunicorn.conf.py",
            "--bind",
            f"127.0.0.1:{port}",
            "wsgi:app",
        ]
        # Where it is started decides which version is imported.
        child = group.start(f"previous-{port}", command, environ, folder)
        until_started(child, lambda: status(f"{url}/healthz") > 0)
        return Served(url, child, lambda: group.stop(child))

    return serve


@pytest.fixture
def both(serve_app, serve_previous, serve_offline_zoom, redis_process):
    """Both versions, each with two workers; Dana connected with the current one."""
    redis, port = redis_process(), free_port()
    public_url = f"http://127.0.0.1:{port}"
    zoom = Zoom(serve_offline_zoom(public_url, story="quiet-day"))
    zoom.control("switches", auto_consent=True)
    current = serve_app(redis.url, zoom.url, workers=2, port=port)
    previous = serve_previous(redis.url, zoom.url, public_url, workers=2)
    browser = connect(current.url)
    zoom.clear()
    return BothVersions(previous, current, zoom, browser.cookies.get_dict())


def test_two_versions_at_once_spend_a_refresh_token_once(both):
    # Without a wait at the token endpoint one version would be done before the other looks.
    both.zoom.fault(route=REFRESH, delay=0.4, grant_type="refresh_token")

    for _ in range(3):
        both.zoom.expire_tokens()
        both.zoom.clear()

        assert both.statuses_of_calls_at_once() == {200}
        assert both.zoom.count(REFRESH) == 1


def test_records_of_the_current_version_work_after_a_rollback(both):
    settings = {"zone_name": "Asia/Tokyo", "late_minutes": "17"}
    saved = requests.post(f"{both.current.url}/settings", settings, cookies=both.cookies, allow_redirects=False)
    both.zoom.expire_tokens()
    assert (saved.status_code, both.call(both.current).status_code) == (303, 200)

    both.current.stop()

    assert both.call(both.previous).status_code == 200
    assert "Times in Asia/Tokyo" in both.call(both.previous, "/settings").text
    both.zoom.expire_tokens()
    assert both.call(both.previous).status_code == 200


@pytest.mark.parametrize("starts", ["previous", "current"])
def test_a_signin_that_one_version_started_is_finished_by_the_other(both, starts):
    first, second = (both.previous, both.current) if starts == "previous" else (both.current, both.previous)
    to_consent = requests.get(f"{first.url}/api/zoomapp/install", allow_redirects=False, timeout=60)
    to_callback = requests.get(to_consent.headers["Location"], allow_redirects=False, timeout=60)
    callback = urlsplit(to_callback.headers["Location"])
    guest = replace(both, cookies=to_consent.cookies.get_dict())

    finished = guest.call(second, f"{callback.path}?{callback.query}")

    assert (finished.status_code, finished.headers["Location"]) == (302, "/")
    signed_in = replace(both, cookies=finished.cookies.get_dict())
    assert signed_in.call(first).status_code == 200
    assert signed_in.call(second).status_code == 200
