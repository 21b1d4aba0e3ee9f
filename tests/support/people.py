"""Fixtures for an app, an offline Zoom and people with browsers, all in one process; only Redis runs in its own."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from typing import Any, ClassVar
from urllib.parse import urlsplit

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from devtools.processes import wait_until
from offline_zoom.serving.requests_adapter import OfflineZoomAdapter
from offline_zoom.world import World
from tests.support.fast_path import FAST_PATH
from tests.support.processes import HANG_SECONDS
from tests.support.redis_process import RedisProcess
from zoomapp import create_app, services
from zoomapp.config import Settings

ZOOM = "http://you-forgot-the-sandbox.localhost"
NOON = 1_772_445_600.0  # 2026-03-02 10:00 UTC, a Monday
OWN = "http://localhost"


class Compiled(BytecodeCache):
    """A cache of compiled templates for all tests, because compiling takes longer than most tests."""

    def __init__(self) -> None:
        self._known: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bytecode := self._known.get(f"{bucket.key} {bucket.checksum}"):
            bucket.bytecode_from_string(bytecode)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._known[f"{bucket.key} {bucket.checksum}"] = bucket.bytecode_to_string()


COMPILED = Compiled()


class CompiledRule(Rule):
    """A rule of the URL map that is compiled once for all apps: compiling takes half of a typical test."""

    known: ClassVar[dict[str, dict[str, Any]]] = {}

    def compile(self) -> None:
        key = repr([self.rule, self.subdomain, self.host, self.defaults, self.merge_slashes])
        if key not in self.known:
            before = dict(vars(self))
            super().compile()
            changed = {name: value for name, value in vars(self).items() if value is not before.get(name)}
            self.known[key] = {**changed, "arguments": self.arguments}
        vars(self).update(self.known[key])


Flask.url_rule_class = CompiledRule


@lru_cache(maxsize=2)
def adapter(world: World) -> OfflineZoomAdapter:
    """The adapter through which the app and all browsers call this world."""
    return OfflineZoomAdapter(world)


class Clock:
    """A clock that stands still. ``tick`` moves it forward."""

    def __init__(self, now: float = NOON) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def tick(self, seconds: float) -> None:
        self.now += seconds


class Browser(FlaskClient):
    """A Flask test client that reads each response to its end."""

    def open(self, *args: Any, buffered: bool = True, **more: Any) -> TestResponse:
        return super().open(*args, buffered=buffered, **more)


class Person:
    """A user with a browser. ``get`` and ``post`` behave as requests of a page of the app itself."""

    def __init__(self, app: Flask, world: World, name: str) -> None:
        self.world = world
        self.name = name
        self.browser = Browser(app, app.response_class)
        self._outside = requests.Session()
        self._outside.mount("http://", adapter(world))

    @property
    def id(self) -> str:
        return self.world.user(self.name).id

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.browser.get(path, **more)

    def post(self, path: str, **more: Any) -> TestResponse:
        return self.browser.post(path, **more)

    def running_meeting(self) -> str:
        """The address of the running meeting, whose page is that of the participants."""
        page = self.look("/participants")
        assert page.status_code == 200
        found = re.search(r'<link rel="canonical" href="([^"]+)"', page.text)
        assert found, page.text
        return found[1]

    def look(self, path: str) -> TestResponse:
        """Open a page as a browser does."""
        return self.browser.get(path, headers={"Accept": "text/html,*/*;q=0.8", "Sec-Fetch-Site": "none"})

    def consent(self, address: str, decision: str = "allow") -> str:
        """Answer Zoom's consent page. Returns the path and query of the callback."""
        self.world.sign_in_as(self.name)
        query = dict(part.split("=", 1) for part in urlsplit(address).query.split("&"))
        form = {name: requests.compat.unquote(value) for name, value in query.items()}
        answer = self._outside.post(
            f"{ZOOM}/oauth/authorize", data={**form, "decision": decision}, allow_redirects=False
        )
        back = urlsplit(answer.headers["Location"])
        return f"{back.path}?{back.query}"

    def connect(self) -> TestResponse:
        """Connect by redirect: install, consent, callback."""
        return self.get(self.consent(self.get("/api/zoomapp/install").location))

    def open_from_zoom(self, **claims: Any) -> TestResponse:
        """Open the app in Zoom's client, which sends an app context. ``claims`` change the context."""
        blob = self.world.seal_context(self.name, **claims)
        return self.get("/api/zoomapp/home", headers={"X-Zoom-App-Context": blob})

    def authorize_in_client(self, **change: Any) -> TestResponse:
        """The SDK's authorize and onAuthorized, as our page does it; ``change`` alters the post (None: left out)."""
        signin = self.get("/api/zoomapp/authorize").json
        page = f"{OWN}/"
        code = self.world.issue_code(self.name, page, signin["codeChallenge"], "plain", in_client=True)
        body = {"code": code, "state": signin["state"], "href": page, **change}
        return self.post(
            "/api/zoomapp/onauthorized", json={name: value for name, value in body.items() if value is not None}
        )


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(clock: Clock) -> World:
    """An offline Zoom in which the app is registered, with the story ``quiet-day``."""
    return World(clock=clock, sleep=clock.tick, redirect_uris=[OWN], base_url=ZOOM)


