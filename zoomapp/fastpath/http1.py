"""A transport that writes HTTP/1.1 itself and parses responses with llhttp, a parser in C.

It replaces ``exchange`` of ``zoom/urllib3_transport.py``, which sends proxied calls. http.client parses the head of
each response like an e-mail, and urllib3 and http.client wrap it in three objects. Connections and TLS are urllib3's.
Private names used here: ``_get_conn``, ``_put_conn`` and ``_validate_conn`` of urllib3's pool.
"""

from __future__ import annotations

import select
import socket
import ssl
import time
from functools import lru_cache
from typing import Any

import httptools
import requests
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from zoomapp.zoom.transport import LostAnswer, NotSent, NotSentInTime
from zoomapp.zoom.urllib3_transport import Urllib3Transport
from zoomapp.zoom.watchdog import watchdog

#: The size of a TLS record: no read returns more.
RECEIVE_BYTES = 16 * 1024
#: What a non-blocking socket raises when it would have to wait.
WOULD_BLOCK = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
#: Heads of Zoom's responses have 1 to 2 KB.
MAX_HEAD_BYTES = 64 * 1024


@lru_cache(maxsize=256)
def _lower_name(name: bytes) -> str:
    return str(name, "latin-1").lower()


class Headers(dict[str, str]):
    """Response headers by lower-case name; lookups ignore case. Lines with the same name are joined by a comma."""

    @classmethod
    def from_lines(cls, lines: list[tuple[bytes, bytes]]) -> Headers:
        fields = [(_lower_name(name), str(value, "latin-1")) for name, value in lines]
        headers = dict(fields)
        if len(headers) < len(fields):
            headers = {name: ", ".join(value for field, value in fields if field == name) for name in headers}
        return cls(headers)

    def __getitem__(self, name: str) -> str:
        return super().__getitem__(name.lower())

    def __contains__(self, name: object) -> bool:
        return super().__contains__(str(name).lower())

    def get(self, name: str, default: Any = None) -> Any:
        return super().get(name.lower(), default)


class Http1Transport(Urllib3Transport):
    """Urllib3Transport with a faster ``exchange``."""

    def exchange(
        self, method: str, origin: str, target: str, headers: dict[str, str], body: bytes, timeout: tuple[float, float]
    ) -> Http1Response:
        authority, pool = self.pool_of(origin)
        request = request_bytes(method, target, {"Host": authority, **headers}, body)
        return send_request(pool, method, request, timeout)


class Http1Response:
    """A RawResponse. ``read`` returns the body as it was encoded, without chunk sizes."""

    def __init__(self, pool: HTTPConnectionPool, connection: Any, method: str) -> None:
        self.status = 0
        self.headers = Headers()
        #: None once the connection is back in its pool.
        self.connection: Any = connection
        self._pool = pool
        self._bodiless = method == "HEAD"
        self._parser = httptools.HttpResponseParser(self)
        self._header_lines: list[tuple[bytes, bytes]] = []
        #: The part of the body that has arrived and was not read; joined by ``read``. ``_unread``: its size.
        self._pieces: list[bytes] = []
        self._unread = 0
        self._received = 0
        #: The whole body has arrived.
        self.complete = False
        self._reusable = False

    @property
    def sock(self) -> socket.socket | None:
        return self.connection.sock if self.connection is not None else None

    def read(self, size: int, decode_content: bool = False) -> bytes:
        """The next ``size`` bytes of the body, or the rest. Raises OSError when the connection breaks."""
        while self._unread < size and not self.complete:
            self._receive()
        body = b"".join(self._pieces)
        piece, rest = body[:size], body[size:]
        self._pieces, self._unread = [rest], len(rest)
        self._release_if_complete()
        return piece

    def close(self) -> None:
        """Close the connection, unless the whole body has arrived."""
        if self.connection is not None:
            self.connection.close()
            self._release()

    def release_conn(self) -> None:
        """Does nothing, because ``read`` and ``close`` return the connection to its pool."""

    def wait_for_head(self) -> None:
        """Return when the head has arrived. Raises OSError."""
        while not self.status:
            self._receive()
            if not self.status and self._received > MAX_HEAD_BYTES:
                raise ConnectionError("head too large")
        self._release_if_complete()

    def _receive(self) -> None:
        sock = self.connection.sock
        if not self._received:  # a response takes time: the first try would fail
            _wait_readable(sock)
        while (data := _receive_now(sock)) is None:
            _wait_readable(sock)
        if not data:
            raise ConnectionError("connection closed before the end of the response")
        self._received += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            raise ConnectionError(f"not HTTP: {type(error).__name__}") from error

    def _release_if_complete(self) -> None:
        if self.complete and self.connection is not None:
            if not self._reusable:
                self.connection.close()
            self._release()

    def _release(self) -> None:
        self._pool._put_conn(self.connection)
        self.connection = None
        # Parser and response refer to each other. Without this both would wait for the garbage collector.
        del self._parser

    # Called by the parser.

    def on_message_begin(self) -> None:
        if self.complete:  # a second response: it cannot be matched to a request
            self._reusable = False

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self.status:
            self._header_lines.append((name, value))

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if self.status or 100 <= status < 200:
            return
        self.status = status
        self.headers = Headers.from_lines(self._header_lines)
        self._reusable = self._parser.should_keep_alive()
        self.complete = self._bodiless

    def on_body(self, body: bytes) -> None:
        if self.complete:
            self._reusable = False
        else:
            self._pieces.append(body)
            self._unread += len(body)

    def on_message_complete(self) -> None:
        if self.status:
            self.complete = True
        else:  # an interim response, such as 100 or 103
            self._header_lines.clear()


