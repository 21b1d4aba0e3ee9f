"""`flask webhooks`: how many of Zoom's webhooks arrived, why others were refused, and which Zoom could not deliver."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from zoomapp.cli.manifest_push import manifest_api
from zoomapp.cli.support import current_services, moment, report_errors
from zoomapp.errors import AccountRefused, MissingScope, UpstreamError, ZoomRefused
from zoomapp.webhooks.arrivals import Summary
from zoomapp.zoom.endpoints import READ_WEBHOOK_LOGS
from zoomapp.zoom.manifest_api import FailedWebhooks
from zoomapp.zoom.scopes import name_for

EXPLANATIONS = {
    "received": "valid and new",
    "duplicate": "valid, arrived before",
    "no_participant": "accepted, but the app could not read who it is about, so it does not count as working",
    "validated": "Zoom's check of the address, answered",
    "signature": "refused: signed with another secret token, or not from Zoom",
    "age": "refused: sent too long ago, or a clock is wrong",
    "validation": "refused: Zoom's check of the address, with a wrong signature or token",
    "unreadable": "refused: not JSON",
    "no_secret": "refused: ZOOM_WEBHOOK_SECRET is not set",
}
#: Zoom's ``failed_reason_type``.
REASONS = (
    *("", "read timeout", "refused", "fallback", "timeout", "async", "DNS forbidden", "remote", "delegated"),
    *("certificate", "instant retry", "host name", "TLS", "DNS timeout", "no client", "not found", "too many requests"),
)
MAX_FAILED = 50
NO_CREDENTIALS = (
    "Zoom's own log was not read: it needs ZOOM_ACCOUNT_ID, ZOOM_S2S_CLIENT_ID and ZOOM_S2S_CLIENT_SECRET of a "
    "Server-to-Server app that may read apps."
)


@click.command("webhooks")
@click.option(
    "--app-id", metavar="APP_ID", help="Also list what Zoom could not deliver to this app in the last 7 days."
)
@with_appcontext
@report_errors
def webhooks(app_id: str | None) -> None:
    """Print which webhooks arrived, and what became of them.

    One row per kind of webhook: outcome, event, account, count, and last arrival (UTC).
    """
    print_arrivals(current_services().webhook_arrivals.summary())
    if app_id:
        click.echo()
        print_failed(app_id)


def print_arrivals(summary: Summary) -> None:
    """What arrived here."""
    click.echo(
        f"Counted since {moment(summary.since)}. A running meeting was last shown: {moment(summary.meeting_at)}."
    )
    if not summary.rows:
        click.echo("No webhook has arrived.")
        return
    click.echo(f"{'outcome':<14} {'event':<48} {'account':<13} {'count':>7}  last")
    for row in summary.rows:
        click.echo(f"{row.outcome:<14} {row.event:<48} {row.account:<13} {row.count:>7}  {moment(row.last_at)}")
    for outcome in dict.fromkeys(row.outcome for row in summary.rows):
        click.echo(f"{outcome}: {EXPLANATIONS.get(outcome, '')}")


def print_failed(app_id: str) -> None:
    """What Zoom could not deliver, or why its log cannot be read."""
    if current_services().account_tokens is None:
        click.echo(NO_CREDENTIALS)
        return
    try:
        failed = manifest_api().failed_webhooks(app_id)
    except MissingScope as error:
        scopes = " or ".join(error.scopes) or name_for(READ_WEBHOOK_LOGS, by_admin=True)
        click.echo(f"Zoom's own log was not read: the Server-to-Server app lacks the scope {scopes}.")
    except (ZoomRefused, UpstreamError) as error:
        words = error.zoom_message if isinstance(error, ZoomRefused) and not isinstance(error, AccountRefused) else ""
        click.echo(f"Zoom's own log was not read: {words or error.detail or error.message}")
    else:
        print_log(failed)


def print_log(failed: FailedWebhooks) -> None:
    """A row for each try that failed."""
    if not failed.rows and failed.complete:
        click.echo("Zoom lists no webhook that failed in the last 7 days.")
        return
    click.echo("Zoom could not deliver, in the last 7 days:")
    click.echo(f"{'event':<48} {'status':<22} {'time':<16} tries")
    for row in failed.rows[:MAX_FAILED]:
        click.echo(f"{row.event:<48} {status_words(row.status, row.reason):<22} {moment(row.at or 0):<16} {row.tries}")
    if len(failed.rows) > MAX_FAILED:
        click.echo(f"{len(failed.rows) - MAX_FAILED} older ones are not shown.")
    if not failed.complete:
        click.echo("The rest of Zoom's list could not be read.")


def status_words(status: int, reason: int) -> str:
    """The status of the app's answer; without an answer, Zoom's reason."""
    words = REASONS[reason] if 0 < reason < len(REASONS) else ""
    return f"{status} {words}".rstrip() if status > 0 else words or "no answer"
