"""A forward proxy between the client's web view and the app, with the rules of Zoom's client.

It adds the app context to the Home URL when the person opens the app, and to nothing else; refuses hosts that the
app's domain allow list lacks; and blanks an HTML page that comes without one of the four headers. A proxy sees
every hop of a redirect as the app sends it, which a browser's own interception does not.
"""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from tests.support.processes import HANG_SECONDS

WANTED = ("Strict-Transport-Security", "X-Content-Type-Options", "Content-Security-Policy", "Referrer-Policy")
HOP_BY_HOP = {"connection", "proxy-connection", "keep-alive", "transfer-encoding", "te", "upgrade", "trailer"}
BLANK = b"<!doctype html><title></title>"


class Network:
    """The proxy at ``address``; ``log`` holds what the client would write to its console.

    ``allowed`` are host names with their ports. ``context`` gives a new app context for each opening;
    the web client has none to send.
    """

    def __init__(self, home_url: str, allowed: Iterable[str] = (), context: Callable[[], str] | None = None) -> None:
        self.home, self.context = urlsplit(home_url), context
        self.allowed = {self.home.netloc, *allowed}
        self.log: list[str] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler_for(self))
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def added(self, url: str, sent: dict[str, str]) -> dict[str, str]:
        """The headers the client adds: the context, when it is the person who opens the Home URL."""
        target = urlsplit(url)
        opened = sent.get("sec-fetch-dest") == "document" and sent.get("sec-fetch-site") == "none"
        home = (target.netloc, target.path or "/") == (self.home.netloc, self.home.path or "/")
        return {"X-Zoom-App-Context": self.context()} if self.context and opened and home else {}

    def blanked(self, url: str, dest: str, status: int, headers: dict[str, str]) -> bool:
        """Whether the client refuses to show this answer; if so, it says why."""
        ours = urlsplit(url).netloc == self.home.netloc and dest in ("document", "iframe")
        if not ours or status != 200 or not headers.get("content-type", "").startswith("text/html"):
            return False
        missing = "".join(f'"{name}"' for name in WANTED if name.lower() not in headers)
        if missing:
            self.log.append(f"Missing OWASP Secure Headers:{missing}for URL {url}")
        return bool(missing)


def handler_for(network: Network) -> type[BaseHTTPRequestHandler]:
    """The request handler of one network."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def relay(self) -> None:
            """One request to the app and its answer back, as it comes."""
            target = urlsplit(self.path)
            if target.netloc not in network.allowed:
                self.refuse()
                return
            sent = {name.lower(): value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
            body = self.rfile.read(int(sent.get("content-length", 0)))
            upstream = http.client.HTTPConnection(target.netloc, timeout=HANG_SECONDS)
            try:
                path = f"{target.path or '/'}{'?' + target.query if target.query else ''}"
                upstream.request(self.command, path, body or None, sent | network.added(self.path, sent))
                self.answer(upstream.getresponse(), sent.get("sec-fetch-dest", ""))
            except OSError:
                self.close_connection = True
            finally:
                upstream.close()

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = relay

        def do_CONNECT(self) -> None:
            self.refuse()

        def refuse(self) -> None:
            network.log.append(f"Blocked by the domain allow list: {self.path}")
            self.start(403, [("Content-Length", str(len(BLANK)))])
            self.wfile.write(BLANK)

        def answer(self, came: http.client.HTTPResponse, dest: str) -> None:
            """The app's answer, streamed when its length is not known; or a blank page."""
            headers = [(name, value) for name, value in came.getheaders() if name.lower() not in HOP_BY_HOP]
            headers_by_name = {name.lower(): value for name, value in headers}
            if network.blanked(self.path, dest, came.status, headers_by_name):
                headers = [("Content-Type", "text/html"), ("Content-Length", str(len(BLANK)))]
                self.start(came.status, headers)
                self.wfile.write(BLANK)
                return
            if "content-length" not in headers_by_name:
                headers.append(("Connection", "close"))
                self.close_connection = True
            self.start(came.status, headers)
            while piece := came.read1(65536):
                self.wfile.write(piece)

        def start(self, status: int, headers: list[tuple[str, str]]) -> None:
            self.send_response_only(status)
            for name, value in headers:
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing on the terminal."""

    return Handler
