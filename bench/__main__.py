"""``python3 dev.py bench``: measure all rows and print one table."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

from bench import alone, crowd, limits, page_times, pages, pressure, servers, table, traffic, visible
from bench.figures import Figure
from bench.plan import Plan
from devtools.install import Failed, say

ROWS: dict[str, Callable[[Plan], list[Figure]]] = {
    # The memory of processes that have done nothing else yet; then what is compared with a number of milliseconds,
    # because a machine slows down under minutes of load.
    "start": alone.start,
    "latency": traffic.latency,
    "limits": limits.limits,
    "proxied": traffic.proxied,
    "large": traffic.large,
    "cached": traffic.cached,
    "in-flight": pressure.in_flight,
    "streams": pressure.streams,
    "expired": pressure.expired,
    "lease": alone.lease,
    "round-trips": alone.round_trips,
    "pages": pages.pages,
    "page-times": page_times.page_times,
    "visible": visible.visible,
    "crowd": crowd.crowd,
}
README = Path(__file__).with_name("README.md")


def main() -> int:
    """The exit status: 0 if every row was measured and no figure misses its limit."""
    options = arguments().parse_args()
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    if sys.platform != "linux":
        raise Failed("The benchmark reads the processes' accounts in /proc, which only Linux has.")
    about = table.machine()
    figures: list[Figure] = []
    failures: list[str] = []
    rounds, seconds = (2, 2.0) if options.quick else (5, 4.0)
    with (
        servers.worktree(options.against) if options.against else nullcontext() as against,
        servers.running() as around,
    ):
        plan = Plan(around, rounds, seconds, against)
        for name in options.only or ROWS:
            say(f"{name}: {(ROWS[name].__doc__ or '').partition(chr(10))[0]}")
            try:
                figures += ROWS[name](plan)
            except Failed as failure:
                failures.append(f"{name}: {failure}")
    print(json.dumps(table.as_json(figures, about), indent=1) if options.json else table.table(figures))
    if options.keep:
        table.keep(README, figures, about, fast_path=os.environ.get("FAST_PATH") != "0")
    for line in failures:
        say(f"Not measured: {line}")
    return int(bool(failures) or any(figure.verdict == "MISSED" for figure in figures))


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("dev.py bench", description="The project's own benchmark; see bench/README.md.")
    parser.add_argument("--against", metavar="COMMIT", help="measure the app of this commit beside ours")
    parser.add_argument(
        "--only", metavar="ROW", action="append", choices=ROWS, help=f"one of {', '.join(ROWS)}; repeatable"
    )
    parser.add_argument("--quick", action="store_true", help="few short rounds: for a first look, not for the record")
    parser.add_argument("--json", action="store_true", help="everything as JSON instead of the table")
    parser.add_argument("--keep", action="store_true", help="write the table into bench/README.md")
    return parser


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as failure:
        sys.exit(str(failure))
