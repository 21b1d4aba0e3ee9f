"""The transport on urllib3's public API: pooled connections, one TLS context, no retries, no redirects.

urllib3 and requests rewrite a target: they fold dot segments and change escapes. That would break meeting UUIDs and
could send a token to another endpoint. So urllib3 gets ``/`` as the target, and ``putrequest``, the method of
``http.client`` that writes the request line, writes the real one.
"""

from __future__ import annotations

import io
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.errors import MissingHeaderBodySeparatorDefect
from functools import lru_cache
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse
from typing import Any

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from urllib3 import BaseHTTPResponse, HTTPConnectionPool, HTTPSConnectionPool, PoolManager, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ReadTimeoutError

from zoomapp.urls import UnsafeAddress, parse
from zoomapp.zoom.transport import LostAnswer, NotSent, NotSentInTime
from zoomapp.zoom.watchdog import bounded, watchdog

#: A connection for each thread of a worker.
POOL_SIZE = 512
#: Hosts whose connections are kept: the OAuth host, the API host, and two that serve files.
MAX_POOLS = 4
#: The largest decoded body that ``send`` reads without ``stream``. The token endpoint sends 1 to 3 KB.
MAX_WHOLE_BYTES = 1024 * 1024


@dataclass
class OutgoingRequest:
    """A request that a thread sends. ``sock``: its connection's socket; None until there is a connection."""

    target: str
    seconds: float
    sock: socket.socket | None = None

    def use(self, sock: socket.socket | None) -> None:
        """Bound each wait of this socket. Without this a send could take only as long as connecting may take."""
        self.sock = sock
        if sock is not None:
            sock.settimeout(self.seconds)


class _Current(threading.local):
    """The request that this thread sends with urllib3."""

    request: OutgoingRequest | None = None


_current = _Current()


class StrictResponse(HTTPResponse):
    """``http.client``'s response, but interim responses (103) are skipped and ambiguous heads are errors."""

    def begin(self) -> None:
        super().begin()
        while 100 <= self.status < 200 and self.status != HTTPStatus.SWITCHING_PROTOCOLS:
            self.headers = self.msg = None  # type: ignore[assignment]
            super().begin()
        two_frames = self.chunked and "Content-Length" in self.headers
        malformed = any(isinstance(defect, MissingHeaderBodySeparatorDefect) for defect in self.headers.defects)
        if two_frames or malformed or self.status == HTTPStatus.SWITCHING_PROTOCOLS:
            raise HTTPException("ambiguous head")


class ExactTarget:
    """What our connections change: the request line has the target of the current request."""

    sock: socket.socket | None

    def connect(self) -> None:
        super().connect()  # type: ignore[misc]
        if _current.request is not None:
            _current.request.use(self.sock)

    def putrequest(self, method: str, url: str, skip_host: bool = False, skip_accept_encoding: bool = False) -> None:
        request = _current.request
        assert request is not None
        request.use(self.sock)
        super().putrequest(method, request.target, skip_host, skip_accept_encoding=True)  # type: ignore[misc]


class ExactHTTPConnection(ExactTarget, HTTPConnection):
    """A plain connection."""

    response_class = StrictResponse


class ExactHTTPSConnection(ExactTarget, HTTPSConnection):
    """A TLS connection."""

    response_class = StrictResponse


class ExactHTTPPool(HTTPConnectionPool):
    """Plain connections to one host."""

    ConnectionCls = ExactHTTPConnection


class ExactHTTPSPool(HTTPSConnectionPool):
    """TLS connections to one host."""

    ConnectionCls = ExactHTTPSConnection


class StreamedResponse:
    """A RawResponse: urllib3's response and its socket."""

    #: Always False, because http.client does not say how much it has buffered.
    complete = False

    def __init__(self, response: BaseHTTPResponse, sock: socket.socket | None) -> None:
        self.status = response.status
        self.headers: Mapping[str, str] = response.headers
        self._response = response
        self._sock = sock

    @property
    def sock(self) -> socket.socket | None:
        """None once the connection is back in its pool: another thread may use the socket."""
        return self._sock if self._response.connection is not None else None

    def read(self, size: int, decode_content: bool = False) -> bytes:
        return self._response.read(size, decode_content=decode_content)

    def close(self) -> None:
        self._response.close()

    def release_conn(self) -> None:
        self._response.release_conn()


