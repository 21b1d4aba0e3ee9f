"""The options that ``serve`` and ``run`` share: those of the world."""

from __future__ import annotations

import argparse
import sys
from argparse import ArgumentTypeError, Namespace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from offline_zoom.faults import PRESETS
from offline_zoom.oauth.scopes import READ_APPS, READ_WEBHOOK_LOGS, WRITE_APPS, admin_scopes
from offline_zoom.seed.story import register
from offline_zoom.stories import STORIES
from offline_zoom.world import CLIENT_ID, CLIENT_SECRET, World

REDIRECT_URI = "http://127.0.0.1:5050/api/zoomapp/auth"
HOME_URL = "http://127.0.0.1:5050/api/zoomapp/home"
CANNOT_START, MISUSE = 1, 2


def world_options() -> argparse.ArgumentParser:
    """A parser for the options of the world, as a parent of other parsers."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--version", action="version", version=f"offline-zoom {own_version()}")
    parser.add_argument(
        "--story", default="", choices=STORIES, help="the data to load; default: the last one, else quiet-day"
    )
    parser.add_argument("--seed", default="", metavar="FILE", help="a seed file with your own world, in TOML")
    parser.add_argument("--data", metavar="DIR", help="a folder in which grants and edited meetings survive a restart")
    parser.add_argument("--client-id", default=CLIENT_ID, help="the app's client ID")
    parser.add_argument("--client-secret", default=CLIENT_SECRET, help="the app's client secret")
    parser.add_argument("--redirect-uri", action="append", help="an entry of the OAuth allow list; may be repeated")
    parser.add_argument("--home-url", default=HOME_URL, help="the app's Home URL, for the client")
    parser.add_argument("--webhook-url", default="", help="the address that receives events")
    parser.add_argument("--webhook-secret", default="", help="secret token of the event subscription")
    parser.add_argument("--clock-file", default="", help="a file to write how many seconds this Zoom's clock is ahead")
    parser.add_argument("--auto-consent", action="store_true", help="the consent page approves without asking")
    parser.add_argument("--limits", action="store_true", help="apply Zoom's rate limits of the account's plan")
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        type=fault,
        metavar="NAME[:COUNT]",
        help=f"a failure of Zoom, once or COUNT times; may be repeated: {', '.join(PRESETS)}",
    )
    parser.add_argument(
        "--server-to-server",
        action="store_true",
        help="the credentials are those of a Server-to-Server app, which has all scopes of the account",
    )
    parser.add_argument(
        "--unknown-404",
        action="store_true",
        help="answer 404 (code 2300), as Zoom does, for endpoints that are not simulated, instead of 501",
    )
    return parser


def fault(text: str) -> tuple[str, int | None]:
    """Name and count of a planned fault. Raises ArgumentTypeError."""
    name, colon, count = text.partition(":")
    if name not in PRESETS:
        raise ArgumentTypeError(f"there is no fault named {name}; there are {', '.join(PRESETS)}")
    if colon and not (count.isascii() and count.isdigit() and int(count)):
        raise ArgumentTypeError(f"{count} is not a count")
    return name, int(count) if colon else None


def create_world(options: Namespace) -> World:
    """The world that the options describe. Raises OSError for an unusable file, SeedError for a wrong one."""
    app = {"client_id": options.client_id, "client_secret": options.client_secret}
    story = register(Path(options.seed)) if options.seed else options.story
    world = World(
        story,
        **({} if options.server_to_server else app),
        redirect_uris=options.redirect_uri or [REDIRECT_URI],
        home_url=options.home_url,
        webhook_url=options.webhook_url,
        webhook_secret=options.webhook_secret,
        data=options.data,
    )
    # Who registers a Server-to-Server app chooses its scopes: here it has all.
    world.account_app.scopes = [
        *admin_scopes(),
        *(scopes.account[0] for scopes in (READ_APPS, WRITE_APPS, READ_WEBHOOK_LOGS)),
    ]
    if options.server_to_server:
        world.account_app.client_id, world.account_app.client_secret = options.client_id, options.client_secret
    switches = world.switches
    switches.auto_consent = switches.auto_consent or options.auto_consent
    switches.limits = "plan" if options.limits else switches.limits
    switches.unknown_endpoint_404 = switches.unknown_endpoint_404 or options.unknown_404
    for name, count in options.fault:
        world.faults.add(name, **({"count": count} if count else {}))
    if options.clock_file:
        world.share_clock(Path(options.clock_file))
    return world


def credentials(world: World, options: Namespace) -> dict[str, str]:
    """The environment variables with the credentials of the app, and of a Server-to-Server app."""
    own = (world.account_app.client_id, world.account_app.client_secret)
    app_id, app_secret = own if options.server_to_server else (world.client_id, world.client_secret)
    variables = {
        "ZOOM_CLIENT_ID": app_id,
        "ZOOM_CLIENT_SECRET": app_secret,
        "ZOOM_ACCOUNT_ID": world.me.account_id,
        "ZOOM_WEBHOOK_SECRET": world.webhook_secret,
        "ZOOM_S2S_CLIENT_ID": own[0],
        "ZOOM_S2S_CLIENT_SECRET": own[1],
    }
    return {name: value for name, value in variables.items() if value}


def own_version() -> str:
    """The version of the installed package."""
    try:
        return version("offline-zoom")
    except PackageNotFoundError:
        return "(not installed)"


def say(text: str) -> None:
    """Print a line for people to standard error."""
    print(f"offline-zoom: {text}", file=sys.stderr, flush=True)
