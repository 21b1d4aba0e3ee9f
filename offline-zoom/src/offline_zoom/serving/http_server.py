"""HTTP/1.1 on a socket for one WSGI app: kept alive, exact lengths, and broken off when a fault says so."""

from __future__ import annotations

import io
import socket
import sys
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote_to_bytes, urlsplit

from offline_zoom.serving.fault_middleware import ConnectionDropped, WSGIApp, begin

if TYPE_CHECKING:
    from offline_zoom.serving.server import AppServer


class RequestHandler(BaseHTTPRequestHandler):
    """One connection and the calls on it."""

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
        """Every method is answered alike."""
        if name.startswith("do_"):
            return self.answer
        raise AttributeError(name)

    def answer(self) -> None:
        """Run the app for one call."""
        listener = cast("AppServer", self.server)
        if not listener.is_ours(self.headers.get("Host", "")):
            self.send_error(421, "Not a host of the sandbox")
            return
        try:
            self._run(listener.app)
        except ConnectionDropped:
            self._break_off()

    def _run(self, app: WSGIApp) -> None:
        environ = self._environ()
        (status, headers), body = begin(app, environ)
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
        """Whether the body must be sent in chunks, its length being unknown."""
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
        """The call as WSGI has it; the body is read whole, so the connection stays in step."""
        target = self.path
        url = urlsplit(target)
        body = self._body()
        listener = cast("AppServer", self.server)
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(url.path).decode("latin-1"),
            "QUERY_STRING": url.query,
            "RAW_URI": target,
            "SERVER_NAME": listener.server_name,
            "SERVER_PORT": str(listener.server_port),
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
        """Refusals that never reach the app are the sandbox's, too."""
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

    def _break_off(self) -> None:
        """What was sent so far goes out, then the connection ends in the middle of things."""
        self.close_connection = True
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:
        """Calls are counted in the world; the terminal stays quiet."""
