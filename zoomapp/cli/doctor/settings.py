"""Checks the settings and the encryption keys, without a network."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from zoomapp.cli.doctor.finding import Finding, fail, ok, warn
from zoomapp.config import Settings, is_loopback
from zoomapp.services import Services
from zoomapp.zoom.addresses import ZoomHosts

#: A random key has more distinct bytes than this; a placeholder has fewer.
MIN_DISTINCT = 8
NEW_KEY = "python3 -c 'import secrets; print(secrets.token_hex(32))'"


def check(services: Services) -> Iterator[Finding]:
    """Findings about settings, keys, addresses and cookie mode."""
    settings = services.settings
    yield ok("settings", "All required settings are there.")
    if len(set(settings.secret_key)) < MIN_DISTINCT:
        yield fail("settings.secret_key", "SECRET_KEY is a placeholder: it can be guessed.", f"Replace it: {NEW_KEY}")
    if settings.log_level == "DEBUG":
        yield warn("settings.log_level", "LOG_LEVEL=DEBUG logs every step.", "Set LOG_LEVEL=INFO.")
    if not settings.zoom_webhook_secret:
        yield warn(
            "settings.webhook",
            "Without ZOOM_WEBHOOK_SECRET the app does not learn who removed it; the Marketplace requires that.",
            "Set it to the secret token of the app's event subscription.",
        )
    yield from _keys(settings)
    yield from _addresses(settings)
    yield _cookie(settings)


def _keys(settings: Settings) -> Iterator[Finding]:
    keys = settings.token_encryption_keys
    if any(len(set(key)) < MIN_DISTINCT for key in keys):
        yield fail(
            "keys.weak",
            "TOKEN_ENCRYPTION_KEYS holds a key that can be guessed.",
            f"Change it in the two steps of docs/operations.md: {NEW_KEY}",
        )
    elif len(set(keys)) < len(keys):
        yield warn("keys.twice", "TOKEN_ENCRYPTION_KEYS holds the same key twice.", "Remove one of them.")
    else:
        yield ok("keys", f"{len(keys)} configured.")


def _addresses(settings: Settings) -> Iterator[Finding]:
    public_host, zoom_host = (urlsplit(url).hostname for url in (settings.public_url, settings.zoom_host))
    if is_loopback(public_host) and not is_loopback(zoom_host):
        yield fail(
            "url.public",
            f"PUBLIC_URL is {settings.public_url}: Zoom's client cannot reach it.",
            "Set it to the https address that people use; for development, to that of a tunnel.",
        )
    else:
        yield ok("url.public", f"The redirect URI is {settings.redirect_uri}.")
    yield from _zoom_hosts(settings)
    redirect = settings.in_client_redirect
    if redirect not in ("event", "none") and not redirect.startswith(settings.public_url + "/"):
        yield fail(
            "url.in_client",
            f"IN_CLIENT_REDIRECT is {redirect}, which does not begin with PUBLIC_URL: in-client sign-ins will fail.",
            "Remove it, or set it to the address of a page of this app.",
        )


def _zoom_hosts(settings: Settings) -> Iterator[Finding]:
    """Whether both of Zoom's hosts belong to the same Zoom: Zoom for Government has other users than zoom.us."""
    clusters = [ZoomHosts(host).clusters for host in (settings.zoom_host, settings.zoom_api_host)]
    if all(clusters) and clusters[0] != clusters[1]:
        yield fail(
            "url.zoom",
            f"ZOOM_HOST is {settings.zoom_host} and ZOOM_API_HOST is {settings.zoom_api_host}: Zoom and Zoom for "
            "Government do not accept each other's tokens.",
            "Set both, such as https://zoomgov.com and https://api.zoomgov.com, or neither.",
        )


def _cookie(settings: Settings) -> Finding:
    if settings.cookie_mode == "partitioned" and not settings.secure:
        return fail(
            "cookie.mode",
            "COOKIE_MODE=partitioned needs https: a browser drops such a cookie on plain http.",
            "Set PUBLIC_URL to an https:// address, or set COOKIE_MODE=lax.",
        )
    places = "also framed by Zoom's web client" if settings.cookie_mode == "partitioned" else "in Zoom's desktop client"
    return ok("cookie.mode", f"{settings.cookie_mode}: works {places} and in browsers.")
