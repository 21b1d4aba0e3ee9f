"""A deployment for one test: an app under gunicorn, an offline Zoom and a Redis, with one connected user."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from devtools.processes import free_port
from tests.sockets.remote import Zoom, connect
from tests.support.processes import HANG_SECONDS
from tests.support.redis_process import RedisProcess
from tests.support.servers import Served


@dataclass
class House:
    """The parts of a deployment that a test can break, and the browser of its connected user."""

    app: Served
    zoom: Zoom
    redis: RedisProcess
    browser: requests.Session
    again: Callable[[], Served]

    def call(self) -> requests.Response:
        """Send a proxied call on a new connection, which any worker may accept."""
        cookies = self.browser.cookies.get_dict()
        return requests.get(f"{self.app.url}/zoom/api/v2/users/me", cookies=cookies, timeout=HANG_SECONDS)


@pytest.fixture
def house(
    serve_app: Callable[..., Served],
    serve_offline_zoom: Callable[..., Served],
    redis_process: Callable[..., RedisProcess],
) -> Callable[..., House]:
    """A factory of deployments: ``house(workers=4)``. The offline Zoom's call log is empty at first."""

    def build(workers: int = 2, **settings: Any) -> House:
        redis = redis_process(appendonly="yes", maxmemory_policy="noeviction")
        port = free_port()
        zoom = Zoom(serve_offline_zoom(f"http://127.0.0.1:{port}", story="quiet-day"))
        zoom.control("switches", auto_consent=True)

        def start() -> Served:
            return serve_app(redis.url, zoom.url, workers=workers, port=port, **settings)

        app = start()
        built = House(app, zoom, redis, connect(app.url), start)
        zoom.clear()
        return built

    return build
