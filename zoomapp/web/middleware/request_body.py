"""A request's body counts when all of it came: half a form, or half a JSON document, is none.

Servers hand on what came, also when it is less than was announced, and Werkzeug cuts off what is too long and has no
length. So every body is read here, once, when somebody asks for it. How much may be sent depends on who sends it: the
session is read before the body (``body_limits.py``).
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
from zoomapp.web.sessions import READ as SESSION

#: Where in the environ it is noted how much memory this request's body takes.
RESERVED = "zoomapp.body_bytes"


def init_app(app: Flask) -> None:
    most: int = app.config["MAX_CONTENT_LENGTH"]

    @app.before_request
    def whole() -> None:
        environ = request.environ
        if "CONTENT_LENGTH" in environ or "HTTP_TRANSFER_ENCODING" in environ:
            environ.setdefault(RESERVED, [])
            environ["wsgi.input"] = CompleteBody(dict(environ), most)

    @app.teardown_request
    def release_memory(_: BaseException | None) -> None:
        release(request.environ)


class CompleteBody:
    """A body as a stream that has all of it, or refuses to be read."""

    def __init__(self, environ: MutableMapping[str, Any], most: int) -> None:
        self._environ = environ
        self._most = most
        self._body: io.BytesIO | None = None

    def read(self, size: int = -1) -> bytes:
        """The next ``size`` bytes. Raises what ``read_body`` raises."""
        if self._body is None:
            self._body = io.BytesIO(read_body(self._environ, self._most))
        return self._body.read(size)


def read_body(environ: MutableMapping[str, Any], most: int) -> bytes:
    """All of the body, empty where none was announced (RFC 9112 6.3).

    Raises BadRequest, TooLarge, RequestTimeout, Busy, StoreUnavailable.
    """
    length = None if "HTTP_TRANSFER_ENCODING" in environ else _length(environ.get("CONTENT_LENGTH") or "0")
    if length == 0:
        return b""
    if isinstance(environ["wsgi.input"], CompleteBody):
        return environ["wsgi.input"].read()
    reads = _reads(environ, length)
    most = min(most, reads.max_bytes)
    if length is not None and length > most:
        raise TooLarge(f"{length} bytes")
    _reserve(environ, most if length is None else length)
    body = _read(environ, reads, most + 1 if length is None else length)
    if len(body) > most:
        raise TooLarge("a body without an end")
    if length is not None and len(body) != length:
        raise BadRequest(f"the body broke off after {len(body)} of {length} bytes")
    return body


def release(environ: MutableMapping[str, Any]) -> None:
    """The request is over, and with it the memory of its body."""
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
        except Exception as error:  # each server has its own for chunks that are none
            if read is None or not read.ended:
                raise BadRequest(f"the body broke off: {type(error).__name__}") from error
    if read is not None and read.ended:
        raise RequestTimeout("the body took too long")
    return body


def _length(announced: str) -> int:
    if not announced.isdecimal():
        raise BadRequest("a length that is no number")
    return int(announced)
