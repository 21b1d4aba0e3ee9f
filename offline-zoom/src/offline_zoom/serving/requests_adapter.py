"""A ``requests`` adapter that calls the offline Zoom in the same process, without a socket.

``session.mount("http://127.0.0.1:4000", OfflineZoomAdapter(world))``
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from email.utils import formatdate
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPResponse
from urllib3._collections import HTTPHeaderDict
from urllib3.exceptions import ProtocolError

from offline_zoom.app import create_app
from offline_zoom.serving.fault_middleware import CallerTimedOut, ConnectionDropped, start_app
from offline_zoom.world import World


class OfflineZoomAdapter(BaseAdapter):
    """Answers a session's requests from one world."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.app = create_app(world)

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: float | tuple[float | None, float | None] | None = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """The response. Raises ConnectionError and ReadTimeout, as a socket does."""
        environ = environ_of(request)
        environ["offline_zoom.timeout"] = timeout[1] if isinstance(timeout, tuple) else timeout
        try:
            started, body = start_app(self.app, environ)
        except ConnectionDropped as dropped:
            raise requests.ConnectionError(dropped, request=request) from dropped
        except CallerTimedOut as late:
            raise requests.ReadTimeout(late, request=request) from late
        status, headers = started
        return response_of(request, status, [("Date", formatdate(self.world.now(), usegmt=True)), *headers], body)

    def close(self) -> None:
        """Do nothing: no connection is open."""


def environ_of(request: requests.PreparedRequest) -> dict[str, Any]:
    """The WSGI environment of a request."""
    url = urlsplit(request.url or "")
    raw = request.body or b""
    body = raw.encode() if isinstance(raw, str) else raw if isinstance(raw, bytes) else b"".join(raw)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method or "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(url.path).decode("latin-1"),
        "QUERY_STRING": url.query,
        "RAW_URI": f"{url.path}?{url.query}" if url.query else url.path,
        "SERVER_NAME": url.hostname,
        "SERVER_PORT": str(url.port or (443 if url.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": url.netloc,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": url.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers.items():
        key = name.upper().replace("-", "_")
        text = value.decode("latin-1") if isinstance(value, bytes) else value
        if key not in ("CONTENT_LENGTH", "TRANSFER_ENCODING"):
            environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = text
    return environ


def response_of(
    request: requests.PreparedRequest, status: str, headers: list[tuple[str, str]], body: Iterable[bytes]
) -> requests.Response:
    """The response for ``requests``. The body is read on demand."""
    code, _, reason = status.partition(" ")
    no_body = request.method == "HEAD" or code in ("204", "304")
    raw = HTTPResponse(
        body=io.BufferedReader(Body(() if no_body else body)),
        headers=HTTPHeaderDict(headers),
        status=int(code),
        reason=reason,
        preload_content=False,
        decode_content=False,
        request_method=request.method,
        request_url=request.url,
    )
    return HTTPAdapter().build_response(request, raw)


class Body(io.RawIOBase):
    """A WSGI body as a file. Reading raises ProtocolError when the connection is dropped."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._close = getattr(chunks, "close", lambda: None)
        self._chunks: Iterator[bytes] = iter(chunks)
        self._buffer = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            while not self._buffer:
                self._buffer = next(self._chunks)
        except StopIteration:
            return 0
        except ConnectionDropped as dropped:
            raise ProtocolError("Connection broken", dropped) from dropped
        count = min(len(buffer), len(self._buffer))
        buffer[:count], self._buffer = self._buffer[:count], self._buffer[count:]
        return count

    def close(self) -> None:
        self._close()
        super().close()
