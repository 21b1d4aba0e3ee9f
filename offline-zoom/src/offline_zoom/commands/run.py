"""``offline-zoom run -- COMMAND …``: runs a program that believes it talks to Zoom."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Mapping
from pathlib import Path

from offline_zoom.commands.options import CANNOT_START, MISUSE, create_world, credentials, say, world_options
from offline_zoom.expectations import Expectation, parse, unmet
from offline_zoom.har import har
from offline_zoom.intercept.certificates import create_authority
from offline_zoom.intercept.command import Command
from offline_zoom.intercept.connect_proxy import ProxyServer
from offline_zoom.intercept.environment import environment, trust_files
from offline_zoom.production import hosting_signs
from offline_zoom.seed.reader import SeedError
from offline_zoom.serving.server import serve
from offline_zoom.world import World

ZOOM_URL, API_URL = "https://zoom.us", "https://api.zoom.us"
UNMET = 1
IGNORED = "a program that ignores HTTPS_PROXY may have called the real Zoom (Node before 22.21 and 24.0 to 24.4 do)"


def main(arguments: list[str]) -> int:
    """Run the command. Returns its exit status, or 1 if it succeeded without the expected calls."""
    options, command = split(arguments)
    if not command:
        parser().error("needs a command: offline-zoom run -- python app.py")
    signs = hosting_signs(os.environ)
    if signs:
        say(f"this looks like production ({', '.join(signs)}); not started")
        return CANNOT_START
    try:
        expectations = read_expectations(options.expect)
    except (OSError, ValueError) as error:
        say(f"{options.expect}: {getattr(error, 'strerror', None) or error}")
        return MISUSE
    take_credentials(options, os.environ)
    try:
        return run(options, command, expectations)
    except SeedError as error:
        say(f"{options.seed}, {error}")
        return MISUSE
    except (OSError, OverflowError, ValueError) as error:
        say(str(error))
        return CANNOT_START


def parser() -> argparse.ArgumentParser:
    """The parser of the command line."""
    parser = argparse.ArgumentParser(
        "offline-zoom run",
        description="Runs a program with Zoom's addresses built in. https://zoom.us and https://api.zoom.us are the "
        "offline Zoom for it; other hosts are refused.",
        usage="offline-zoom run [options] -- COMMAND ...",
        parents=[world_options()],
        allow_abbrev=False,
    )
    parser.add_argument("--port", type=int, default=0, help="port of the offline Zoom's own pages; default: a free one")
    parser.add_argument(
        "--allow",
        action="append",
        default=[],
        metavar="HOST",
        help="another host that the program may reach, such as *.pypi.org",
    )
    parser.add_argument("--expect", default="", metavar="FILE", help="calls that the program must make, one per line")
    parser.add_argument("--har", default="", metavar="FILE", help="write the calls into this file")
    parser.add_argument("--quiet", action="store_true", help="print errors only")
    parser.add_argument("command", nargs=argparse.REMAINDER, metavar="COMMAND", help="the program and its arguments")
    return parser


def split(arguments: list[str]) -> tuple[argparse.Namespace, list[str]]:
    """The options, and the command with its own arguments, which follow ``--`` or are the first that is no option."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    options = parser().parse_args(arguments[:end])
    rest = arguments[end:] if options.command else arguments[end + 1 :]
    return options, [*options.command, *rest]


def read_expectations(path: str) -> list[Expectation]:
    """The expected calls of a file. Raises OSError and ValueError."""
    return parse(Path(path).read_text("utf-8")) if path else []


def take_credentials(options: argparse.Namespace, environ: Mapping[str, str]) -> None:
    """Use the credentials that the program has in its environment, unless options give others."""
    defaults = parser().parse_args([])
    for name in ("client_id", "client_secret", "webhook_secret"):
        if getattr(options, name) == getattr(defaults, name):
            setattr(options, name, environ.get(f"ZOOM_{name.upper()}") or getattr(options, name))


def run(options: argparse.Namespace, arguments: list[str], expectations: list[Expectation]) -> int:
    """Start the offline Zoom and the proxy, and run the command with them. Raises OSError."""
    world, authority = create_world(options), create_authority()
    with serve(world, options.port) as server, trust_files(authority, bool(options.allow)) as files:
        world.base_url, world.switches.api_url = ZOOM_URL, API_URL
        proxy = ProxyServer(server.app, authority.tls, options.allow)
        proxy.start()
        if not options.quiet:
            say(f"{world.story} on {server.url}, as zoom.us for {arguments[0]}")
        status = Command(arguments, environment({**os.environ, **credentials(world, options)}, proxy.url, files)).run()
        proxy.stop()
    if options.har:
        Path(options.har).write_text(json.dumps(har(world.calls.all()), indent=1), "utf-8")
    if not options.quiet:
        for line in report(world, proxy):
            say(line)
    problems = unmet(expectations, world.calls)
    for problem in problems:
        say(f"{options.expect}, {problem}")
    return status or (UNMET if problems else 0)


def report(world: World, proxy: ProxyServer) -> list[str]:
    """What the program did, and what it wanted in vain."""
    calls = world.calls.all()
    lines = [f"Zoom was called {times(len(calls))}"]
    if not proxy.was_used:
        lines.append(IGNORED)
    unknown = dict.fromkeys(f"{call.method} {call.path}" for call in calls if is_unknown(call.path, call.status))
    lines += [f"not simulated: {route}" for route in unknown]
    lines += [f"refused: {host}, {times(count)}; --allow {host}" for host, count in proxy.refused.items()]
    lines += [f"{host}: the program does not trust the certificate authority" for host in proxy.distrusted]
    return lines


def is_unknown(path: str, status: int) -> bool:
    """Whether a call was for an endpoint that is not simulated."""
    return path.startswith("/v2/") and status == 501


def times(count: int) -> str:
    """A count in words."""
    return "once" if count == 1 else f"{count} times"
