"""One request and its answer on a pooled connection: sent as bytes, its head read by llhttp in C.

What a general client makes of each answer (a message parsed as e-mail, three layers of response) is a third of what a
proxied call costs; without it the bench's 2 KB row took 1.85 ms of CPU instead of 2.7. Connections, TLS and time limits
are those of `wire.py`.
"""

from __future__ import annotations

import select
import ssl
import time
from functools import lru_cache
from typing import Any

import httptools
import requests
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from zoomapp.zoom.transport_errors import LostAnswer, NotSent, NotSentInTime
from zoomapp.zoom.watchdog import Watchdog

#: As much as a TLS record holds: no read gives more.
RECEIVE_BYTES = 16 * 1024
#: What a socket says that never waits.
WOULD_WAIT = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
#: Heads of Zoom's answers are 1 to 2 KB.
MOST_HEAD_BYTES = 64 * 1024


@lru_cache(maxsize=256)
def _name(told: bytes) -> str:
    return str(told, "latin-1").lower()


class Headers(dict[str, str]):
    """An answer's headers, kept in lower case and found in any; several of one name are joined by a comma."""

    @classmethod
    def of(cls, told: list[tuple[bytes, bytes]]) -> Headers:
        lines = [(_name(name), str(value, "latin-1")) for name, value in told]
        headers = dict(lines)
        if len(headers) < len(lines):
            headers = {name: ", ".join(value for each, value in lines if each == name) for name in headers}
        return cls(headers)

    def __getitem__(self, name: str) -> str:
        return super().__getitem__(name.lower())

    def __contains__(self, name: object) -> bool:
        return super().__contains__(str(name).lower())

    def get(self, name: str, default: Any = None) -> Any:
        return super().get(name.lower(), default)


class RawResponse:
    """An answer whose head has come. ``read`` gives the body as it was encoded, without the frames of its chunks."""

    def __init__(self, pool: HTTPConnectionPool, connection: Any, method: str) -> None:
        self.status = 0
        self.headers = Headers()
        #: Held while the body is coming; None as soon as the connection is somebody else's again.
        self.connection: Any = connection
        self._pool = pool
        self._bodiless = method == "HEAD"
        self._parser = httptools.HttpResponseParser(self)
        self._told: list[tuple[bytes, bytes]] = []
        #: What of the body is at hand, as it came: put together once, when somebody reads it.
        self._pieces: list[bytes] = []
        self.left = 0
        self._came = 0
        #: All of the body has come; ``left`` bytes of it are at hand and not read yet.
        self.complete = False
        self._reusable = False

    def read(self, size: int, decode_content: bool = False) -> bytes:
        """The next ``size`` bytes of the body, or all that is left of it. Raises OSError when it breaks off."""
        while self.left < size and not self.complete:
            self._receive()
        body = b"".join(self._pieces)
        piece, rest = body[:size], body[size:]
        self._pieces, self.left = [rest], len(rest)
        self._settle()
        return piece

    def close(self) -> None:
        """Let go of the connection; what has not come yet never will."""
        if self.connection is not None:
            self.connection.close()
            self._give_back()

    def release_conn(self) -> None:
        """Whoever read to the end has released it already."""

    def await_head(self) -> None:
        """The head has come, perhaps more. Raises OSError."""
        while not self.status:
            self._receive()
            if not self.status and self._came > MOST_HEAD_BYTES:
                raise ConnectionError("the head does not end")
        self._settle()

    def _receive(self) -> None:
        sock = self.connection.sock
        if not self._came:  # nothing can be there yet
            _wait_for_more(sock)
        while (data := _what_is_there(sock)) is None:
            _wait_for_more(sock)
        if not data:
            raise ConnectionError("the connection ended before the answer did")
        self._came += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            raise ConnectionError(f"not HTTP: {type(error).__name__}") from error

    def _settle(self) -> None:
        """Give the connection back once nothing more is to come."""
        if self.complete and self.connection is not None:
            if not self._reusable:
                self.connection.close()
            self._give_back()

    def _give_back(self) -> None:
        self._pool._put_conn(self.connection)
        self.connection = None
        # It holds this answer as this holds it: let go here, neither waits for the garbage collector.
        del self._parser

    # What the parser says.

    def on_message_begin(self) -> None:
        if self.complete:  # bytes that nobody asked for: whose answer would they be?
            self._reusable = False

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self.status:
            self._told.append((name, value))

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if self.status or 100 <= status < 200:
            return
        self.status = status
        self.headers = Headers.of(self._told)
        self._reusable = self._parser.should_keep_alive()
        self.complete = self._bodiless

    def on_body(self, body: bytes) -> None:
        if self.complete:
            self._reusable = False
        else:
            self._pieces.append(body)
            self.left += len(body)

    def on_message_complete(self) -> None:
        if self.status:
            self.complete = True
        else:  # an interim answer, such as 100 or 103
            self._told.clear()


def request_bytes(method: str, target: str, headers: dict[str, str], body: bytes) -> bytes:
    """A request as it goes over the wire. Raises requests.RequestException when a value would break its line."""
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


def send_request(
    pool: HTTPConnectionPool, method: str, request: bytes, timeout: tuple[float, float], watch: Watchdog
) -> RawResponse:
    """The answer to a request, sent at most once. ``timeout``: seconds to connect, and until the head has come.

    Raises NotSent, LostAnswer or requests.ReadTimeout.
    """
    began = time.monotonic()
    connection: Any = pool._get_conn()
    try:
        _connect(pool, connection, timeout[0])
        reply = RawResponse(pool, connection, method)
        with watch.over(connection, timeout[1]):
            _send(connection.sock, request)
            reply.await_head()
    except BaseException as error:
        connection.close()
        pool._put_conn(connection)
        if isinstance(error, requests.RequestException) or not isinstance(error, OSError):
            raise
        late = isinstance(error, TimeoutError) or time.monotonic() - began >= timeout[1]
        raise (requests.ReadTimeout if late else LostAnswer)(type(error).__name__) from error
    if time.monotonic() - began >= timeout[1]:
        reply.close()
        raise requests.ReadTimeout("head took too long")
    return reply


def _send(sock: Any, request: bytes) -> None:
    """Send all of it. From here on the socket never waits by itself, so an answer that is awaited holds no room.

    What takes too long is ended by the watch.
    """
    if sock.gettimeout() != 0.0:
        sock.settimeout(0.0)
    try:
        sent = sock.send(request)
    except WOULD_WAIT:
        sent = 0
    if sent < len(request):
        sock.settimeout(None)
        sock.sendall(request[sent:])
        sock.settimeout(0.0)


def _what_is_there(sock: Any) -> bytes | None:
    """What has come, empty at the end; None while nothing has."""
    try:
        data: bytes = sock.recv(RECEIVE_BYTES)
    except WOULD_WAIT:
        return None
    return data


def _wait_for_more(sock: Any) -> None:
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    poll.poll()


def _connect(pool: HTTPConnectionPool, connection: Any, seconds: float) -> None:
    """The connection is open. Raises NotSent, which is NotSentInTime only if the time ran out."""
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