class Urllib3Transport(BaseAdapter):
    """A Transport for any host."""

    def __init__(self, ca_bundle: str = "") -> None:
        super().__init__()
        # Building a context loads every root certificate (about 15 ms): once per process, not once per connection.
        context = ssl.create_default_context(cafile=ca_bundle or None)
        self.pools = PoolManager(MAX_POOLS, maxsize=POOL_SIZE, ssl_context=context)
        self.pools.pool_classes_by_scheme = {"http": ExactHTTPPool, "https": ExactHTTPSPool}
        self.pool_of = lru_cache(maxsize=MAX_POOLS)(self._find_pool)

    def _find_pool(self, origin: str) -> tuple[str, HTTPConnectionPool]:
        """The Host header and the connections of an origin."""
        url = parse(origin)
        return url.authority, self.pools.connection_from_host(url.host, url.port, url.scheme)

    def exchange(
        self, method: str, origin: str, target: str, headers: dict[str, str], body: bytes, timeout: tuple[float, float]
    ) -> Any:
        """See ``Transport.exchange``."""
        authority, pool = self.pool_of(origin)
        _current.request = request = OutgoingRequest(target, timeout[1])
        started_at = time.monotonic()
        try:
            with watchdog.over(request, timeout[1]):
                response = pool.urlopen(
                    method,
                    "/",
                    body=body or None,
                    headers={"Host": authority, **headers},
                    retries=False,
                    redirect=False,
                    assert_same_host=False,
                    timeout=Timeout(connect=timeout[0], read=timeout[1]),
                    preload_content=False,
                    decode_content=False,
                )
        except ValueError as error:
            raise requests.exceptions.InvalidHeader("a header that cannot be sent") from error
        except (HTTPError, HTTPException, OSError) as error:
            late = time.monotonic() - started_at >= timeout[1]
            raise _failure(error, connected=request.sock is not None, late=late) from error
        finally:
            _current.request = None
        if time.monotonic() - started_at >= timeout[1]:
            # Cut off in the middle of its head, a response looks whole to http.client.
            response.close()
            raise requests.ReadTimeout("head took too long")
        return StreamedResponse(response, request.sock)

    def send(  # type: ignore[override]
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: tuple[float, float] = (3.0, 15.0),
        verify: bool = True,
        cert: None = None,
        proxies: None = None,
    ) -> requests.Response:
        """See ``Transport.send``. Without ``stream`` the body is read, too: up to MAX_WHOLE_BYTES."""
        try:
            url = parse(request.url or "")
        except UnsafeAddress as error:
            raise requests.exceptions.InvalidURL(str(error), request=request) from error
        headers = {str(name): str(value) for name, value in request.headers.items()}
        body = request.body.encode() if isinstance(request.body, str) else request.body or b""
        # Not the faster ``exchange`` of a subclass: this body is decoded by urllib3.
        raw = Urllib3Transport.exchange(self, request.method or "GET", url.origin, url.target, headers, body, timeout)
        response = requests.Response()
        response.status_code = raw.status
        response.headers = CaseInsensitiveDict(raw.headers)
        response.raw = raw if stream else io.BytesIO(_read_whole(raw, timeout[1]))
        response.request = request
        response.url = request.url or ""
        return response

    def close(self) -> None:
        """Close the pooled connections."""
        self.pools.clear()


def _failure(error: Exception, *, connected: bool, late: bool) -> requests.RequestException:
    """What an exception of urllib3 means for the sender."""
    name = type(error).__name__
    timed_out = isinstance(error, (ConnectTimeoutError, ReadTimeoutError))
    # NewConnectionError (refused, unknown host name) is a ConnectTimeoutError to urllib3.
    if not connected:
        return NotSentInTime(name) if timed_out and not isinstance(error, NewConnectionError) else NotSent(name)
    return requests.ReadTimeout(name) if timed_out or late else LostAnswer(name)


def _read_whole(raw: StreamedResponse, seconds: float) -> bytes:
    """The decoded body. Raises LostAnswer or requests.ReadTimeout."""
    started_at = time.monotonic()
    try:
        with bounded(raw.sock, seconds):
            body = raw.read(MAX_WHOLE_BYTES + 1, decode_content=True)
    except (HTTPError, HTTPException, OSError) as error:
        late = time.monotonic() - started_at >= seconds
        raise (requests.ReadTimeout if late else LostAnswer)(type(error).__name__) from error
    if len(body) > MAX_WHOLE_BYTES:
        raw.close()
        raise LostAnswer("answer too large")
    return body
