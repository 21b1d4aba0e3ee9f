"""`flask scopes`: which permission each page needs, and what somebody's grant lacks."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from zoomapp.cli.spoken import parts, spoken
from zoomapp.config import Settings
from zoomapp.scopes import ALL, SEND_CHAT, Use, lacking, unused


def wanted(settings: Settings) -> list[Use]:
    """What to tick for an app whose users add it themselves; the chatbot's scope only if there is one."""
    return [use for use in ALL if not use.for_admins and (use is not SEND_CHAT or settings.zoom_bot_jid)]


@click.command("scopes")
@click.option("--user", "user_id", metavar="USER_ID", help="Compare with what this person granted.")
@with_appcontext
@spoken
def scopes(user_id: str | None) -> None:
    """What each page and use needs, by its granular and its classic name.

    With --user ends with 1 when that person's grant lacks something that is to be ticked.
    """
    granted = parts().tokens.scopes(user_id) if user_id else frozenset[str]()
    to_tick = wanted(parts().settings)
    for use in ALL:
        mark = ("yes  " if not lacking(granted, [use]) else "no   ") if user_id else ""
        click.echo(f"{mark}{use.scope:<48} classic {use.classic}")
        optional = (
            "required" if use.required else "only in an app that an admin manages" if use.for_admins else "optional"
        )
        click.echo(f"{'':<{len(mark)}}  to {use.verb} ({optional}): {', '.join(use.pages)}")
    if user_id is None:
        click.echo("\nTick in the Marketplace, under Scopes:")
        for use in to_tick:
            click.echo(f"  {use.scope}")
        return
    if extra := unused(granted):
        click.echo(f"\nGranted, and nothing here needs it: {', '.join(extra)}")
    if missing := lacking(granted, to_tick):
        names = ", ".join(use.scope for use in missing)
        click.echo(f"\nNot granted: {names}. Tick it in the Marketplace under Scopes; then this person connects again.")
        raise click.exceptions.Exit(1)
    click.echo("\nNothing is lacking.")
