"""Cross-site requests change nothing here, and read nothing through the proxy.

Browsers say where a request comes from (``Sec-Fetch-Site``; ``Origin`` on every POST of those that do not), and no page
can forge it, so no token has to travel in forms. https://www.w3.org/TR/fetch-metadata/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask, request

from zoomapp.errors import CrossSite

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
#: Read by scripts of our own pages; nobody else has a reason to.
SCRIPTS_ONLY = "/zoom/api/"
#: Sent by Zoom's servers, not by a browser; its signature is checked instead.
WEBHOOK = "/api/zoomapp/webhook"


def init_app(app: Flask, public_url: str) -> None:
    @app.before_request
    def guard() -> None:
        refuse_cross_site(request.path, request.environ, public_url)


def refuse_cross_site(path: str, environ: Mapping[str, Any], public_url: str) -> None:
    """Raises CrossSite unless the request is safe, ours, or of no browser at all."""
    if path == WEBHOOK:
        return
    if environ["REQUEST_METHOD"] in SAFE and not path.startswith(SCRIPTS_ONLY):
        return
    site = environ.get("HTTP_SEC_FETCH_SITE")
    origin = environ.get("HTTP_ORIGIN")
    if site is not None and site not in ("same-origin", "none"):
        raise CrossSite(f"Sec-Fetch-Site: {site}")
    if origin is not None and origin != public_url and not (site == "same-origin" and origin != "null"):
        raise CrossSite("Origin of another site")
