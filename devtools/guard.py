"""A process that outlives whoever started it just long enough to end what was left behind.

Told on standard input: ``+123`` a process group is in its care, ``-123`` no longer. When the input ends, its owner is
gone, even by SIGKILL, and it kills what is in its care. That works wherever pipes do.
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
