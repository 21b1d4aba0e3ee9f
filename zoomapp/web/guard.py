"""Cross-site requests change nothing here, and read nothing through the proxy.

Browsers say where a request comes from (``Sec-Fetch-Site``; ``Origin`` on every POST of those that do not), and no page
can forge it, so no token has to travel in forms. https://www.w3.org/TR/fetch-metadata/
"""

from __future__ import annotations

from flask import Flask, Request, request

from zoomapp.errors import CrossSite

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
#: Read by scripts of our own pages; nobody else has a reason to.
SCRIPTS_ONLY = "/zoom/api/"
#: Sent by Zoom's servers, not by a browser; its signature is checked instead.
WEBHOOK = "/api/zoomapp/webhook"


def init_app(app: Flask, public_url: str) -> None:
    @app.before_request
    def guard() -> None:
        refuse_cross_site(request, public_url)


def refuse_cross_site(request: Request, public_url: str) -> None:
    """Raises CrossSite unless the request is safe, ours, or of no browser at all."""
    if request.path == WEBHOOK:
        return
    if request.method in SAFE and not request.path.startswith(SCRIPTS_ONLY):
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None and site not in ("same-origin", "none"):
        raise CrossSite(f"Sec-Fetch-Site: {site}")
    if origin is not None and origin != public_url and not (site == "same-origin" and origin != "null"):
        raise CrossSite("Origin of another site")
