"""``offline-zoom``, or ``offline-zoom serve``: serves an offline Zoom until it is stopped."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import signal
import socket
import threading
from pathlib import Path
from typing import Any

from offline_zoom.commands.options import CANNOT_START, MISUSE, create_world, credentials, say, world_options
from offline_zoom.production import production_signs
from offline_zoom.seed.reader import SeedError
from offline_zoom.serving.server import serve
from offline_zoom.world import World

EPILOG = "Other commands: offline-zoom run, calls, endpoints, export, replay; each has --help."


def main(arguments: list[str]) -> int:
    """Serve until SIGTERM or Ctrl-C. Returns 1 if the server cannot start, or must not because of production."""
    options = parser().parse_args(arguments)
    signs = production_signs(os.environ)
    if signs:
        say(f"this looks like production ({', '.join(signs)}); not started")
        return CANNOT_START
    stop_requested = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop_requested.set())
    try:
        world = create_world(options)
        name = container_name() if options.in_container else ""
        server = serve(world, options.port, options.host, container_name=name)
    except SeedError as error:
        say(f"{options.seed}, {error}")
        return MISUSE
    except (OSError, OverflowError, ValueError) as error:
        say(str(error))
        return CANNOT_START
    with server:
        summary = summary_of(world, server.url, options)
        print(json.dumps(summary) if options.json else text_of(summary), flush=True)
        stop_requested.wait()
    return 0


def parser() -> argparse.ArgumentParser:
    """The parser of the command line."""
    parser = argparse.ArgumentParser(
        "offline-zoom",
        description="An offline Zoom for development and tests.",
        epilog=EPILOG,
        parents=[world_options()],
    )
    parser.add_argument("--host", default="127.0.0.1", help="the loopback address to listen on")
    parser.add_argument(
        "--in-container", action="store_true", help="serve all addresses of this container, whose ports are published"
    )
    parser.add_argument(
        "--port", type=int, default=4000, help="the port to listen on; default 4000; 0 takes a free one"
    )
    parser.add_argument("--json", action="store_true", help="print the addresses and credentials as one line of JSON")
    return parser


def container_name(root: Path = Path("/")) -> str:
    """The host name of this container. Raises ValueError where no file of Docker or Podman marks one."""
    if not any((root / mark).exists() for mark in (".dockerenv", "run/.containerenv")):
        raise ValueError("--in-container is for a container only: it serves more than loopback")
    return socket.gethostname()


def summary_of(world: World, url: str, options: argparse.Namespace) -> dict[str, Any]:
    """What a program needs to use this Zoom."""
    variables = credentials(world, options)
    return {
        "story": world.story,
        "url": url,
        "client_url": f"{url}/client",
        "client_id": variables["ZOOM_CLIENT_ID"],
        "client_secret": variables["ZOOM_CLIENT_SECRET"],
        "account_id": world.me.account_id,
        "redirect_uris": world.redirect_uris,
        "environment": {"ZOOM_HOST": url, "ZOOM_API_HOST": url, **variables},
    }


def text_of(summary: dict[str, Any]) -> str:
    """The summary for people. The first line has the story and the address."""
    rows = [
        ("client window", summary["client_url"]),
        ("client id", summary["client_id"]),
        ("client secret", summary["client_secret"]),
        ("account id", summary["account_id"]),
        ("redirect URIs", ", ".join(summary["redirect_uris"])),
    ]
    exports = [f"export {name}={shlex.quote(value)}" for name, value in summary["environment"].items()]
    table = [f"  {name:14} {value}" for name, value in rows]
    return "\n".join([f"offline-zoom: {summary['story']} on {summary['url']}", *table, "", *exports])
