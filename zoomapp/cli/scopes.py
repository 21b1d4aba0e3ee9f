"""`flask scopes`: the scopes that each page needs, and those that a user did not grant."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from zoomapp.cli.support import current_services, report_errors
from zoomapp.config import Settings
from zoomapp.zoom.endpoints import ACCOUNT_SOURCES, IN_USE, OPEN_DEEPLINK, SEND_CHAT_MESSAGE
from zoomapp.zoom.scopes import Source, is_for_admins, name_for, not_granted, unused


def scopes_to_select(settings: Settings, by_admin: bool = False) -> list[Source]:
    """The scopes to select in the Marketplace, for an app that users add or that an admin manages."""
    # Zoom does not show admin-managed apps in meetings.
    excluded = [OPEN_DEEPLINK] if by_admin else [use for use in IN_USE if is_for_admins(use)]
    excluded += [] if settings.zoom_bot_jid else [SEND_CHAT_MESSAGE]
    return [use for use in IN_USE if use not in excluded]


@click.command("scopes")
@click.option("--admin", "by_admin", is_flag=True, help="For an admin-managed app.")
@click.option("--user", "user_id", metavar="USER_ID", help="Compare with what this user granted.")
@with_appcontext
@report_errors
def scopes(by_admin: bool, user_id: str | None) -> None:
    """Print the granular and classic scope that each page needs.

    With --user, exit with 1 if that user did not grant a scope that the app needs.
    """
    if user_id:
        _compare(current_services().tokens.scopes(user_id))
        return
    for use in IN_USE:
        click.echo(f"{name_for(use, by_admin):<48} classic {use.classic_scope}")
        click.echo(f"  {_purpose(use)}")
    click.echo("\nSelect in the Marketplace, under Scopes:")
    for use in scopes_to_select(current_services().settings, by_admin):
        click.echo(f"  {name_for(use, by_admin)}")
    if not by_admin:
        click.echo("\nFor the optional Server-to-Server app (docs/marketplace.md), these and no others:")
        for endpoint in ACCOUNT_SOURCES:
            click.echo(f"  {endpoint.scope}")


def _compare(granted: frozenset[str]) -> None:
    """Compare with one grant. A scope with ``:admin`` shows that an admin manages the app."""
    by_admin = any(name.endswith(":admin") for name in granted)
    for use in IN_USE:
        state = "no " if not_granted(granted, [use]) else "yes"
        click.echo(f"{state}  {name_for(use, by_admin):<48} classic {use.classic_scope}")
        click.echo(f"       {_purpose(use)}")
    if extra := unused(granted):
        click.echo(f"\nGranted, but not used: {', '.join(extra)}")
    if missing := not_granted(granted, scopes_to_select(current_services().settings, by_admin)):
        names = ", ".join(name_for(use, by_admin) for use in missing)
        click.echo(
            f"\nNot granted: {names}. Add it in the Marketplace under Scopes, then ask this person to connect again."
        )
        raise click.exceptions.Exit(1)
    click.echo("\nNo scope is missing.")


def _purpose(use: Source) -> str:
    return f"to {use.verb} ({_need(use)}): {', '.join(use.pages)}"


def _need(use: Source) -> str:
    if not is_for_admins(use):
        return "required" if use.required else "optional"
    need = "only in an app that an admin manages"
    return f"{need}, or with the account’s own credentials" if use in ACCOUNT_SOURCES else need
