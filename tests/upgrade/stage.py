"""An app with fixed settings, an offline Zoom and a clock that stands still: the same for every version of the app."""

import hashlib
import hmac
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import redis
import requests
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from offline_zoom.oauth.grants import Grant
from offline_zoom.serving.requests_adapter import OfflineZoomAdapter
from offline_zoom.world import World

ROOT = Path(__file__).resolve().parent.parent.parent
NOON = 1_772_445_600.0  # 2026-03-02 10:00 UTC
ZOOM = "http://you-forgot-the-sandbox.localhost"
APP = "http://localhost"
COOKIE = "zoomapp"
TOKEN_KEY = bytes(range(32))
WEBHOOK_SECRET = "a-webhook-secret-of-the-tests"
STORY = "live-meeting"
#: Dana's meeting that runs in this story.
LIVE_MEETING = 85770001234


class Clock:
    """Stands still until somebody moves it."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now

    def tick(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class Stage:
    """One app and everything around it. ``during_a_delay`` runs whenever a fault of the offline Zoom waits."""

    redis_url: str
    redis: redis.Redis
    world: World
    clock: Clock
    app: Flask
    during_a_delay: Callable[[], object] = lambda: None

    def browser(self, cookie: str = "") -> "Browser":
        """A new browser, with this session cookie if there is one."""
        client = self.app.test_client()
        if cookie:
            client.set_cookie(COOKIE, cookie, domain="localhost")
        return Browser(self, client)

    def send_webhook(self, event: dict[str, Any], *, signed: bool = True) -> int:
        """Send an event as Zoom does; the status of the answer."""
        body, timestamp = json.dumps(event).encode(), str(int(self.clock()))
        signature = hmac.new(WEBHOOK_SECRET.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()
        headers = {"x-zm-request-timestamp": timestamp, "x-zm-signature": f"v0={signature if signed else 'wrong'}"}
        answer = self.app.test_client().post(
            "/api/zoomapp/webhook", data=body, content_type="application/json", headers=headers, buffered=True
        )
        # The work happens after the last byte of the answer.
        answer.close()
        return answer.status_code

    def calls_to_zoom(self, route: str) -> int:
        return self.world.calls.count(route)

    def expire_access_token(self, name: str) -> None:
        """From now on Zoom refuses this person's access token."""
        self.world.grants.by_user[self.world.user(name).id].access_expires_at = self.world.now() - 1


@dataclass
class Browser:
    """Somebody's browser."""

    stage: Stage
    client: FlaskClient

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, buffered=True, **more)

    def open_page(self, path: str) -> TestResponse:
        """Open a page as a browser does."""
        return self.get(path, headers={"Accept": "text/html,*/*;q=0.8", "Sec-Fetch-Site": "none"})

    def post(self, path: str, **more: Any) -> TestResponse:
        return self.client.post(path, buffered=True, **more)

    def send(self, method: str, path: str, **more: Any) -> TestResponse:
        return self.client.open(path, method=method, buffered=True, **more)

    @property
    def cookie(self) -> str:
        found = self.client.get_cookie(COOKIE, domain="localhost")
        return found.value if found else ""

    def consent(self, name: str, consent_address: str) -> str:
        """Consent at Zoom as this person; path and query of the callback."""
        self.stage.world.sign_in_as(name)
        outside = requests.Session()
        outside.mount("http://", OfflineZoomAdapter(self.stage.world))
        form = {**dict(parse_qsl(urlsplit(consent_address).query)), "decision": "allow"}
        answer = outside.post(f"{ZOOM}/oauth/authorize", data=form, allow_redirects=False)
        back = urlsplit(answer.headers["Location"])
        return f"{back.path}?{back.query}"

    def connect(self, name: str) -> TestResponse:
        """Connect by redirect."""
        answer = self.get(self.consent(name, self.get("/api/zoomapp/install").location))
        assert answer.status_code == 302, answer.text
        return answer


def fields_of_form(page: str) -> dict[str, str]:
    """Names and values of a page's text fields."""
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'\sname="(\w+)"', tag), re.search(r'\svalue="([^"]*)"', tag)
        if name and value and "checkbox" not in tag:
            found[name[1]] = value[1]
    return found


def environ_of(redis_url: str, **more: str) -> dict[str, str]:
    """The fixed settings, and ``more`` of them."""
    return {
        "PUBLIC_URL": APP,
        "SECRET_KEY": "a key of the tests, long enough for all",
        "TOKEN_ENCRYPTION_KEYS": TOKEN_KEY.hex(),
        "REDIS_URL": redis_url,
        "ZOOM_HOST": ZOOM,
        # The tour looks at pages again right after it changed Zoom.
        "PAGE_CACHE_SECONDS": "0",
        "ZOOM_API_HOST": ZOOM,
        "ZOOM_CLIENT_ID": "sandbox-client-id",
        "ZOOM_CLIENT_SECRET": "sandbox-client-secret",
        "ZOOM_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "LOG_LEVEL": "ERROR",
        **more,
    }


def build_stage(redis_url: str, build_app: Callable[..., Flask], **settings: str) -> Stage:
    """A new stage on this Redis. ``build_app``: of one version's ``app_access``."""
    clock = Clock()

    def sleep(seconds: float) -> None:
        clock.tick(seconds)
        stage.during_a_delay()

    world = World(
        STORY,
        clock,
        sleep,
        client_id="sandbox-client-id",
        client_secret="sandbox-client-secret",
        redirect_uris=[APP],
        base_url=ZOOM,
    )
    app = build_app(environ_of(redis_url, **settings), OfflineZoomAdapter(world), clock)
    stage = Stage(redis_url, redis.Redis.from_url(redis_url), world, clock, app)
    return stage


def restore_grants(world: World, grants: list[dict[str, Any]]) -> None:
    """Zoom knows the tokens that a capture left behind."""
    for grant in grants:
        world.grants.by_user[grant["user_id"]] = Grant(**grant)
