"""The header fields every answer carries.

Zoom's client refuses to draw a page that lacks one of the four it looks for (HSTS, nosniff, CSP, Referrer-Policy).
https://developers.zoom.us/docs/build-flow/security/owasp/
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from flask import Flask, Response, request

from zoomapp.config import Settings, is_loopback
from zoomapp.log_setup import request_id

#: Who may frame us: Zoom's web client. Leaving this out would let any page inject events into the SDK.
ZOOM_FRAMES = "https://zoom.us https://*.zoom.us https://*.zoom.com"


#: Zoom's React sample loads the SDK and one picture from elsewhere. Its select box writes rules into a style element
#: that is empty by itself: the hash is that of no text, so no style with a text passes.
FRONTEND_NEEDS = {
    "script-src": "https://appssdk.zoom.us",
    "img-src": "https://images.unsplash.com",
    "style-src": "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
}


def frontend_policy(settings: Settings) -> str:
    """Our own policy, and what Zoom's React sample needs besides.

    Its development server's script puts styles with a text into the page; that server is on this machine only.
    """
    if settings.frontend_url:
        # In place of the hash: beside one, browsers take no notice of this word.
        return content_policy(settings, {**FRONTEND_NEEDS, "style-src": "'unsafe-inline'"})
    return content_policy(settings, FRONTEND_NEEDS)


def content_policy(settings: Settings, besides: Mapping[str, str] | None = None) -> str:
    """Scripts, styles and connections from ourselves only; nothing inline. ``besides``: sources to add, by rule."""
    frames = ZOOM_FRAMES
    if is_loopback(urlsplit(settings.zoom_host).hostname):
        # The sandbox's client frames us from its own port.
        frames += f" {settings.zoom_host}"
    rules = {
        "default-src": "'self'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": f"'self' {frames}",
    }
    for name, sources in (besides or {}).items():
        rules[name] += f" {sources}"
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def of_answers(settings: Settings) -> tuple[tuple[str, str], ...]:
    """What every answer carries that nobody may keep."""
    return (
        ("Strict-Transport-Security", "max-age=31536000"),
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Security-Policy", content_policy(settings)),
        ("Referrer-Policy", "same-origin"),
        ("Cache-Control", "no-store"),
    )


def init_app(app: Flask, settings: Settings) -> None:
    fresh = of_answers(settings)
    kept = fresh[:-1]

    @app.after_request
    def add(response: Response) -> Response:
        # Looked through once: every question to Werkzeug's headers goes through all of them.
        known = {name.lower() for name, _ in response.headers}
        for name, value in kept if request.path.startswith("/static/") else fresh:
            if name.lower() not in known:
                response.headers.add(name, value)
        if current := request_id.get():
            response.headers["X-Request-Id"] = current
        return response
