"""A world with its own clock, and users who call its API."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
import requests

from offline_zoom.serving.requests_adapter import OfflineZoomAdapter
from offline_zoom.world import World

REDIRECT_URI = "https://app.example/api/zoomapp/auth"
#: a Wednesday, noon in Berlin
NOON = 1772622000.0


class Clock:
    """A clock that moves only by ``tick`` and by simulated sleeps."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += seconds


@dataclass
class Caller:
    """An API client with a user's tokens."""

    world: World
    session: requests.Session
    access_token: str
    headers: dict[str, str] = field(default_factory=dict)

    def call(self, method: str, path: str, json: Any = None, **params: Any) -> requests.Response:
        """One call below ``/v2``; an underscore at a name's end is for Python's own words (``from_``)."""
        query = {name.rstrip("_"): value for name, value in params.items()}
        headers = {"Authorization": f"Bearer {self.access_token}", **self.headers}
        url = f"{self.world.base_url}/v2{path}"
        return self.session.request(method, url, params=query, json=json, headers=headers, allow_redirects=False)

    def get(self, path: str, **params: Any) -> requests.Response:
        return self.call("GET", path, **params)

    def json(self, path: str, **params: Any) -> Any:
        """The body of a call that must succeed."""
        answer = self.get(path, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()


def session_of(world: World) -> requests.Session:
    """A session whose every http address is this world."""
    session = requests.Session()
    session.trust_env = False
    session.mount("http://", OfflineZoomAdapter(world))
    return session


def caller(world: World, who: str, scopes: list[str] | None = None) -> Caller:
    """A program that acts for this user."""
    grant = world.grants.grant(world.user(who).id, scopes or world.scopes(who))
    return Caller(world, session_of(world), grant.access_token)


def refusal(answer: requests.Response) -> tuple[int, int]:
    """The two numbers of a refusal: HTTP's and Zoom's."""
    return answer.status_code, answer.json()["code"]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(clock: Clock) -> World:
    return World(clock=clock, sleep=clock.sleep, redirect_uris=[REDIRECT_URI])


@pytest.fixture
def http(world: World) -> requests.Session:
    return session_of(world)


@pytest.fixture
def dana(world: World) -> Caller:
    """The host: an admin on a Business account."""
    return caller(world, "dana")


@pytest.fixture
def jonas(world: World) -> Caller:
    """A colleague who can grant only what is his own."""
    return caller(world, "jonas")
