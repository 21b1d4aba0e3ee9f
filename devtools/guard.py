"""A process that kills the process groups of its parent after the parent has ended.

It reads standard input: ``+123`` adds process group 123, ``-123`` removes it. When the input ends, the parent has
ended, even by SIGKILL; then it kills all groups in its list. That works on every system with pipes.
"""

import contextlib
import os
import signal
import sys


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        (groups.add if line[0] == "+" else groups.discard)(int(line[1:]))
    for group in groups:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    main()
