#!/usr/bin/env python3
"""Everything a developer does, on a machine with nothing but Python.

python3 dev.py run      the app with a sandbox Zoom and a database; prints the address
python3 dev.py test     the whole suite; any pytest arguments pass through
python3 dev.py check    ruff, mypy, djlint, the house test
python3 dev.py bench    the project's own benchmark
python3 dev.py lock     regenerates the locks (needs uv)
"""

import signal
import sys

if sys.version_info < (3, 11):
    sys.exit("This project needs Python 3.11 or newer; this is " + sys.version.split()[0] + ".")

from devtools import checks, install, locks, run, suite

COMMANDS = {
    "run": run.main,
    "test": suite.main,
    "check": checks.main,
    "bench": suite.bench,
    "lock": locks.main,
}


def main(arguments: list[str]) -> int:
    """The exit status of one command."""
    if not arguments or arguments[0] not in COMMANDS:
        print(__doc__.strip(), file=sys.stderr)
        return 0 if arguments in (["-h"], ["--help"], ["help"]) else 2
    # A process told to stop also stops what it waits for, pip for instance.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    install.keep_bytecode()
    try:
        return COMMANDS[arguments[0]](arguments[1:])
    except install.Failed as failure:
        print(failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
