"""The client of Zoom's REST API: sends calls with an access token. ``refusals.py`` says what the responses mean."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any

import requests
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import HTTPError

from zoomapp import deadline
from zoomapp.errors import UpstreamError, UpstreamTimeout
from zoomapp.log_setup import next_traceparent
from zoomapp.urls import UnsafeAddress, Url, parse, resolve
from zoomapp.zoom import call_trace
from zoomapp.zoom.addresses import ZoomHosts
from zoomapp.zoom.content_encoding import decoded
from zoomapp.zoom.endpoints import template
from zoomapp.zoom.tolerant_reader import decode
from zoomapp.zoom.transport import Transport
from zoomapp.zoom.watchdog import bounded

log = logging.getLogger(__name__)

CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 20.0
#: Bodies up to here are read whole before we answer, so that a broken one is a 502 and not half an answer.
WHOLE_BYTES = 256 * 1024
CHUNK_BYTES = 64 * 1024
#: An answer is JSON for a person's page: nothing Zoom lists comes near this.
JSON_BYTES = 16 * 1024 * 1024
NO_BODY = frozenset({204, 304})
SAFE = frozenset({"GET", "HEAD"})
USER_AGENT = "zoomapp/1.0"
REDIRECTS = frozenset({301, 302, 303, 307, 308})
MOST_REDIRECTS = 4


@dataclass(frozen=True)
class Call:
    """A request to Zoom: ``target`` is path and query as they go on the wire, beginning with ``/v2/``."""

    method: str
    target: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)

    @property
    def path(self) -> str:
        """Without the query, which may hold what people typed."""
        return self.target.partition("?")[0]

    @property
    def template(self) -> str:
        """For logs: the path, which may hold somebody's address, with ``{id}`` for all that names."""
        return template(self.path)


class Answer:
    """A response of Zoom. The body is undecoded, and read once: by ``whole``, ``chunks`` or ``json``."""

    def __init__(self, status: int, headers: Mapping[str, str], raw: Any, method: str) -> None:
        self.status = status
        self.headers = headers
        self._raw = raw
        self._has_body = method != "HEAD" and self.status not in NO_BODY
        self._read = b""
        self._ended = not self._has_body
        self._broken: UpstreamError | None = None

    @classmethod
    def of(cls, response: requests.Response, method: str) -> Answer:
        return cls(response.status_code, response.headers, response.raw, method)

    @property
    def tracking_id(self) -> str:
        return self.headers.get("x-zm-trackingid", "")

    def fill(self, size: int = WHOLE_BYTES) -> bytes:
        """The first ``size`` bytes of the body, or all of it. Raises UpstreamError when it breaks off."""
        if self._broken:
            raise self._broken
        while not self._ended and len(self._read) < size:
            self._read += self._next(size - len(self._read))
        return self._read

    def whole(self) -> bytes | None:
        """The body if it is small, else None: then ``chunks`` streams it."""
        self.fill()
        return self._read if self._ended else None

    def chunks(self) -> Iterator[bytes]:
        """The body, piece by piece. Raises UpstreamError when it breaks off or the request's time is up."""
        try:
            yield self._read
            while not self._ended:
                yield self._next(CHUNK_BYTES)
        finally:
            self.close()

    def json(self) -> Any:
        """The body as JSON; None when there is none. Raises UpstreamError."""
        body = self.fill(JSON_BYTES)
        if not self._ended:
            self.close()
            raise UpstreamError("answer too large")
        if not body.strip():
            return None
        try:
            return decode(decoded(self.headers.get("Content-Encoding", ""), body, JSON_BYTES) or b"")
        except ValueError as error:
            raise UpstreamError(f"answer {self.status} is not JSON") from error

    def refusal(self) -> bytes:
        """The decoded body of a refusal, as far as it came: its status alone says that Zoom refused."""
        try:
            self.fill()
        except UpstreamError as error:
            self._broken = error
            log.info("refusal cut off", extra={"status": self.status, "detail": error.detail})
        return decoded(self.headers.get("Content-Encoding", ""), self._read, WHOLE_BYTES) or b""

    def close(self) -> None:
        """Release the connection. It is not reused if a part of the response was not read."""
        if not self._ended:
            self._raw.close()
            self._ended = True
        self._raw.release_conn()

    def _next(self, size: int) -> bytes:
        if getattr(self._raw, "complete", False):  # no wait, and nothing that could break
            piece: bytes = self._raw.read(size)
            self._ended = len(piece) < size
            return piece
        if deadline.passed():
            self.close()
            raise UpstreamTimeout("body took too long")
        seconds, began = deadline.remaining(ANSWER_SECONDS), time.monotonic()
        piece, broken = b"", None
        try:
            with bounded(getattr(self._raw, "sock", None), seconds):
                piece = self._raw.read(size, decode_content=False)
        except (HTTPError, HTTPException, OSError) as error:
            broken = error
        if time.monotonic() - began >= seconds:
            self.close()
            raise UpstreamTimeout("body took too long") from broken
        if broken:
            self.close()
            raise UpstreamError(f"body broke off: {type(broken).__name__}") from broken
        if not piece:
            self._ended = True
        return piece


