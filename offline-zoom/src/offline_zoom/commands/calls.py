"""``offline-zoom calls``: the calls that a running offline Zoom received."""

from __future__ import annotations

import argparse
import json
from datetime import datetime
from typing import Any

import requests

from offline_zoom.commands.options import say

UNREACHABLE = 1


def main(arguments: list[str]) -> int:
    """Print the calls. Returns 1 if there is no offline Zoom at the address."""
    options = parser().parse_args(arguments)
    try:
        answer = fetch(options)
    except (requests.RequestException, ValueError) as error:
        say(f"no offline Zoom answers at {options.url} ({type(error).__name__}); set another address with --url")
        return UNREACHABLE
    if options.har:
        print(json.dumps(answer, indent=1))
    elif options.json:
        print(json.dumps(answer["calls"], indent=1))
    else:
        print("\n".join(table(answer["calls"])))
    return 0


def parser() -> argparse.ArgumentParser:
    """The parser of the command line."""
    parser = argparse.ArgumentParser("offline-zoom calls", description="The calls that an offline Zoom received.")
    parser.add_argument("--url", default="http://127.0.0.1:4000", help="the offline Zoom; default: port 4000 here")
    parser.add_argument("--route", default="* **", help='such as "GET /v2/users/*"; ** matches the rest')
    parser.add_argument("--last", type=int, default=100, help="how many to print; default: the newest 100")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print a list in JSON")
    form.add_argument("--har", action="store_true", help="print all of them as an HTTP archive (HAR 1.2)")
    return parser


def fetch(options: argparse.Namespace) -> dict[str, Any]:
    """The answer of the control API. Raises RequestException, and ValueError for an answer of another program."""
    path = "calls.har" if options.har else "calls"
    answer: dict[str, Any] = ask(options.url, path, route=options.route, last=str(options.last)).json()
    return answer


def ask(url: str, path: str, **parameters: str) -> requests.Response:
    """The answer of the control API. Raises RequestException, and ValueError for an answer of another program."""
    session = requests.Session()
    session.trust_env = False
    response = session.get(f"{url.rstrip('/')}/_sandbox/{path}", params=parameters, timeout=30)
    if "X-Sandbox" not in response.headers or not response.ok:
        raise ValueError("not an offline Zoom")
    return response


def table(calls: list[dict[str, Any]]) -> list[str]:
    """The calls as lines: time, status, milliseconds, host, method and target."""
    lines = [f"{'time':8}  {'status':>7}  {'ms':>5}  call"]
    for call in calls:
        time = datetime.fromtimestamp(call["at"]).strftime("%H:%M:%S")
        target = f"{call['path']}{'?' if call['query'] else ''}{call['query']}"
        status = call["status"] or "dropped"
        lines.append(f"{time:8}  {status:>7}  {call['milliseconds']:>5}  {call['method']} {call['host']}{target}")
    return lines
