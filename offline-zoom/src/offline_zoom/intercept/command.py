"""Runs a command and ends it, and the processes it left behind, together with this process."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import FrameType

from offline_zoom.intercept import guard

PASSED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)
#: a terminal sends these to the command too
FROM_TERMINAL = (signal.SIGINT, signal.SIGQUIT)
NOT_FOUND, NOT_EXECUTABLE = 127, 126
#: Any limit will do: with one, Python looks at the process every 50 ms and runs signal handlers in between.
WAIT_SECONDS = 60.0


class Command:
    """A command with an environment. ``run`` returns its exit status, as a shell gives it.

    In a terminal the command shares our process group, so that it can read input and gets Ctrl-C. Elsewhere it has
    a group of its own, which ends with it.
    """

    def __init__(self, arguments: Sequence[str], environ: Mapping[str, str]) -> None:
        self.arguments, self.environ = list(arguments), dict(environ)
        self.in_terminal = os.isatty(0)
        self._process: subprocess.Popen[bytes] | None = None
        self._signals: deque[int] = deque()

    def run(self) -> int:
        """Start the command and wait for it. Signals are passed on. 127: there is no such command, 126: no right."""
        with handling(self._pass_on), guard_process() as announce:
            try:
                process = subprocess.Popen(
                    self.arguments, env=self.environ, process_group=None if self.in_terminal else 0
                )
            except OSError as error:
                print(f"offline-zoom: {self.arguments[0]}: {error.strerror}", file=sys.stderr)
                return NOT_FOUND if isinstance(error, FileNotFoundError) else NOT_EXECUTABLE
            announce(process.pid, not self.in_terminal)
            self._process = process
            self._send_signals()
            status = _wait_for(process)
            self._end_group(process.pid)
        return status if status >= 0 else 128 - status

    def _pass_on(self, number: int, frame: FrameType | None) -> None:
        if self.in_terminal and number in FROM_TERMINAL:
            return
        self._signals.append(number)
        self._send_signals()

    def _send_signals(self) -> None:
        """Send the signals in the order in which they came. Before the command has started, they wait."""
        while self._process and self._signals:
            self._process.send_signal(self._signals.popleft())

    def _end_group(self, pid: int) -> None:
        """End what the command started and left running."""
        if not self.in_terminal:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGTERM)


def _wait_for(process: subprocess.Popen[bytes]) -> int:
    """The exit status of a process. Handlers also run for signals that another thread received.

    A wait without a limit would delay those until the command ends.
    """
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.wait(timeout=WAIT_SECONDS)


@contextlib.contextmanager
def handling(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Handles the signals that are passed on."""
    previous = {number: signal.signal(number, handler) for number in PASSED_ON}
    try:
        yield
    finally:
        for number, earlier_handler in previous.items():
            signal.signal(number, earlier_handler)


@contextlib.contextmanager
def guard_process() -> Iterator[Callable[[int, bool], None]]:
    """Starts the guard, which ends the command if this process is killed. Gives the function that names the command."""
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", guard.__file__], stdin=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdin is not None
    lines = process.stdin

    def announce(pid: int, is_group: bool) -> None:
        lines.write(f"{'group' if is_group else 'process'} {pid}\n")
        lines.flush()

    try:
        yield announce
    finally:
        with contextlib.suppress(BrokenPipeError):
            lines.write("done\n")
            lines.close()
        process.wait()
