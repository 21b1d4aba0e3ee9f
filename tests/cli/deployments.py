"""A correct deployment for the doctor's tests, which break it: a real app behind a router, a real Redis."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from werkzeug.serving import make_server

from devtools.processes import free_port
from offline_zoom.world import World
from tests.support.people import COMPILED, Clock, Person, adapter
from tests.support.redis_process import RedisProcess
from zoomapp import create_app, services
from zoomapp.cli.doctor import examine
from zoomapp.cli.doctor.finding import Finding
from zoomapp.config import Settings

Router = Callable[[Any], Any]
OLD_KEY = b"an older key of 32 bytes, random"


@dataclass
class Deployment:
    """A test changes it before the doctor runs. ``router``: WSGI middleware in front of the app."""

    settings: Settings
    world: World
    clock: Clock
    redis: RedisProcess
    start_redis: Callable[..., RedisProcess]
    router: Router = lambda app: app
    running: bool = True
    port: int = field(default_factory=free_port)

    def set(self, **changes: Any) -> None:
        self.settings = replace(self.settings, **changes)

    def connect(self, name: str, *ring: bytes) -> None:
        """Connect a user while these are the encryption keys."""
        with _parts(replace(self.settings, public_url="http://localhost", token_encryption_keys=ring), self) as parts:
            assert Person(create_app(parts), self.world, name).connect().status_code == 302

    def problems(self) -> list[tuple[str, str]]:
        """The name and state of each finding that is not ok."""
        return [(finding.about, finding.state) for finding in self.findings() if finding.state != "ok"]

    def findings(self) -> list[Finding]:
        with _parts(self.settings, self) as parts, self._served(parts):
            return list(examine(parts))

    @contextmanager
    def _served(self, parts: services.Services) -> Iterator[None]:
        app = create_app(parts)
        app.jinja_env.bytecode_cache = COMPILED
        if not self.running:
            yield
            return
        server = make_server("127.0.0.1", self.port, self.router(app), threaded=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


@contextmanager
def _parts(settings: Settings, deployment: Deployment) -> Iterator[services.Services]:
    parts = services.build(settings, transport=adapter(deployment.world), clock=deployment.clock)
    yield parts
    parts.call_log.stop()
    parts.redis.connection_pool.disconnect()


def without(*names: str) -> Router:
    """A router that removes these response headers."""
    return _changing(lambda headers: [each for each in headers if each[0].lower() not in names])


def adding(name: str, value: str) -> Router:
    return _changing(lambda headers: [*headers, (name, value)])


def rewriting_cookies(old: str, new: str) -> Router:
    def change(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
        return [(name, value.replace(old, new) if name == "Set-Cookie" else value) for name, value in headers]

    return _changing(change)


def redirecting(app: Any) -> Any:
    """A router that redirects every request to another address."""

    def answer(environ: Any, start: Any) -> list[bytes]:
        start("301 Moved Permanently", [("Location", "https://www.rollcall.example/"), ("Content-Length", "0")])
        return [b""]

    return answer


def _changing(change: Callable[[list[tuple[str, str]]], list[tuple[str, str]]]) -> Router:
    def router(app: Any) -> Any:
        def answer(environ: Any, start: Any) -> Any:
            return app(environ, lambda status, headers, exc_info=None: start(status, change(headers), exc_info))

        return answer

    return router