def request_bytes(method: str, target: str, headers: dict[str, str], body: bytes) -> bytes:
    """A request as it is sent. Raises requests.exceptions.InvalidHeader for a header with a line break."""
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    if body or method not in ("GET", "HEAD", "DELETE"):
        lines.append(f"Content-Length: {len(body)}")
    head = "\r\n".join((*lines, "", ""))
    if head.count("\r") != len(lines) + 1 or head.count("\n") != len(lines) + 1:
        raise requests.exceptions.InvalidHeader("a line break in a header")
    try:
        return head.encode("latin-1") + body
    except UnicodeEncodeError as error:
        raise requests.exceptions.InvalidHeader("a header outside Latin-1") from error


def send_request(pool: HTTPConnectionPool, method: str, request: bytes, timeout: tuple[float, float]) -> Http1Response:
    """The response to a request that is sent at most once. See ``Transport.exchange`` for ``timeout`` and errors."""
    started_at = time.monotonic()
    connection: Any = pool._get_conn()
    try:
        _connect(pool, connection, timeout[0])
        response = Http1Response(pool, connection, method)
        with watchdog.over(connection, timeout[1]):
            _send(connection.sock, request)
            response.wait_for_head()
    except BaseException as error:
        connection.close()
        pool._put_conn(connection)
        if isinstance(error, requests.RequestException) or not isinstance(error, OSError):
            raise
        late = isinstance(error, TimeoutError) or time.monotonic() - started_at >= timeout[1]
        raise (requests.ReadTimeout if late else LostAnswer)(type(error).__name__) from error
    if time.monotonic() - started_at >= timeout[1]:
        response.close()
        raise requests.ReadTimeout("head took too long")
    return response


def _send(sock: Any, request: bytes) -> None:
    """Send all bytes, and leave the socket non-blocking. The watchdog ends a send that takes too long."""
    if sock.gettimeout() != 0.0:
        sock.settimeout(0.0)
    try:
        sent = sock.send(request)
    except WOULD_BLOCK:
        sent = 0
    if sent < len(request):
        sock.settimeout(None)
        sock.sendall(request[sent:])
        sock.settimeout(0.0)


def _receive_now(sock: Any) -> bytes | None:
    """The bytes that have arrived; empty at the end of the connection, None if there are none yet."""
    try:
        data: bytes = sock.recv(RECEIVE_BYTES)
    except WOULD_BLOCK:
        return None
    return data


def _wait_readable(sock: Any) -> None:
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    poll.poll()


def _connect(pool: HTTPConnectionPool, connection: Any, seconds: float) -> None:
    """Open the connection if it is not open. Raises NotSent; NotSentInTime only if the time ran out."""
    if connection.sock is not None:
        return
    connection.timeout = seconds
    try:
        pool._validate_conn(connection)
        if connection.sock is None:
            connection.connect()
    except NewConnectionError as error:  # refused, unknown host name: a ConnectTimeoutError to urllib3
        raise NotSent(type(error).__name__) from error
    except (ConnectTimeoutError, TimeoutError) as error:  # TimeoutError: the TLS handshake took too long
        raise NotSentInTime(type(error).__name__) from error
    except (HTTPError, OSError) as error:
        raise NotSent(type(error).__name__) from error
