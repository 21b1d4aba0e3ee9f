"""A threaded HTTP/1.1 server for one WSGI app, which can drop a connection in the middle of a response."""

from __future__ import annotations

import io
import ipaddress
import socket
import ssl
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import unquote_to_bytes, urlsplit

from offline_zoom.serving.fault_middleware import ConnectionDropped, WSGIApp, start_app


class RequestHandler(BaseHTTPRequestHandler):
    """Handles one connection and the requests on it."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "sandbox", ""
    disable_nagle_algorithm = True
    wbufsize = 65536
    timeout = 120

    def setup(self) -> None:
        super().setup()
        if hasattr(self.connection, "do_handshake"):
            self.connection.do_handshake()

    def __getattr__(self, name: str) -> Any:
        """Handle every HTTP method with ``answer``."""
        if name.startswith("do_"):
            return self.answer
        raise AttributeError(name)

    def answer(self) -> None:
        """Run the app for one request. A Host header that is not loopback is refused, against DNS rebinding."""
        server = cast("AppServer", self.server)
        if not server.is_own_host(self.headers.get("Host", "")):
            self.send_error(421, "Not a host of the offline Zoom")
            return
        try:
            self._run(server.app)
        except ConnectionDropped:
            self._drop_connection()

    def _run(self, app: WSGIApp) -> None:
        environ = self._environ()
        (status, headers), body = start_app(app, environ)
        try:
            chunked = self._send_head(status, headers)
            for part in body if self.command != "HEAD" else ():
                if part:
                    self.wfile.write(b"%x\r\n%b\r\n" % (len(part), part) if chunked else part)
            if chunked:
                self.wfile.write(b"0\r\n\r\n")
            self.wfile.flush()
        finally:
            getattr(body, "close", lambda: None)()

    def _send_head(self, status: str, headers: list[tuple[str, str]]) -> bool:
        """Send status and headers. Returns whether the body must be sent in chunks because its length is unknown."""
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        for name, value in headers:
            self.send_header(name, value)
        sized = any(name.lower() == "content-length" for name, _ in headers) or code in ("204", "304")
        chunked = not sized and self.command != "HEAD"
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        return chunked

    def _environ(self) -> dict[str, Any]:
        """The WSGI environment of the request. The whole body is read, so that the next request starts at its head."""
        target = self.path
        url = urlsplit(target)
        body = self._body()
        server = cast("AppServer", self.server)
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(url.path).decode("latin-1"),
            "QUERY_STRING": url.query,
            "RAW_URI": target,
            "SERVER_NAME": server.server_name,
            "SERVER_PORT": str(server.server_port),
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": self.client_address[0],
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "https" if hasattr(self.connection, "do_handshake") else "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in self.headers.items():
            key = name.upper().replace("-", "_")
            environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        environ["CONTENT_LENGTH"] = str(len(body))
        return environ

    def end_headers(self) -> None:
        """Add ``X-Sandbox`` to responses that do not come from the app, such as 421."""
        if not any(line.startswith(b"X-Sandbox:") for line in getattr(self, "_headers_buffer", [])):
            self.send_header("X-Sandbox", "1")
        super().end_headers()

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            parts = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            while self.rfile.readline().strip():
                pass
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _drop_connection(self) -> None:
        """Send what is written so far, then close the connection."""
        self.close_connection = True
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:
        """Print nothing. The world logs the calls."""


class AppServer(ThreadingHTTPServer):
    """A listening socket for one WSGI app."""

    daemon_threads = True
    request_queue_size = 1024
    handler_class: type[RequestHandler] = RequestHandler
    #: the name of the container that it runs in, if it may be asked under that
    container_name = ""

    def __init__(self, app: WSGIApp, host: str, port: int, tls: ssl.SSLContext | None) -> None:
        self.app = app
        super().__init__((host, port), self.handler_class)
        if tls:
            # The request handler does the handshake in its own thread, so a slow client does not delay others.
            self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def is_own_host(self, host: str) -> bool:
        """Whether a Host header names this machine, or the container that it runs in."""
        name = urlsplit(f"//{host}").hostname or ""
        return is_loopback(name) or name == (self.container_name.lower() or None)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Report errors, but not clients that hang up."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
