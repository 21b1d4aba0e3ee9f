"""Checks whether Zoom's webhooks arrive."""

from __future__ import annotations

from collections.abc import Iterator

from zoomapp.cli.doctor.finding import Finding, ok, warn
from zoomapp.cli.support import moment
from zoomapp.errors import StoreUnavailable
from zoomapp.services import Services

DAYS = 3


def check(services: Services) -> Iterator[Finding]:
    """A finding if meetings ran lately. Without the secret or Redis other checks say what is wrong."""
    if not services.settings.zoom_webhook_secret:
        return
    try:
        summary = services.webhook_arrivals.summary()
    except StoreUnavailable:
        return
    if summary.silent_for(DAYS * 86400, services.clock()):
        yield warn(
            "webhooks",
            f"A meeting ran at {moment(summary.meeting_at)} UTC, but no valid webhook has arrived for {DAYS} days.",
            "`flask webhooks` says what was refused or not readable; docs/operations.md says what to check at Zoom.",
        )
    elif summary.valid_at:
        yield ok("webhooks", f"The last valid one arrived at {moment(summary.valid_at)} UTC.")
