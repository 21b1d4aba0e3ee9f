"""Runs the offline Zoom as a server on a loopback address, with TLS if a certificate is given."""

from __future__ import annotations

import ssl
import threading
from pathlib import Path
from types import TracebackType

from offline_zoom.app import create_app
from offline_zoom.serving.fault_middleware import WSGIApp
from offline_zoom.serving.http_server import AppServer, is_loopback
from offline_zoom.world import World

TICK_SECONDS = 0.5


class Server:
    """A running offline Zoom. A context manager with a ``url``."""

    def __init__(self, world: World, app_server: AppServer, url: str) -> None:
        self.world, self.url, self._app_server = world, url, app_server
        self._stopping = threading.Event()
        for target in (self._serve, self._announce_events):
            threading.Thread(target=target, daemon=True).start()

    @property
    def app(self) -> WSGIApp:
        """The app that it serves, for another server of the same world."""
        return self._app_server.app

    def stop(self) -> None:
        """Stop at once and drop requests in progress."""
        self._stopping.set()
        self._app_server.shutdown()
        self._app_server.server_close()

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _serve(self) -> None:
        self._app_server.serve_forever(poll_interval=0.05)

    def _announce_events(self) -> None:
        """Announce the events of running meetings while no request comes."""
        while not self._stopping.wait(TICK_SECONDS):
            self.world.catch_up()


def serve(
    world: World,
    port: int = 0,
    host: str = "127.0.0.1",
    certificate: tuple[Path, Path] | None = None,
    container_name: str = "",
) -> Server:
    """Start a server and make its address the world's. ``certificate`` is a certificate file and its key.

    ``container_name``: serve all addresses of the container of this name, whose ports the machine publishes.
    Raises ValueError for a host that is not loopback, OSError for a port that is taken.
    """
    if not is_loopback(host):
        raise ValueError(f"the offline Zoom serves loopback only, not {host}")
    app_server = AppServer(create_app(world), "0.0.0.0" if container_name else host, port, tls(certificate))
    app_server.container_name = container_name
    url = f"{'https' if certificate else 'http'}://{host}:{app_server.server_port}"
    world.base_url = url
    return Server(world, app_server, url)


def tls(certificate: tuple[Path, Path] | None) -> ssl.SSLContext | None:
    """The TLS settings of a server, from a certificate file and its key."""
    if certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context
