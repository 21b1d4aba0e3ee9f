"""`flask webhooks`: how many of Zoom's webhooks arrived, and why others were refused."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from zoomapp.cli.support import current_services, moment, report_errors

EXPLANATIONS = {
    "received": "valid and new",
    "duplicate": "valid, arrived before",
    "no_participant": "accepted, but the app could not read who it is about, so it does not count as working",
    "validated": "Zoom's check of the address, answered",
    "signature": "refused: signed with another secret token, or not by Zoom",
    "age": "refused: sent too long ago, or a clock is wrong",
    "validation": "refused: Zoom's check of the address, with a wrong signature or token",
    "unreadable": "refused: not JSON",
    "no_secret": "refused: ZOOM_WEBHOOK_SECRET is not set",
}


@click.command("webhooks")
@with_appcontext
@report_errors
def webhooks() -> None:
    """Print a row for each kind of webhook: what became of it, event, account, count, and the last one (UTC)."""
    summary = current_services().webhook_arrivals.summary()
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
