"""Commands for developers. They need nothing but Python.

python3 dev.py run      start the app with an offline Zoom and a database, and print the address
python3 dev.py test     run the whole suite; any pytest arguments pass through. With --without-fast-path: the HTTP,
                        token, proxy and outage tests without zoomapp/fastpath/
python3 dev.py check    run ruff, mypy, djlint and the house test
python3 dev.py bench    run the project's own benchmark
python3 dev.py lock     update the lock files (needs uv)
"""

import difflib
import signal
import sys

from devtools import checks, install, locks, run, suite

COMMANDS = {
    "run": run.main,
    "test": suite.main,
    "check": checks.main,
    "bench": suite.bench,
    "lock": locks.main,
}
#: The other commands pass their arguments on to pytest, the benchmark and uv, which have a help of their own.
WITHOUT_HELP_OF_THEIR_OWN = ("run", "check")
HELP = (["-h"], ["--help"], ["help"])
USAGE = (__doc__ or "").strip()


def main(arguments: list[str]) -> int:
    """The exit status of one command: 0 success, 1 failure, 2 misuse."""
    if arguments in HELP or (arguments[:1] and arguments[0] in WITHOUT_HELP_OF_THEIR_OWN and arguments[1:] in HELP):
        print(USAGE)
        return 0
    if not arguments or arguments[0] not in COMMANDS:
        print(unknown_command(arguments), file=sys.stderr)
        return 2
    # SIGTERM must also end the process that we wait for, such as pip.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    install.keep_bytecode()
    try:
        return COMMANDS[arguments[0]](arguments[1:])
    except install.Failed as failure:
        print(failure, file=sys.stderr)
        return failure.status
    except KeyboardInterrupt:
        return 130


def unknown_command(arguments: list[str]) -> str:
    """The usage, after a sentence that names the mistyped command, if there is one."""
    if not arguments:
        return USAGE
    similar = difflib.get_close_matches(arguments[0], COMMANDS, 1)
    question = f" Did you mean {similar[0]}?" if similar else ""
    return f"There is no command named {arguments[0]}.{question}\n\n{USAGE}"