class ZoomClient:
    """Zoom's REST API at one host. A write is sent at most once; a GET once more if no answer came."""

    def __init__(
        self,
        session: requests.Session,
        host: str,
        clock: Callable[[], float] = time.time,
        hosts: ZoomHosts | None = None,
    ) -> None:
        """``host``: where the API is. ``hosts``: which addresses are Zoom's; the default is ``host`` and zoom.us."""
        self._adapter = session.get_adapter(host)
        # A test's adapter has only ``send``.
        self._transport = self._adapter if isinstance(self._adapter, Transport) else None
        self.host = host
        self.clock = clock
        self.hosts = hosts or ZoomHosts(host)

    def send(self, call: Call, access_token: str) -> Answer:
        """Zoom's answer with any status. Raises UpstreamError (UpstreamTimeout) when there is none."""
        began = time.monotonic()
        try:
            answer = self._deliver(call, access_token)
        except requests.RequestException as error:
            call_trace.record_call(call.method, call.path, 0, (time.monotonic() - began) * 1000, {})
            raise _no_answer(f"{call.method} {call.template}", error) from error
        milliseconds = (time.monotonic() - began) * 1000
        call_trace.record_call(call.method, call.path, answer.status, milliseconds, answer.headers)
        if log.isEnabledFor(logging.DEBUG):
            facts = {"method": call.method, "path": call.template, "status": answer.status}
            facts |= {"milliseconds": round(milliseconds, 1), "tracking_id": answer.tracking_id}
            log.debug("upstream call", extra=facts)
        self._refuse_unframed(answer)
        return answer

    def download(self, address: str, access_token: str, byte_range: str = "") -> Answer:
        """A file at Zoom, as a stream. The storage Zoom redirects to never sees the token.

        Raises UpstreamError, also for an address that is not Zoom's.
        """
        url = _parsed(address)
        if not self.hosts.may_have_token(url):
            raise UpstreamError("a file elsewhere")
        for _ in range(MOST_REDIRECTS):
            answer = self._get_file(url, access_token, byte_range)
            if answer.status not in REDIRECTS:
                self._refuse_unframed(answer)
                return answer
            answer.close()
            url = _parsed(answer.headers.get("Location", ""), url)
            if not self.hosts.may_have_token(url) and not self.hosts.may_hold_files(url):
                raise UpstreamError("a file behind a redirect to a host that is not public")
        raise UpstreamError("a file behind too many redirects")

    def _get_file(self, url: Url, access_token: str, byte_range: str) -> Answer:
        """Send one request of a download, with the token only if this address may have it."""
        headers = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": USER_AGENT}
        if byte_range:
            headers["Range"] = byte_range
        if self.hosts.may_have_token(url):
            headers |= _for_zoom(access_token)
        try:
            return Answer.of(self._once(self._adapter, _prepared("GET", str(url), headers)), "GET")
        except requests.RequestException as error:
            raise _no_answer("download", error) from error

    def _deliver(self, call: Call, access_token: str) -> Answer:
        headers = {"Accept": "application/json", "User-Agent": USER_AGENT, **call.headers, **_for_zoom(access_token)}
        try:
            return self._attempt(call, headers)
        except requests.ConnectionError:
            # A kept-alive connection that Zoom closed just now looks like this; a write may have been processed.
            if call.method not in SAFE or deadline.passed():
                raise
        return self._attempt(call, headers)

    def _attempt(self, call: Call, headers: dict[str, str]) -> Answer:
        if self._transport is not None:
            raw = self._transport.exchange(call.method, self.host, call.target, headers, call.body, _timeout())
            return Answer(raw.status, raw.headers, raw, call.method)
        request = _prepared(call.method, self.host + call.target, headers, call.body)
        return Answer.of(self._once(self._adapter, request), call.method)

    @staticmethod
    def _once(adapter: Any, request: requests.PreparedRequest) -> requests.Response:
        response: requests.Response = adapter.send(request, stream=True, timeout=_timeout())
        return response

    @staticmethod
    def _refuse_unframed(answer: Answer) -> None:
        """Refuse a body with neither a length nor chunks: a whole one and one that was cut off look the same."""
        framed = "Content-Length" in answer.headers or "chunked" in answer.headers.get("Transfer-Encoding", "").lower()
        if answer._has_body and not framed:
            answer.close()
            raise UpstreamError(f"answer {answer.status} has no length")


def _for_zoom(access_token: str) -> dict[str, str]:
    """The headers that no other server may get: the token, and the trace that the request belongs to."""
    headers = {"Authorization": f"Bearer {access_token}"}
    if traceparent := next_traceparent():
        headers["traceparent"] = traceparent
    return headers


def _prepared(method: str, address: str, headers: dict[str, str], body: bytes = b"") -> requests.PreparedRequest:
    """A request whose address stays as it is: ``requests`` would rewrite it."""
    request = requests.PreparedRequest()
    request.method, request.url, request.body = method, address, body or None
    request.headers = CaseInsensitiveDict(headers)
    return request


def _parsed(address: str, base: Url | None = None) -> Url:
    """An address of a file, as Zoom gave it or as a redirect from ``base`` did. Raises UpstreamError."""
    try:
        return resolve(base, address) if base else parse(address)
    except UnsafeAddress as error:
        raise UpstreamError(f"a file at an unsafe address: {error}") from error


def _no_answer(what: str, error: requests.RequestException) -> UpstreamError:
    """UpstreamTimeout if Zoom was too slow; else UpstreamError, also when no server answers at its address."""
    kind = UpstreamTimeout if isinstance(error, requests.Timeout) else UpstreamError
    return kind(f"{what}: {type(error).__name__}")


def _timeout() -> tuple[float, float]:
    """Seconds to connect, and until the answer's head has come."""
    seconds = deadline.remaining(ANSWER_SECONDS)
    return min(CONNECT_SECONDS, seconds), seconds
