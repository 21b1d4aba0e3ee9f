"""The sandbox on a socket: threads, loopback only, TLS if wanted."""

from __future__ import annotations

import ipaddress
import ssl
import sys
import threading
from http.server import ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from offline_zoom.app import create_app
from offline_zoom.serving.fault_middleware import WSGIApp
from offline_zoom.serving.http_server import RequestHandler
from offline_zoom.world import World

TICK_SECONDS = 0.5


class AppServer(ThreadingHTTPServer):
    """A listening socket for one app."""

    daemon_threads = True
    request_queue_size = 1024

    def __init__(self, app: WSGIApp, host: str, port: int, tls: ssl.SSLContext | None) -> None:
        self.app = app
        super().__init__((host, port), RequestHandler)
        if tls:
            # The handshake is the handler's, in its own thread: a slow caller holds up nobody.
            self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def is_ours(self, host: str) -> bool:
        """Whether a Host header names this machine; a rebound name of somebody else's does not."""
        return is_loopback(urlsplit(f"//{host}").hostname or "")

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller who hangs up is no news; anything else is."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class Server:
    """A running sandbox; a context manager with a ``url``."""

    def __init__(self, world: World, listener: AppServer, url: str) -> None:
        self.world, self.url, self._listener = world, url, listener
        self._ends = threading.Event()
        for work in (self._serve, self._let_time_pass):
            threading.Thread(target=work, daemon=True).start()

    def stop(self) -> None:
        """End at once; calls under way are cut off."""
        self._ends.set()
        self._listener.shutdown()
        self._listener.server_close()

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _serve(self) -> None:
        self._listener.serve_forever(poll_interval=0.05)

    def _let_time_pass(self) -> None:
        """Announce what happens in meetings while nobody asks."""
        while not self._ends.wait(TICK_SECONDS):
            self.world.catch_up()


def serve(world: World, port: int = 0, host: str = "127.0.0.1", certificate: tuple[Path, Path] | None = None) -> Server:
    """A running server; its address becomes the world's. ``certificate`` is a certificate file and its key.

    Raises ValueError for a host that is not loopback, OSError for a port that is taken.
    """
    if not is_loopback(host):
        raise ValueError(f"the sandbox serves loopback only, not {host}")
    listener = AppServer(create_app(world), host, port, tls(certificate))
    url = f"{'https' if certificate else 'http'}://{host}:{listener.server_port}"
    world.base_url = url
    return Server(world, listener, url)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach that address."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def tls(certificate: tuple[Path, Path] | None) -> ssl.SSLContext | None:
    """A server's side of TLS, from a certificate file and its key."""
    if certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context
