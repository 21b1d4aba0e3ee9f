"""The headers of every response: Zoom's four security headers, no-store, and the request's id.

Zoom's client shows no page that lacks one of these four (HSTS, nosniff, CSP, Referrer-Policy).
https://developers.zoom.us/docs/build-flow/security/owasp/
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask, Response, request

from zoomapp.config import Settings
from zoomapp.log_setup import request_id
from zoomapp.zoom.addresses import ZoomHosts

#: Zoom's web client may frame this app. Any other page could inject events into the SDK.
ZOOM_FRAMES = "https://zoom.us https://*.zoom.us https://*.zoom.com"


#: What Zoom's React sample needs: the SDK and one picture from other hosts. Its select box writes rules into an empty
#: style element: the hash is that of the empty text, so no style with a text is allowed.
FRONTEND_NEEDS = {
    "script-src": "https://appssdk.zoom.us",
    "img-src": "https://images.unsplash.com",
    "style-src": "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
}


def frontend_policy(settings: Settings) -> str:
    """The content policy for Zoom's React sample.

    Its development server's script puts styles with a text into the page; that server is on this machine only.
    """
    if settings.frontend_url:
        # Without the hash: browsers ignore this keyword beside one.
        return content_policy(settings, {**FRONTEND_NEEDS, "style-src": "'unsafe-inline'"})
    return content_policy(settings, FRONTEND_NEEDS)


def content_policy(settings: Settings, more: Mapping[str, str] | None = None) -> str:
    """A policy that allows this app's own files and nothing inline. ``more``: further sources by directive."""
    frames = " ".join((ZOOM_FRAMES, *ZoomHosts(settings.zoom_host).frame_sources))
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
    for name, sources in (more or {}).items():
        rules[name] += f" {sources}"
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def of_answers(settings: Settings) -> tuple[tuple[str, str], ...]:
    """The headers of every response that must not be cached."""
    return (
        ("Strict-Transport-Security", "max-age=31536000"),
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Security-Policy", content_policy(settings)),
        ("Referrer-Policy", "same-origin"),
        ("Cache-Control", "no-store"),
    )


def init_app(app: Flask, settings: Settings) -> None:
    all_headers = of_answers(settings)
    cacheable = all_headers[:-1]

    @app.after_request
    def add(response: Response) -> Response:
        # Read once: every lookup in Werkzeug's headers is linear.
        present = {name.lower() for name, _ in response.headers}
        for name, value in cacheable if request.path.startswith("/static/") else all_headers:
            if name.lower() not in present:
                response.headers.add(name, value)
        if current := request_id.get():
            response.headers["X-Request-Id"] = current
        return response
