"""The app with one more page: a dashboard made as Zoom's guide for Zoom Apps makes one.

The page is static. It loads the SDK, asks for the running meeting, calls Zoom twice at the same time through this app's
proxy, and renders by script. In its favor it has neither a framework nor the real SDK to load, its scripts are cached
by the browser, and it passes the meeting's number, as Zoom finds no meeting by the UUID that the guide passes.
"""

import mimetypes
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from wsgi import app

FOLDER = Path(__file__).with_name("guide")
PREFIX = "/guide/"
FILES = {PREFIX + path.name: path.read_bytes() for path in FOLDER.iterdir()}
LIFETIMES = {"text/html": "no-cache", "text/javascript": "public, max-age=31536000, immutable"}
own_pages = app.wsgi_app


def guide_or_app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """A file of the guide's dashboard, or the answer of the app."""
    body = FILES.get(environ["PATH_INFO"])
    if body is None:
        return own_pages(environ, start_response)
    kind = mimetypes.guess_type(environ["PATH_INFO"])[0] or ""
    headers = [("Content-Type", f"{kind}; charset=utf-8"), ("Cache-Control", LIFETIMES[kind])]
    start_response("200 OK", [*headers, ("Content-Length", str(len(body)))])
    return [body]


app.wsgi_app = guide_or_app  # type: ignore[method-assign]
