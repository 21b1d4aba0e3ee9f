"""The settings and the key ring: what can be said of them without asking anybody."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from zoomapp.cli.doctor.finding import Finding, fail, ok, warn
from zoomapp.config import Settings, is_loopback
from zoomapp.services import Services

#: A random key has more different bytes than this; a placeholder has fewer.
DIFFERENT = 8
NEW_KEY = "python3 -c 'import secrets; print(secrets.token_hex(32))'"


def check(parts: Services) -> Iterator[Finding]:
    settings = parts.settings
    yield ok("settings", "All required settings are there.")
    if len(set(settings.secret_key)) < DIFFERENT:
        yield fail("settings.secret_key", "SECRET_KEY is a placeholder: it can be guessed.", f"Set it anew: {NEW_KEY}")
    if settings.log_level == "DEBUG":
        yield warn("settings.log_level", "LOG_LEVEL=DEBUG writes a line for every step.", "Set LOG_LEVEL=INFO.")
    if not settings.zoom_webhook_secret:
        yield warn(
            "settings.webhook",
            "Without ZOOM_WEBHOOK_SECRET the app does not hear who removed it; the Marketplace requires that.",
            "Set it to the secret token of the app's event subscription.",
        )
    yield from _keys(settings)
    yield from _addresses(settings)
    yield _cookie(settings)


def _keys(settings: Settings) -> Iterator[Finding]:
    keys = settings.token_encryption_keys
    if any(len(set(key)) < DIFFERENT for key in keys):
        yield fail(
            "keys.weak",
            "TOKEN_ENCRYPTION_KEYS holds a key that can be guessed.",
            f"Change it in the two steps of docs/operations.md: {NEW_KEY}",
        )
    elif len(set(keys)) < len(keys):
        yield warn("keys.twice", "TOKEN_ENCRYPTION_KEYS holds the same key twice.", "Take one of them out.")
    else:
        yield ok("keys", f"{len(keys)} in the ring.")


def _addresses(settings: Settings) -> Iterator[Finding]:
    here, zoom = (urlsplit(url).hostname for url in (settings.public_url, settings.zoom_host))
    if is_loopback(here) and not is_loopback(zoom):
        yield fail(
            "url.public",
            f"PUBLIC_URL is {settings.public_url}: Zoom's client cannot reach it.",
            "Set it to the address people use, with https; while developing, that of a tunnel.",
        )
    else:
        yield ok("url.public", f"The redirect URI is {settings.redirect_uri}.")
    asked = settings.in_client_redirect
    if asked not in ("event", "none") and not asked.startswith(settings.public_url + "/"):
        yield fail(
            "url.in_client",
            f"IN_CLIENT_REDIRECT is {asked}, which does not begin with PUBLIC_URL: in-client sign-ins will fail.",
            "Take it out, or give it the address of a page of this app.",
        )


def _cookie(settings: Settings) -> Finding:
    if settings.cookie_mode == "partitioned" and not settings.secure:
        return fail(
            "cookie.mode",
            "COOKIE_MODE=partitioned needs https: a browser drops such a cookie on plain http.",
            "Give PUBLIC_URL an https:// address, or set COOKIE_MODE=lax.",
        )
    where = "also framed by Zoom's web client" if settings.cookie_mode == "partitioned" else "in Zoom's desktop client"
    return ok("cookie.mode", f"{settings.cookie_mode}: works {where} and in browsers.")