@pytest.fixture
def settings(world: World, redis_url: str) -> Settings:
    return Settings(
        zoom_client_id=world.client_id,
        zoom_client_secret=world.client_secret,
        public_url=OWN,
        secret_key="a key of the tests, long enough for all",
        token_encryption_keys=(bytes(range(32)),),
        redis_url=redis_url,
        zoom_host=ZOOM,
        zoom_api_host=ZOOM,
        zoom_webhook_secret="a-webhook-secret-of-the-tests",
        fast_path=FAST_PATH,
        # Most tests change Zoom behind the app's back and look again.
        page_cache_seconds=0,
        # Most tests count the calls of a page.
        prefetch=False,
    )


def with_account_credentials(settings: Settings, world: World) -> Settings:
    """The settings with the Server-to-Server credentials of Dana's account."""
    return replace(
        settings,
        zoom_account_id=world.user("dana").account_id,
        zoom_s2s_client_id=world.account_app.client_id,
        zoom_s2s_client_secret=world.account_app.client_secret,
    )


@contextmanager
def building(settings: Settings, world: World, clock: Clock) -> Iterator[services.Services]:
    """The parts of an app, which are closed at the end of the block."""
    built = services.build(settings, transport=adapter(world), clock=clock)
    try:
        yield built
    finally:
        # A refresh that is still under way would use the next test's tokens: its users have the same ids.
        built.begin_shutdown()
        built.parallel_calls.wait_until_idle()
        wait_until(lambda: all(thread.name != "single-flight" for thread in threading.enumerate()), HANG_SECONDS)
        built.call_log.stop()
        assert wait_until(lambda: _disconnects(built), HANG_SECONDS)


@pytest.fixture
def parts(settings: Settings, world: World, clock: Clock) -> Iterator[services.Services]:
    with building(settings, world, clock) as built:
        yield built


def _disconnects(built: services.Services) -> bool:
    """Close all connections to Redis. False if a background call of the last page takes one meanwhile."""
    try:
        built.redis.connection_pool.disconnect()
    except RuntimeError:
        return False
    return True


@pytest.fixture
def app(parts: services.Services) -> Flask:
    built = create_app(parts)
    built.jinja_env.bytecode_cache = COMPILED
    return built


@pytest.fixture
def webhooks(parts: services.Services, world: World) -> Callable[[Any], None]:
    """Delivers every further event of the world at once."""

    def deliver(event: Any) -> None:
        parts.webhook_queue.add(event)
        parts.webhook_queue.process()

    world.on_event(deliver)
    return deliver


@pytest.fixture
def anyone(app: Flask, world: World) -> Person:
    """Dana's browser before she has connected."""
    return Person(app, world, "dana")


@pytest.fixture
def dana(anyone: Person) -> Person:
    """Dana, a host and admin, connected."""
    assert anyone.connect().status_code == 302
    anyone.world.calls.clear()
    return anyone


@pytest.fixture
def apart(
    settings: Settings, world: World, clock: Clock, redis_process: Callable[..., RedisProcess]
) -> tuple[Person, RedisProcess]:
    """Dana, connected to an app with a Redis of its own, and that Redis, which the test may break."""
    server = redis_process()
    built = services.build(replace(settings, redis_url=server.url), transport=adapter(world), clock=clock)
    person = Person(create_app(built), world, "dana")
    assert person.connect().status_code == 302
    return person, server


@pytest.fixture
def priya(app: Flask, world: World) -> Person:
    """Priya, connected. She has a Pro account of her own and only user-level scopes."""
    person = Person(app, world, "priya")
    assert person.connect().status_code == 302
    world.calls.clear()
    return person
