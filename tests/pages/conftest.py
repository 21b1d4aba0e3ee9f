"""The app's scripts and pages in a real Chromium.

``lab`` is an empty page of the app with planned answers of the proxy; ``dana_at`` is the whole app on a socket, with
Dana signed in.
"""

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Page, Route
from werkzeug.serving import WSGIRequestHandler, make_server

from offline_zoom.client_window.client_session import ClientSession
from offline_zoom.model import Instance, Join
from offline_zoom.world import World
from tests.client.transports import ZoomClient, ask_world
from tests.support.people import Clock, Person

STATIC = Path(__file__).resolve().parents[2] / "static"
ORIGIN = "http://app.test"


class Lab:
    """An empty page of the app. ``answers``: the planned answers of the proxy, in order; ``seen``: the requests."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.answers: list[tuple[int, object, dict[str, str]]] = []
        self.seen: list[tuple[str, str, str | None]] = []
        self.html = "<!doctype html><title>Lab</title><body></body>"
        page.route("**/*", self._serve)

    def answer(self, status: int = 200, body: object = None, **headers: str) -> None:
        """Plan the next answer. ``headers``: names with ``_`` for ``-``."""
        self.answers.append((status, body, {name.replace("_", "-"): value for name, value in headers.items()}))

    def open(self) -> Page:
        self.page.goto(ORIGIN + "/")
        return self.page

    def run(self, script: str) -> object:
        """The result of a function body in which ``api`` is the module; a typed failure comes back as its details."""
        wrapped = f"""async () => {{
          const api = await import("/static/js/api.js");
          try {{ return await (async () => {{ {script} }})(); }}
          catch (error) {{ return {{ ...error, name: error.name, message: error.message }}; }}
        }}"""
        return self.page.evaluate(wrapped)

    def _serve(self, route: Route) -> None:
        where = urlsplit(route.request.url)
        if where.path.startswith("/static/"):
            return route.fulfill(path=STATIC / where.path.removeprefix("/static/"))
        if where.path == "/":
            return route.fulfill(body=self.html, content_type="text/html")
        target = where.path + (f"?{where.query}" if where.query else "")
        self.seen.append((route.request.method, target, route.request.post_data))
        status, body, headers = self.answers.pop(0)
        if status == 0:
            return route.abort()
        text = body if isinstance(body, str) else json.dumps(body) if body is not None else ""
        return route.fulfill(status=status, body=text, headers={"Content-Type": "application/json", **headers})


@pytest.fixture
def lab(new_page: Callable[..., Page]) -> Lab:
    return Lab(new_page())


class _Silent(WSGIRequestHandler):
    """Says nothing of each request."""

    def log(self, type: str, message: str, *args: Any) -> None:
        pass


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """The app on a socket of its own: at its public address, if that has a port."""
    port = urlsplit(app.extensions["zoomapp"].settings.public_url).port or 0
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Silent)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def dana_at(dana: Person, site: str, new_page: Callable[..., Page]) -> Callable[..., Page]:
    """A factory of browsers in which Dana is signed in: ``dana_at(width=360).goto("/meetings")``."""

    def sit(width: int = 1200, **options: Any) -> Page:
        page = new_page(width, base_url=site, **options)
        cookie = dana.browser.get_cookie("zoomapp")
        assert cookie is not None
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])
        return page

    return sit


class Room:
    """A running meeting of Dana, and the Zoom clients of people who are in it: 360 px wide, with the app open."""

    def __init__(self, world: World, clock: Clock, site: str, zoom_client: Callable[..., ZoomClient]) -> None:
        self.world, self.clock, self.site = world, clock, site
        self._zoom_client = zoom_client

    def start(self, number: int, **roles: str) -> Instance:
        """Start the meeting of this number, with users in these roles: ``start(85000000102, priya="co-host")``."""
        meeting = self.world.start_meeting(number)
        for name, role in roles.items():
            self.world.join(meeting, name, role=role)
        return meeting

    def open(
        self, person: Person | str, path: str = "/participants", status: str = "authorized", **state: Any
    ) -> ZoomClient:
        """The client of a user who is in a meeting. A ``person`` by name has no session. ``state``: the client's."""
        name = person if isinstance(person, str) else person.name
        seat = ClientSession(name, status=status)
        client = self._zoom_client("webview2", f"{self.site}{path}", ask_world(self.world), seat=seat, state=state)
        if isinstance(person, Person):
            cookie = person.browser.get_cookie("zoomapp")
            assert cookie is not None
            client.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.site}])
        client.page.set_viewport_size({"width": 360, "height": 800})
        client.open()
        return client

    def row(self, name: str) -> Join:
        """The attendance row of somebody who is in the running meeting or waits."""
        instance = next(each for each in self.world.instances.values() if each.live(self.world.now()))
        return next(row for row in instance.present(self.world.now()) if row.name.startswith(name))

    def end(self, meeting: Instance, *clients: ZoomClient) -> None:
        """End the meeting a few seconds after the newest answer that the app may have of Zoom."""
        self.world.end_meeting(meeting)
        self.clock.tick(5)
        for client in clients:
            client.refresh()


@pytest.fixture
def room(
    world: World,
    clock: Clock,
    site: str,
    zoom_client: Callable[..., ZoomClient],
) -> Room:
    """A factory of Zoom clients in meetings. The app's public address has to be that of ``site``."""
    return Room(world, clock, site, zoom_client)
