"""An HTTP proxy on loopback that answers for Zoom's hosts itself and refuses others.

A program asks it with ``CONNECT api.zoom.us:443`` and then speaks TLS, or with ``GET http://api.zoom.us/…``. In both
cases the offline Zoom answers. Hosts that are allowed by name get a plain tunnel, which nothing here can read.
"""

from __future__ import annotations

import re
import select
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import cast
from urllib.parse import urlsplit

from offline_zoom.intercept.certificates import DOMAIN
from offline_zoom.serving.fault_middleware import WSGIApp
from offline_zoom.serving.http_server import AppServer, RequestHandler

TLS_HANDSHAKE = b"\x16"
CONNECT_SECONDS = 30
#: headers that are for a proxy and not for the server behind it
HOP_BY_HOP = ("connection", "proxy-connection", "proxy-authorization", "keep-alive", "transfer-encoding", "te")


class ProxyHandler(RequestHandler):
    """Handles one connection to the proxy."""

    #: the host that a tunnel leads to; empty before CONNECT
    tunnel_host = ""

    @property
    def proxy(self) -> ProxyServer:
        return cast("ProxyServer", self.server)

    def handle(self) -> None:
        """Answer all requests of the connection. A client that does not trust the authority is counted."""
        self.proxy.was_used = True
        try:
            super().handle()
        except ssl.SSLError as error:
            if "ALERT" in (error.reason or ""):
                self.proxy.distrusted[self.tunnel_host] += 1

    def do_CONNECT(self) -> None:
        """Open a tunnel: to the offline Zoom for its hosts, to the host itself if it is allowed."""
        host, port = host_and_port(self.path, 443)
        if is_zoom_host(host):
            self._confirm()
            self._answer_in_tunnel(host)
        elif self.proxy.allows(host):
            self._connect_through(host, port)
        else:
            self._refuse(host)

    def answer(self) -> None:
        """Answer a request inside a tunnel, or one with a whole URL as its target."""
        if self.path.startswith("/"):
            super().answer()
            return
        url = urlsplit(self.path)
        host = (url.hostname or "").rstrip(".")
        if is_zoom_host(host):
            self.path = f"{url.path or '/'}{'?' if url.query else ''}{url.query}"
            del self.headers["Host"]
            self.headers["Host"] = url.netloc
            super().answer()
        elif url.scheme == "http" and self.proxy.allows(host):
            self._forward(host, url.port or 80)
        else:
            self._refuse(host)

    def finish(self) -> None:
        super().finish()
        if self.tunnel_host:
            self.connection.close()  # the server closes only the socket that it accepted, which TLS has replaced

    def _confirm(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        self.wfile.flush()

    def _answer_in_tunnel(self, host: str) -> None:
        """Go on with the requests inside the tunnel, which are in TLS or plain."""
        self.tunnel_host = host
        if self.connection.recv(1, socket.MSG_PEEK) == TLS_HANDSHAKE:
            self.connection = self.proxy.authority_tls.wrap_socket(self.connection, server_side=True)
            self.rfile = self.connection.makefile("rb", self.rbufsize)
            self.wfile = self.connection.makefile("wb", self.wbufsize)
        self.close_connection = False

    def _connect_through(self, host: str, port: int) -> None:
        """Copy bytes between the program and an allowed host until one of them ends the connection."""
        self.close_connection = True
        try:
            upstream = socket.create_connection((host, port), CONNECT_SECONDS)
        except OSError as error:
            self.send_error(502, f"{host}: {error}")
            return
        with upstream:
            self._confirm()
            copy_both_ways(self.connection, upstream)

    def _forward(self, host: str, port: int) -> None:
        """Send a plain request to an allowed host, and its response back."""
        self.close_connection = True
        url, body = urlsplit(self.path), self._body()
        fields = [(name, value) for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP]
        fields = [(name, value) for name, value in fields if name.lower() != "content-length"]
        fields += [("Connection", "close"), ("Content-Length", str(len(body)))]
        head = [f"{self.command} {url.path or '/'}{'?' if url.query else ''}{url.query} HTTP/1.1"]
        head += [f"{name}: {value}" for name, value in fields]
        try:
            with socket.create_connection((host, port), CONNECT_SECONDS) as upstream:
                upstream.sendall("\r\n".join([*head, "", ""]).encode("latin-1") + body)
                copy_both_ways(self.connection, upstream)
        except OSError as error:
            self.send_error(502, f"{host}: {error}")

    def _refuse(self, host: str) -> None:
        """Refuse a host that is neither Zoom's nor allowed. Programs show the reason."""
        self.proxy.refused[host] += 1
        readable = re.sub(r"[^\w.:-]", "?", host, flags=re.ASCII)[:100]
        self.close_connection = True
        self.send_error(403, f"{readable} is not a host of Zoom (offline-zoom run --allow {readable})")


class ProxyServer(AppServer):
    """The proxy's listening socket. ``refused`` and ``distrusted`` count connections by host."""

    handler_class = ProxyHandler

    def __init__(self, app: WSGIApp, authority_tls: ssl.SSLContext, allow: Iterable[str] = (), port: int = 0) -> None:
        self.authority_tls, self.allow = authority_tls, [pattern.lower() for pattern in allow]
        self.was_used = False
        self.refused: Counter[str] = Counter()
        self.distrusted: Counter[str] = Counter()
        super().__init__(app, "127.0.0.1", port, None)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def allows(self, host: str) -> bool:
        """Whether a host may be reached. An allowed name may have wildcards."""
        return any(fnmatchcase(host, pattern) for pattern in self.allow)

    def is_own_host(self, host: str) -> bool:
        """Whether a Host header names a host of Zoom."""
        return is_zoom_host(urlsplit(f"//{host}").hostname or "")

    def start(self) -> None:
        """Answer connections in a thread of its own."""
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        """Stop answering."""
        self.shutdown()
        self.server_close()


def is_zoom_host(host: str) -> bool:
    """Whether a host name is Zoom's domain or below it."""
    name = host.lower().rstrip(".")
    return name == DOMAIN or name.endswith(f".{DOMAIN}")


def host_and_port(target: str, default: int) -> tuple[str, int]:
    """Host and port of ``host:port``. A port that is not a number is the default."""
    url = urlsplit(f"//{target}")
    try:
        port = url.port or default
    except ValueError:
        port = default
    return (url.hostname or "").rstrip("."), port


def copy_both_ways(client: socket.socket, upstream: socket.socket) -> None:
    """Copy bytes in both directions until both sides have ended, or one is broken."""
    opposite = {client: upstream, upstream: client}
    open_sockets = [client, upstream]
    for connection in open_sockets:
        connection.settimeout(None)
    while open_sockets:
        for source in select.select(open_sockets, [], [])[0]:
            data = source.recv(65536)
            if data:
                opposite[source].sendall(data)
                continue
            open_sockets.remove(source)
            opposite[source].shutdown(socket.SHUT_WR)
