"""The transport under ``requests``: pooled, one TLS context, no retries, and the target byte for byte.

What requests and urllib3 do to an address on its way out (folding dot segments, rewriting escapes) would break meeting
UUIDs and could lead a token elsewhere, so this adapter hands the target straight to the connection. It uses two private
names of urllib3 (``_get_conn``, ``_make_request``); the version is pinned and tests/zoom/test_transport.py holds it.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3 import Timeout
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ReadTimeoutError
from urllib3.util import is_connection_dropped

from zoomapp.fastpath.http1 import RawResponse, request_bytes, send_request
from zoomapp.urls import UnsafeAddress, Url, parse
from zoomapp.zoom.transport_errors import LostAnswer, NotSent, NotSentInTime
from zoomapp.zoom.watchdog import Watchdog

#: A connection for each thread of a worker.
POOL_SIZE = 512
#: Of an answer that is not streamed, unpacked: those of the token endpoint have 1 to 3 KB.
MOST_WHOLE_BYTES = 1024 * 1024

watchdog = Watchdog()


class ExactTargetAdapter(HTTPAdapter):
    """Sends a prepared request as it stands. The answer's body is not read: ``response.raw`` streams it."""

    def __init__(self, ca_bundle: str = "") -> None:
        # Building a context loads every root certificate (about 15 ms): once per process, not once per connection.
        self._context = ssl.create_default_context(cafile=ca_bundle or None)
        self._origins: dict[str, tuple[str, HTTPConnectionPool]] = {}
        super().__init__(pool_connections=4, pool_maxsize=POOL_SIZE, max_retries=0)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: Any) -> None:
        super().init_poolmanager(connections, maxsize, block, ssl_context=self._context, **options)

    def exchange(
        self, method: str, origin: str, target: str, headers: dict[str, str], body: bytes, timeout: tuple[float, float]
    ) -> RawResponse:
        """The short way, for calls that only pass through. Raises NotSent, LostAnswer or requests.ReadTimeout."""
        where, pool = self._origins.get(origin) or self._origin(origin)
        request = request_bytes(method, target, {"Host": where, **headers}, body)
        return send_request(pool, method, request, timeout, watchdog)

    def _origin(self, origin: str) -> tuple[str, HTTPConnectionPool]:
        """The Host header and the pool of ``https://host:port``."""
        url = parse(origin)
        self._origins[origin] = (url.authority, self._pool(url))
        return self._origins[origin]

    def _pool(self, url: Url) -> HTTPConnectionPool:
        pool: HTTPConnectionPool = self.poolmanager.connection_from_host(url.host, url.port, url.scheme)
        return pool

    def send(  # type: ignore[override]
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: tuple[float, float] = (3.0, 15.0),
        verify: bool = True,
        cert: None = None,
        proxies: None = None,
    ) -> requests.Response:
        """The answer. Raises NotSent, LostAnswer, requests.ReadTimeout, or InvalidURL for an unsafe address."""
        try:
            url = parse(request.url or "")
        except UnsafeAddress as error:
            raise requests.exceptions.InvalidURL(str(error), request=request) from error
        pool = self._pool(url)
        began = time.monotonic()
        try:
            raw = _exchange(pool, request, url.target, Timeout(connect=timeout[0], read=timeout[1]))
        # NewConnectionError (refused, unknown host name) is a ConnectTimeoutError to urllib3.
        except (NewConnectionError, ssl.SSLError) as error:
            raise NotSent(str(type(error).__name__), request=request) from error
        except ConnectTimeoutError as error:
            raise NotSentInTime(str(type(error).__name__), request=request) from error
        except ReadTimeoutError as error:
            raise requests.ReadTimeout(str(type(error).__name__), request=request) from error
        except (HTTPError, HTTPException, OSError) as error:
            kind = requests.ReadTimeout if time.monotonic() - began >= timeout[1] else LostAnswer
            raise kind(str(type(error).__name__), request=request) from error
        if time.monotonic() - began >= timeout[1]:
            # Cut off in the middle of its head, an answer looks whole to http.client.
            raw.close()
            raise requests.ReadTimeout("head took too long", request=request)
        response = _response(request, raw)
        if not stream:
            _read_whole(response, timeout[1])
        return response


def _exchange(pool: HTTPConnectionPool, request: requests.PreparedRequest, target: str, timeout: Timeout) -> Any:
    connection = pool._get_conn()
    if is_connection_dropped(connection):
        connection.close()
    connection.timeout = timeout.connect_timeout  # type: ignore[assignment]
    try:
        with watchdog.over(connection, float(timeout.read_timeout)):  # type: ignore[arg-type]
            return pool._make_request(
                connection,
                request.method or "GET",
                target,
                body=request.body,
                headers=request.headers,
                timeout=timeout,
                response_conn=connection,
                preload_content=False,
                decode_content=False,
            )
    except BaseException:
        connection.close()
        pool._put_conn(connection)
        raise


def _response(request: requests.PreparedRequest, raw: Any) -> requests.Response:
    response = requests.Response()
    response.status_code = raw.status
    response.headers = CaseInsensitiveDict(raw.headers)
    response.raw = raw
    response.request = request
    response.url = request.url or ""
    return response


def _read_whole(response: requests.Response, seconds: float) -> None:
    began = time.monotonic()
    try:
        with bounded(response.raw, seconds):
            body = response.raw.read(MOST_WHOLE_BYTES + 1, decode_content=True)
    except (HTTPError, HTTPException, OSError) as error:
        kind = requests.ReadTimeout if time.monotonic() - began >= seconds else LostAnswer
        raise kind(type(error).__name__, request=response.request) from error
    if len(body) > MOST_WHOLE_BYTES:
        response.raw.close()
        raise LostAnswer("answer too large", request=response.request)
    response._content = body


@contextlib.contextmanager
def bounded(raw: Any, seconds: float) -> Iterator[None]:
    """Within, reading this body ends after ``seconds``, with an error, whether the peer is silent or only slow."""
    connection = getattr(raw, "connection", None)
    # With "Connection: close" the socket has moved from the connection to the answer's own file.
    file = getattr(getattr(raw, "_fp", None), "fp", None)
    found = getattr(connection, "sock", None) or getattr(getattr(file, "raw", None), "_sock", None)
    if found is None:  # all of the body has come
        yield
        return
    if found.gettimeout() != 0.0:  # else it never waits by itself: see exchange.py
        found.settimeout(seconds)
    with watchdog.over(_Holder(found), seconds):
        yield


@dataclass
class _Holder:
    sock: socket.socket
