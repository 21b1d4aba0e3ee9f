"""A small page with the real SDK, a world, and clients that open the page."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask, Response, redirect, request, send_file
from werkzeug.serving import make_server

import offline_zoom
from devtools.processes import free_port
from offline_zoom.world import World
from tests.client.transports import Ask, ask_world

SDK = next((Path(__file__).parents[2] / "static").rglob("sdk.es.js"))
PAGE = """<!doctype html><title>Tiny</title><body><h1>Tiny</h1><script type="module" src="/start.js"></script>"""
START = """import zoomSdk from "/sdk.js"; window.sdk = { zoom: zoomSdk }; document.body.dataset.ready = "yes";"""
HEADERS = {
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


@dataclass
class Served:
    """A WSGI app on a port of its own, for as long as the test runs."""

    app: Flask
    url: str = ""
    #: path, app context and user agent of each request
    seen: list[tuple[str, str | None, str]] = field(default_factory=list)


@pytest.fixture
def serve() -> Iterator[Callable[[Flask], str]]:
    """Serves an app on loopback and returns its address."""
    servers = []

    def start(app: Flask) -> str:
        server = make_server("127.0.0.1", 0, app, threaded=True)
        servers.append(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return f"http://127.0.0.1:{server.port}"

    yield start
    for server in servers:
        server.shutdown()


@pytest.fixture
def tiny(serve: Callable[[Flask], str]) -> Served:
    """The smallest Zoom App: a page that loads the SDK and does only what a test does with it."""
    app = Flask("tiny")
    served = Served(app)

    @app.before_request
    def note() -> None:
        served.seen.append((request.path, request.headers.get("X-Zoom-App-Context"), str(request.user_agent)))

    @app.get("/home")
    def home() -> Response:
        answer = Response(PAGE, headers=HEADERS)
        ancestors = "'self' http://127.0.0.1:*"
        answer.headers["Content-Security-Policy"] = f"default-src 'self'; frame-ancestors {ancestors}"
        return answer

    @app.get("/moved")
    def moved() -> object:
        return redirect("/bare")

    app.add_url_rule("/other", "other", home)
    app.add_url_rule("/bare", "bare", lambda: PAGE)
    app.add_url_rule("/sdk.js", "sdk", lambda: send_file(SDK, "text/javascript"))
    app.add_url_rule("/start.js", "start", lambda: Response(START, mimetype="text/javascript"))
    served.url = serve(app)
    return served


@pytest.fixture
def world(tiny: Served) -> World:
    """A live meeting in which Dana is the host. Its clock stands still, so nobody comes or goes by themselves."""
    now = time.time()
    return World("live-meeting", lambda: now, home_url=f"{tiny.url}/home", redirect_uris=[tiny.url])


@pytest.fixture
def ask(world: World) -> Ask:
    return ask_world(world)


@pytest.fixture
def offline_zoom_url(world: World, serve: Callable[[Flask], str]) -> str:
    """The address of an offline Zoom, for the client at ``/client``."""
    return serve(offline_zoom.create_app(world))


@pytest.fixture
def start_stack(redis_url, serve_offline_zoom, serve_app):
    """A factory of the app and an offline Zoom with a running meeting, each in its own process.

    ``host`` is the offline Zoom's host name. With ``localhost`` it is another site than the app.
    """

    def start(host: str = "127.0.0.1", **settings: str):
        port = free_port()
        zoom = serve_offline_zoom(f"http://127.0.0.1:{port}", story="live-meeting")
        zoom_url = zoom.url.replace("127.0.0.1", host)
        return serve_app(redis_url, zoom_url, port=port, workers=1, **settings).url, zoom_url

    return start


@pytest.fixture
def stack(start_stack):
    """The addresses of the app and of its offline Zoom."""
    return start_stack()
