"""A process that ends a command when its parent is killed, which no signal handler can do.

It reads a line from standard input: ``group 123`` or ``process 123``. When the input ends without ``done``, the parent
has ended, and the guard ends the command.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys


def main() -> None:
    """Read the lines and wait for the end of the input."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    lines = sys.stdin.read().split("\n")
    if "done" in lines:
        return
    for kind, _, pid in (line.partition(" ") for line in lines if line):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            (os.killpg if kind == "group" else os.kill)(int(pid), signal.SIGTERM)


if __name__ == "__main__":
    main()
