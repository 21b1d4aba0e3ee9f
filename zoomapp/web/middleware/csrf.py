"""CSRF protection: refuses requests of other sites that would write, use the API proxy, or open a page with a secret.

Browsers say where a request comes from, and no page can forge it, so forms need no token. The header is
``Sec-Fetch-Site``; older browsers send ``Origin`` with every POST, or ``Referer``.
https://www.w3.org/TR/fetch-metadata/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask, request

from zoomapp.errors import CrossSite

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
#: Only scripts of our own pages need these addresses.
SCRIPTS_ONLY = "/zoom/api/"
#: Pages that show a credential: a start link, a passcode, an invitation, the verifier of a sign-in. They can be opened
#: from our own pages and by typing the address.
CREDENTIAL_ENDPOINTS = frozenset(
    {"meetings.start", "meeting.passcode", "meeting.invitation", "recordings.passcode", "oauth.authorize"}
)
#: Sent by Zoom's servers, not by a browser; its signature is checked instead.
WEBHOOK = "/api/zoomapp/webhook"


def init_app(app: Flask, public_url: str) -> None:
    @app.before_request
    def guard() -> None:
        refuse_cross_site(request.path, request.environ, public_url)
        if _hands_out_credential():
            refuse_foreign(request.environ, public_url)


def _hands_out_credential() -> bool:
    """Whether this page shows a secret. A calendar file does on request; a one-time link may open it anywhere."""
    if request.endpoint == "meeting.calendar":
        return "passcode" in request.args and "once" not in request.args
    return request.endpoint in CREDENTIAL_ENDPOINTS


def refuse_cross_site(path: str, environ: Mapping[str, Any], public_url: str) -> None:
    """Raises CrossSite unless the request is safe, from our own pages, or not from a browser."""
    if path == WEBHOOK:
        return
    if environ["REQUEST_METHOD"] in SAFE and not path.startswith(SCRIPTS_ONLY):
        return
    refuse_foreign(environ, public_url)


def refuse_foreign(environ: Mapping[str, Any], public_url: str) -> None:
    """Raises CrossSite for a request that a page of another site made a browser send."""
    site = environ.get("HTTP_SEC_FETCH_SITE")
    origin = environ.get("HTTP_ORIGIN")
    if site is not None and site not in ("same-origin", "none"):
        raise CrossSite(f"Sec-Fetch-Site: {site}")
    if origin is not None and origin != public_url and not (site == "same-origin" and origin != "null"):
        raise CrossSite("Origin of another site")
    if site is None and origin is None and not _is_own(environ.get("HTTP_REFERER", ""), public_url):
        raise CrossSite("Referer of another site")


def _is_own(referer: str, public_url: str) -> bool:
    """Whether this is empty or one of our own addresses. It is compared as text, so no parser can be misled."""
    return not referer or referer == public_url or referer.startswith(f"{public_url}/")
