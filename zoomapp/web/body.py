"""A request's body counts when all of it came: half a form, or half a JSON document, is none.

Servers hand on what came, also when it is less than was announced, and Werkzeug cuts off what is too long and has no
length. So every body is read here, once, when somebody asks for it.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from flask import Flask, request

from zoomapp.errors import BadRequest, TooLarge


def init_app(app: Flask) -> None:
    most: int = app.config["MAX_CONTENT_LENGTH"]

    @app.before_request
    def whole() -> None:
        if "CONTENT_LENGTH" in request.environ or "HTTP_TRANSFER_ENCODING" in request.environ:
            request.environ["wsgi.input"] = Whole(dict(request.environ), most)


class Whole:
    """A body as a stream that has all of it, or refuses to be read."""

    def __init__(self, environ: Mapping[str, Any], most: int) -> None:
        self._environ = environ
        self._most = most
        self._body: io.BytesIO | None = None

    def read(self, size: int = -1) -> bytes:
        """The next ``size`` bytes. Raises what ``read_body`` raises."""
        if self._body is None:
            self._body = io.BytesIO(read_body(self._environ, self._most))
        return self._body.read(size)


def read_body(environ: Mapping[str, Any], most: int) -> bytes:
    """All of the body, empty where none was announced (RFC 9112 6.3). Raises BadRequest, TooLarge."""
    length = None if "HTTP_TRANSFER_ENCODING" in environ else _length(environ.get("CONTENT_LENGTH") or "0")
    if length == 0:
        return b""
    if length is not None and length > most:
        raise TooLarge(f"{length} bytes")
    try:
        body: bytes = environ["wsgi.input"].read(most + 1 if length is None else length)
    except Exception as error:  # each server has its own for chunks that are none
        raise BadRequest(f"the body broke off: {type(error).__name__}") from error
    if len(body) > most:
        raise TooLarge("a body without an end")
    if length is not None and len(body) != length:
        raise BadRequest(f"the body broke off after {len(body)} of {length} bytes")
    return body


def _length(announced: str) -> int:
    if not announced.isdecimal():
        raise BadRequest("a length that is no number")
    return int(announced)
