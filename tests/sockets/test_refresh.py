"""Two gunicorn workers, real Redis, a real token endpoint that takes a moment."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from devtools.processes import free_port
from tests.sockets.remote import Zoom, connect, spread

ME = "/zoom/api/v2/users/me"


@pytest.fixture
def pair(serve_app, serve_sandbox, redis_url):
    """An app of so many workers, and the sandbox behind it."""

    def start(workers=2, **settings):
        port = free_port()
        zoom = serve_sandbox(f"http://127.0.0.1:{port}", story="quiet-day")
        remote = Zoom(zoom)
        remote.tell("switches", auto_consent=True)
        return serve_app(redis_url, zoom.url, workers=workers, port=port, **settings), remote

    return start


def burst(app, zoom, browser, calls):
    """So many calls at once on an expired token: what they answered, and how often it was renewed."""
    zoom.expire_tokens()
    zoom.clear()
    with ThreadPoolExecutor(calls) as pool:
        answers = list(pool.map(lambda _: spread(browser, app.url + ME), range(calls)))
    return [answer.status_code for answer in answers], zoom.count("POST /oauth/token")


def test_fifty_calls_on_an_expired_token_make_one_renewal(pair):
    app, zoom = pair(workers=2)
    # Without a wait at the token endpoint a renewal is over before the second worker looks.
    zoom.fault(route="POST /oauth/token", delay=0.15, grant_type="refresh_token")
    browser = connect(app.url)

    for _ in range(3):
        assert burst(app, zoom, browser, 50) == ([200] * 50, 1)
