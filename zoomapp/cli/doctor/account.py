"""Checks the account's own credentials, if there are any: accepted by Zoom, with the scopes that pages use only."""

from __future__ import annotations

from collections.abc import Iterator

from zoomapp.cli.doctor.finding import Finding, fail, ok, warn
from zoomapp.errors import AccountRefused, UpstreamError
from zoomapp.services import Services
from zoomapp.zoom.endpoints import ACCOUNT_SOURCES
from zoomapp.zoom.scopes import accepted, not_granted

CHECK = "account"


def check(services: Services) -> Iterator[Finding]:
    """Findings about the Server-to-Server credentials."""
    if services.account_tokens is None:
        return
    try:
        granted = services.account_tokens.new_tokens().scopes
    except AccountRefused as error:
        yield fail(
            CHECK,
            f"Zoom refuses the account’s own credentials ({error.detail}). Pages work without them.",
            "Copy ZOOM_ACCOUNT_ID, ZOOM_S2S_CLIENT_ID and ZOOM_S2S_CLIENT_SECRET again from the Server-to-Server app, "
            "and activate that app.",
        )
        return
    except UpstreamError as error:
        yield warn(CHECK, f"The account’s own credentials could not be checked ({error.detail}).", "Try again later.")
        return
    yield ok(CHECK, "Zoom accepts the account’s own credentials.")
    yield from _scopes(granted)


def _scopes(granted: frozenset[str]) -> Iterator[Finding]:
    missing = [endpoint.scope for endpoint in not_granted(granted, ACCOUNT_SOURCES)]
    if missing:
        yield fail(
            "account.scopes",
            f"The Server-to-Server app lacks {', '.join(missing)}.",
            "Add it under Scopes of that app.",
        )
    extra = granted - {name for endpoint in ACCOUNT_SOURCES for name in accepted(endpoint)}
    if extra:
        yield warn(
            "account.scopes",
            f"The Server-to-Server app has scopes that no page needs: {', '.join(sorted(extra))}.",
            "Remove these scopes from that app.",
        )
