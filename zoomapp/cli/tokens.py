"""`flask tokens`: list, show, export, delete, re-encrypt and refresh what is stored. No command prints a token."""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections import Counter
from dataclasses import asdict

import click
from flask.cli import AppGroup

from zoomapp.cli.support import current_services, moment, report_errors
from zoomapp.log_setup import audit, hash_user_id
from zoomapp.store.key_rotation import KeyRotation
from zoomapp.store.user_export import export_user
from zoomapp.tokens.account_deletion import AccountDeletion
from zoomapp.tokens.grants import KeepAlive, all_grants, idle
from zoomapp.tokens.refresh import Revocation
from zoomapp.zoom.credentials import without_credentials

DAY_SECONDS = 86400

group = AppGroup("tokens", help="List, show, export, delete and refresh stored grants.")


@group.command("list")
@report_errors
def list_() -> None:
    """List the stored grants.

    One row per user: state, when granted, when last refreshed, number of scopes.
    """
    grants = list(all_grants(current_services().redis, current_services().key_ring))
    click.echo(f"{'user':<26} {'state':<10} {'granted (UTC)':<16} {'renewed (UTC)':<16} scopes")
    for grant in grants:
        tokens = grant.tokens
        if tokens is None:
            click.echo(f"{'?':<26} {grant.state:<10} encrypted with key {grant.key_id or 'unknown'}")
            continue
        moments = f"{moment(tokens.granted_at):<16} {moment(tokens.issued_at):<16}"
        click.echo(f"{tokens.user_id:<26} {grant.state:<10} {moments} {len(tokens.scopes)}")
    click.echo(f"{len(grants)} grants.", err=True)


@group.command("show")
@click.argument("user_id")
@report_errors
def show(user_id: str) -> None:
    """Show USER_ID's grant, without its tokens."""
    tokens = current_services().tokens.load(user_id)
    click.echo(f"account   {tokens.account_id or '-'}")
    click.echo(f"granted   {moment(tokens.granted_at)} UTC")
    click.echo(f"renewed   {moment(tokens.issued_at)} UTC")
    click.echo(f"expires   {moment(tokens.expires_at)} UTC, then it is refreshed")
    for scope in sorted(tokens.scopes):
        click.echo(f"scope     {scope}")


@group.command("export")
@click.argument("user_id")
@report_errors
def export_records(user_id: str) -> None:
    """Print everything stored about USER_ID as JSON.

    For a person who asks for their data. Contains no token.
    """
    parts = current_services()
    records = export_user(parts.redis, parts.key_ring, user_id)
    if not records:
        raise click.ClickException(f"nothing is stored about {user_id}")
    export = {"user_id": user_id, "exported_at": moment(parts.clock()), "records": [asdict(each) for each in records]}
    audit("user_export", "succeeded", user_id)
    click.echo(json.dumps(without_credentials(export), indent=1, default=repr))


@group.command("forget")
@click.argument("user_id")
@click.option("--revoke", is_flag=True, help="Also revoke the grant at Zoom.")
@report_errors
def forget(user_id: str, revoke: bool) -> None:
    """Delete all records of USER_ID.

    The person then has to connect again.
    """
    service = current_services().tokens
    if service.store.load(user_id) is None:
        raise click.ClickException(f"no tokens are stored for {user_id}")
    revoked = revoke and service.revoke(user_id) is Revocation.CONFIRMED
    if not revoke:
        service.delete(user_id)
    audit("user_deletion", "succeeded", user_id, revoked=revoked)
    click.echo(f"Deleted all records of {user_id}." + (" Zoom revoked the grant." if revoked else ""))
    if revoke and not revoked:
        raise click.ClickException("Zoom did not confirm the revocation. The grant expires within 90 days.")


