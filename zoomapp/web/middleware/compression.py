"""Compresses pages with gzip.

A page never has a secret beside text that an attacker can choose, so its compressed length reveals nothing (BREACH).
"""

from __future__ import annotations

import gzip

from flask import Flask, Response, request

#: A page of a hundred people takes less than a millisecond; the highest level saves hardly more.
LEVEL = 8
LEAST_BYTES = 1000


def init_app(app: Flask) -> None:
    @app.after_request
    def compress(response: Response) -> Response:
        if not response.headers.get("Content-Type", "").startswith("text/html"):
            return response
        if response.is_streamed or response.content_encoding:
            return response
        response.vary.add("Accept-Encoding")
        body = response.get_data()
        if request.accept_encodings["gzip"] and len(body) >= LEAST_BYTES:
            response.set_data(gzip.compress(body, LEVEL, mtime=0))
            response.content_encoding = "gzip"
        return response
