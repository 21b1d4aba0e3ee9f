"""`flask tokens`: what is kept of users. None of these commands ever prints a token."""

from __future__ import annotations

import signal
import sys
import threading
from collections import Counter

import click
from flask.cli import AppGroup

from zoomapp.cli.support import current_services, moment, report_errors
from zoomapp.store.key_rotation import KeyRotation
from zoomapp.tokens.grants import KeepAlive, all_grants, idle

DAY_SECONDS = 86400

group = AppGroup("tokens", help="What is kept of users.")


@group.command("list")
@report_errors
def list_() -> None:
    """Each kept grant: whose, its state, when it was given and last renewed."""
    grants = list(all_grants(current_services().redis, current_services().key_ring))
    click.echo(f"{'user':<26} {'state':<10} {'granted (UTC)':<16} {'renewed (UTC)':<16} scopes")
    for grant in grants:
        tokens = grant.tokens
        if tokens is None:
            click.echo(f"{'?':<26} {grant.state:<10} sealed under key {grant.key_id or 'none of ours'}")
            continue
        when = f"{moment(tokens.granted_at):<16} {moment(tokens.issued_at):<16}"
        click.echo(f"{tokens.user_id:<26} {grant.state:<10} {when} {len(tokens.scopes)}")
    click.echo(f"{len(grants)} kept.", err=True)


@group.command("show")
@click.argument("user_id")
@report_errors
def show(user_id: str) -> None:
    """What is known of USER_ID's grant, without its tokens."""
    tokens = current_services().tokens.load(user_id)
    click.echo(f"granted   {moment(tokens.granted_at)} UTC")
    click.echo(f"renewed   {moment(tokens.issued_at)} UTC")
    click.echo(f"good till {moment(tokens.expires_at)} UTC, then it is renewed")
    for scope in sorted(tokens.scopes):
        click.echo(f"scope     {scope}")


@group.command("forget")
@click.argument("user_id")
@click.option("--revoke", is_flag=True, help="Also end the grant at Zoom.")
@report_errors
def forget(user_id: str, revoke: bool) -> None:
    """Forget all that is kept of USER_ID; that person authorizes again."""
    service = current_services().tokens
    if current_services().tokens.store.load(user_id) is None:
        raise click.ClickException(f"no tokens are kept for {user_id}")
    revoked = service.revoke(user_id) if revoke else not service.delete(user_id)
    click.echo(f"Forgot all that was kept of {user_id}." + (" Zoom ended the grant." if revoke and revoked else ""))
    if revoke and not revoked:
        raise click.ClickException("Zoom did not confirm that the grant has ended; it lasts 90 days at most.")


@group.command("rotate")
@report_errors
def rotate() -> None:
    """Seal every record under the newest of TOKEN_ENCRYPTION_KEYS; the app may go on running.

    Begin when every process has the new key in front; before that, every process had it at the end. A run that was
    cut short is taken up by the next one. Fails while records remain that no key of the ring opens.
    """
    newest, *older = current_services().key_ring.ids
    click.echo(f"Keys: {newest} (newest){''.join(f', {each}' for each in older)}", err=True)
    rotation = KeyRotation(current_services().redis, current_services().key_ring)
    with click.progressbar(length=len(rotation), label="Sealing", file=sys.stderr) as bar:
        done = rotation.run(bar.update)
    click.echo(f"{done.resealed} of {done.seen} records sealed anew under key {newest}.")
    _name(done.unknown, "which is not in TOKEN_ENCRYPTION_KEYS: put it back, last in the list, and run this again")
    _name(done.damaged, "which is in the ring: they are damaged, and these people connect again")
    if not done.complete:
        raise click.exceptions.Exit(1)


def _name(counted: Counter[str], why: str) -> None:
    for key_id, count in counted.most_common():
        sealed = f"under key {key_id}, {why}" if key_id else "that nobody sealed here"
        click.echo(f"{count} not readable: {sealed}.", err=True)


@group.command("keepalive")
@click.option("--idle-days", type=click.FloatRange(0), help="Idle for so long.  [default: two thirds of GRANT_DAYS]")
@click.option("--rate", type=click.FloatRange(0.01, 100), default=2.0, show_default=True, help="Renewals per second.")
@report_errors
def keepalive(idle_days: float | None, rate: float) -> None:
    """Renew the grants that nobody used for long, before Zoom lets them end after 90 days.

    For a scheduler, once a day. On two machines at once each grant is still renewed once.
    """
    days = current_services().settings.grant_days * 2 / 3 if idle_days is None else idle_days
    due = idle(
        all_grants(current_services().redis, current_services().key_ring),
        current_services().clock() - days * DAY_SECONDS,
    )
    stop = threading.Event()
    before = signal.signal(signal.SIGTERM, lambda number, frame: stop.set())
    try:
        with click.progressbar(length=len(due), label="Renewing", file=sys.stderr) as bar:
            done = KeepAlive(current_services().tokens, rate, stop.wait).run(due, bar.update)
    finally:
        signal.signal(signal.SIGTERM, before)
    click.echo(f"{done.renewed} of {len(due)} grants renewed; {done.ended} had ended, {done.failed} failed.")
    if done.stopped:
        raise click.ClickException(f"stopped early: {done.stopped}. Run it again later; what is renewed stays so.")
    if done.failed:
        raise click.exceptions.Exit(1)