@group.command("forget-account")
@click.argument("account_id")
@click.option("--dry-run", is_flag=True, help="Only print what would be deleted.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@report_errors
def forget_account(account_id: str, dry_run: bool, yes: bool) -> None:
    """Delete all records of a Zoom account.

    Deletes the records of everyone in ACCOUNT_ID, and revokes their grants at Zoom. If it is interrupted, run it
    again. `flask tokens show USER_ID` prints a person's account.
    """
    parts = current_services()
    deletion = AccountDeletion(parts.redis, parts.key_ring, parts.tokens, account_id)
    if deletion.unreadable or deletion.without_account:
        click.echo(
            f"{deletion.unreadable} grants cannot be read and {deletion.without_account} name no account. "
            "They may belong to this account; they are not deleted.",
            err=True,
        )
    counts = deletion.count()
    if not counts:
        raise click.ClickException(f"nothing is stored for the account {account_id}")
    found = f"{_number(counts.total(), 'record', 'records')} of {_number(len(deletion.people), 'person', 'people')}"
    if dry_run:
        for kind, count in sorted(counts.items()):
            click.echo(f"{kind:<20} {count:>7}")
        click.echo(f"{found} would be deleted.")
        return
    if not yes:
        click.confirm(f"Delete {found}? They have to connect again.", abort=True, err=True)
    with click.progressbar(length=len(deletion.people), label="Deleting", file=sys.stderr) as bar:
        result = deletion.run(bar.update)
    audit("account_deletion", "succeeded", account=hash_user_id(account_id), people=len(deletion.people))
    click.echo(f"Deleted {found}. Zoom revoked {result.revoked} of {result.active} grants.")
    if result.revoked < result.active:
        click.echo("A grant that Zoom did not revoke expires within 90 days; its tokens are deleted here.", err=True)


def _number(count: int, singular: str, plural: str) -> str:
    return f"{count} {singular if count == 1 else plural}"


@group.command("rotate")
@report_errors
def rotate() -> None:
    """Re-encrypt every record with the newest key.

    The newest is the first of TOKEN_ENCRYPTION_KEYS. The app can run meanwhile. Run it once every process has the new
    key first in the list (before that, they must all have had it last). A run continues where an interrupted one
    stopped. It fails while records remain that no key of the list decrypts.
    """
    newest, *older = current_services().key_ring.ids
    click.echo(f"Keys: {newest} (newest){''.join(f', {key_id}' for key_id in older)}", err=True)
    rotation = KeyRotation(current_services().redis, current_services().key_ring)
    with click.progressbar(length=len(rotation), label="Encrypting", file=sys.stderr) as bar:
        result = rotation.run(bar.update)
    click.echo(f"{result.reencrypted} of {result.found} records re-encrypted with key {newest}.")
    _report(result.unknown, "which is not in TOKEN_ENCRYPTION_KEYS: add it again, last in the list, and repeat this")
    _report(result.damaged, "which is in the list: they are damaged, and their users have to connect again")
    if not result.complete:
        raise click.exceptions.Exit(1)


def _report(counts: Counter[str], advice: str) -> None:
    """Print how many records are unreadable, by the key that encrypted them."""
    for key_id, count in counts.most_common():
        cause = f"encrypted with key {key_id}, {advice}" if key_id else "not encrypted by this app"
        click.echo(f"{count} cannot be read: {cause}.", err=True)


@group.command("keepalive")
@click.option(
    "--idle-days", type=click.FloatRange(0), help="Days without a refresh.  [default: two thirds of GRANT_DAYS]"
)
@click.option("--rate", type=click.FloatRange(0.01, 100), default=2.0, show_default=True, help="Refreshes per second.")
@report_errors
def keepalive(idle_days: float | None, rate: float) -> None:
    """Refresh idle grants before they expire at Zoom.

    Zoom ends a grant that was not refreshed for 90 days. Run it once a day from a scheduler. If two machines run it
    at once, each grant is refreshed once.
    """
    days = current_services().settings.grant_days * 2 / 3 if idle_days is None else idle_days
    due = idle(
        all_grants(current_services().redis, current_services().key_ring),
        current_services().clock() - days * DAY_SECONDS,
    )
    stop = threading.Event()
    handler_before = signal.signal(signal.SIGTERM, lambda number, frame: stop.set())
    try:
        with click.progressbar(length=len(due), label="Refreshing", file=sys.stderr) as bar:
            result = KeepAlive(current_services().tokens, rate, stop.wait).run(due, bar.update)
    finally:
        signal.signal(signal.SIGTERM, handler_before)
    click.echo(f"{result.refreshed} of {len(due)} grants refreshed; {result.ended} had ended, {result.failed} failed.")
    if result.stopped:
        raise click.ClickException(f"stopped early: {result.stopped}. Run it again later for the rest.")
    if result.failed:
        raise click.exceptions.Exit(1)
