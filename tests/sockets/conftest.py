"""A whole house: an app under gunicorn, the offline Zoom and a Redis of its own, with somebody connected."""

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
    """What a test of outages can break, and the browser that notices."""

    app: Served
    zoom: Zoom
    redis: RedisProcess
    browser: requests.Session
    again: Callable[[], Served]

    def call(self) -> requests.Response:
        """A proxied call, on a connection of its own: any worker may get it."""
        cookies = self.browser.cookies.get_dict()
        return requests.get(f"{self.app.url}/zoom/api/v2/users/me", cookies=cookies, timeout=HANG_SECONDS)


@pytest.fixture
def house(
    serve_app: Callable[..., Served],
    serve_offline_zoom: Callable[..., Served],
    redis_process: Callable[..., RedisProcess],
) -> Callable[..., House]:
    """A factory of houses: ``house(workers=4)``. Call logs are empty when it is handed over."""

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
