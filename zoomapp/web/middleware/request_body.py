"""A ``before_request`` hook: the body becomes a stream that is read, whole and within limits, when the view asks.

Servers pass on an incomplete body, and Werkzeug truncates one that is too long and has no length. So every body is read
here, once. The limits depend on the sender, so the session is read before the body (``body_limits.py``).
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping, MutableMapping
from typing import Any

from flask import Flask, request

from zoomapp.errors import BadRequest, RequestTimeout, TooLarge
from zoomapp.server import body_limits
from zoomapp.server.body_limits import BodyReads
from zoomapp.web.middleware.csrf import WEBHOOK
from zoomapp.web.sessions import ENVIRON_KEY as SESSION

#: The environ key of the memory that this request's body takes.
RESERVED = "zoomapp.body_bytes"


def init_app(app: Flask) -> None:
    max_bytes: int = app.config["MAX_CONTENT_LENGTH"]

    @app.before_request
    def require_complete_body() -> None:
        environ = request.environ
        if "CONTENT_LENGTH" in environ or "HTTP_TRANSFER_ENCODING" in environ:
            environ.setdefault(RESERVED, [])
            environ["wsgi.input"] = CompleteBody(dict(environ), max_bytes)

    @app.teardown_request
    def release_memory(_: BaseException | None) -> None:
        release(request.environ)


class CompleteBody:
    """A body as a stream: complete, or an error when it is read."""

    def __init__(self, environ: MutableMapping[str, Any], max_bytes: int) -> None:
        self._environ = environ
        self._max_bytes = max_bytes
        self._body: io.BytesIO | None = None

    def read(self, size: int = -1) -> bytes:
        """The next ``size`` bytes. Raises what ``read_body`` raises."""
        if self._body is None:
            self._body = io.BytesIO(read_body(self._environ, self._max_bytes))
        return self._body.read(size)


def read_body(environ: MutableMapping[str, Any], max_bytes: int) -> bytes:
    """The whole body; empty if the request has none (RFC 9112 6.3).

    Raises BadRequest, TooLarge, RequestTimeout, Busy, StoreUnavailable.
    """
    length = None if "HTTP_TRANSFER_ENCODING" in environ else _length(environ.get("CONTENT_LENGTH") or "0")
    if length == 0:
        return b""
    if isinstance(environ["wsgi.input"], CompleteBody):
        return environ["wsgi.input"].read()
    reads = _reads(environ, length)
    max_bytes = min(max_bytes, reads.max_bytes)
    if length is not None and length > max_bytes:
        raise TooLarge(f"{length} bytes")
    _reserve(environ, max_bytes if length is None else length)
    body = _read(environ, reads, max_bytes + 1 if length is None else length)
    if len(body) > max_bytes:
        raise TooLarge("the body has no length and is too long")
    if length is not None and len(body) != length:
        raise BadRequest(f"the body broke off after {len(body)} of {length} bytes")
    return body


def release(environ: MutableMapping[str, Any]) -> None:
    """Give back the memory of the body at the end of the request."""
    for size in environ.pop(RESERVED, ()):
        body_limits.memory.give_back(size)


def _reserve(environ: MutableMapping[str, Any], size: int) -> None:
    body_limits.memory.take(size)
    environ.setdefault(RESERVED, []).append(size)


def _reads(environ: Mapping[str, Any], length: int | None) -> BodyReads:
    """The limits for this sender. A small body needs no session, so it can be read while Redis is away."""
    if environ.get("PATH_INFO") == WEBHOOK:
        return body_limits.webhook_reads
    session = environ.get(SESSION)
    large = length is None or length > body_limits.anonymous_reads.max_bytes
    if session is None or (session.unknown and not large) or session.user() is None:
        return body_limits.anonymous_reads
    return body_limits.signed_in_reads


def _read(environ: Mapping[str, Any], reads: BodyReads, size: int) -> bytes:
    sock = environ.get("gunicorn.socket")
    with reads.read(sock) if sock is not None else contextlib.nullcontext() as read:
        try:
            body: bytes = environ["wsgi.input"].read(size)
        except TimeoutError as error:
            raise RequestTimeout("the body stalled") from error
        except Exception as error:  # each server raises its own for invalid chunks
            if read is None or not read.ended:
                raise BadRequest(f"the body broke off: {type(error).__name__}") from error
    if read is not None and read.ended:
        raise RequestTimeout("the body took too long")
    return body


def _length(content_length: str) -> int:
    if not content_length.isdecimal():
        raise BadRequest("Content-Length is not a number")
    return int(content_length)
