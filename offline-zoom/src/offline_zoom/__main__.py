"""The command ``offline-zoom``, also ``python -m offline_zoom``: serves an offline Zoom until it is stopped."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from offline_zoom.serving.server import serve
from offline_zoom.stories import STORIES
from offline_zoom.world import CLIENT_ID, CLIENT_SECRET, World

REDIRECT_URI = "http://127.0.0.1:5050/api/zoomapp/auth"
HOME_URL = "http://127.0.0.1:5050/api/zoomapp/home"
#: environment variables that hosting platforms set
HOSTING_VARIABLES = (
    "DYNO",
    "KUBERNETES_SERVICE_HOST",
    "FLY_APP_NAME",
    "RENDER",
    "K_SERVICE",
    "AWS_EXECUTION_ENV",
    "WEBSITE_INSTANCE_ID",
)


def main() -> int:
    """Serve until SIGTERM or Ctrl-C. Returns 1 when the environment looks like production."""
    signs = production_signs(os.environ)
    if signs:
        print(f"offline-zoom: this looks like production ({', '.join(signs)}); not started", file=sys.stderr)
        return 1
    options = arguments().parse_args()
    world = World(
        options.story,
        client_id=options.client_id,
        client_secret=options.client_secret,
        redirect_uris=options.redirect_uri or [REDIRECT_URI],
        home_url=options.home_url,
        webhook_url=options.webhook_url,
        webhook_secret=options.webhook_secret,
        data=options.data,
    )
    world.switches.auto_consent, world.switches.limits = options.auto_consent, "plan" if options.limits else "off"
    if options.clock_file:
        world.share_clock(Path(options.clock_file))
    stop_requested = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop_requested.set())
    try:
        server = serve(world, options.port, options.host)
    except (OSError, ValueError) as error:
        print(f"offline-zoom: {error}", file=sys.stderr)
        return 1
    print(f"offline-zoom: {world.story} on {server.url}", flush=True)
    stop_requested.wait()
    return 0


def arguments() -> argparse.ArgumentParser:
    """The parser of the command line."""
    parser = argparse.ArgumentParser("offline-zoom", description="An offline Zoom for development and tests.")
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address")
    parser.add_argument("--port", type=int, default=4000, help="0 takes a free one")
    parser.add_argument("--story", default="", choices=STORIES, help="default: the last one, else quiet-day")
    parser.add_argument("--data", help="folder in which grants and edited meetings survive a restart")
    parser.add_argument("--client-id", default=CLIENT_ID)
    parser.add_argument("--client-secret", default=CLIENT_SECRET)
    parser.add_argument("--redirect-uri", action="append", help="an entry of the OAuth allow list; may be repeated")
    parser.add_argument("--home-url", default=HOME_URL, help="the app's Home URL, for the client")
    parser.add_argument("--webhook-url", default="", help="where events go")
    parser.add_argument("--webhook-secret", default="", help="secret token of the event subscription")
    parser.add_argument("--clock-file", default="", help="where to write by how many seconds this Zoom's time is ahead")
    parser.add_argument("--auto-consent", action="store_true", help="the consent page allows without asking")
    parser.add_argument("--limits", action="store_true", help="Zoom's rate limits, by the plan of the account")
    return parser


def production_signs(environ: Mapping[str, str]) -> list[str]:
    """The signs of a production environment, empty on a development machine."""
    signs = [name for name in HOSTING_VARIABLES if environ.get(name)]
    for name in ("ZOOM_HOST", "ZOOM_API_HOST"):
        host = urlsplit(environ.get(name, "")).hostname or ""
        real = any(host == zoom or host.endswith(f".{zoom}") for zoom in ("zoom.us", "zoomgov.com"))
        if real and environ.get("ZOOM_CLIENT_SECRET"):
            signs.append(f"{name}={host} with a client secret")
    return signs


if __name__ == "__main__":
    sys.exit(main())
