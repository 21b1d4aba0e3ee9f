"""Groups of child processes that end together, and TCP ports."""

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from devtools import guard

#: Below the ephemeral ports, which systems give to outgoing connections and to programs that ask for any port.
NON_EPHEMERAL_PORTS = range(10_000, 32_768)

Argument = str | Path


@dataclass(frozen=True)
class Child:
    """A process that leads its own process group, and its log file."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    def running(self) -> bool:
        return self.process.poll() is None

    def last_lines(self, count: int = 20) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])


class Group:
    """Child processes that end with this process, even if it is killed with SIGKILL.

    Every child has a session of its own, so that Ctrl-C reaches only this process, which ends its children in order.
    """

    def __init__(self, logs: Path, keep_open: Sequence[int] = ()) -> None:
        """``keep_open``: file descriptors, such as a lock, that stay open until the last process has ended."""
        logs.mkdir(parents=True, exist_ok=True)
        self.logs = logs
        self.children: list[Child] = []
        # Isolated: it starts in 20 ms, and no setting of the environment can break it.
        command = [sys.executable, "-I", "-S", guard.__file__]
        self._guard = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True, pass_fds=keep_open)

    def __enter__(self) -> "Group":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.end()

    def start(
        self, name: str, command: Sequence[Argument], environ: Mapping[str, str] | None = None, cwd: Path | None = None
    ) -> Child:
        """Start a child. Its output goes to ``<name>.log``."""
        log = self.logs / f"{name}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                env=environ,
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._send_to_guard("+", process.pid)
        child = Child(name, process, log)
        self.children.append(child)
        return child

    def stop(self, child: Child, grace_seconds: float = 5) -> None:
        """End the child and its children: SIGTERM first, SIGKILL after ``grace_seconds``."""
        if child.running():
            child.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(grace_seconds)
        self.kill(child)

    def kill(self, child: Child) -> None:
        """Kill the child and its children."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        child.process.wait()
        self._send_to_guard("-", child.pid)
        self.children.remove(child)

    def end(self) -> None:
        """Stop all children, the last started first."""
        for child in reversed(self.children[:]):
            self.stop(child)
        self._guard.kill()
        self._guard.communicate()

    def fallen(self) -> Child | None:
        """A child that stopped by itself, if any."""
        return next((child for child in self.children if not child.running()), None)

    def _send_to_guard(self, sign: str, pid: int) -> None:
        if self._guard.stdin:
            self._guard.stdin.write(b"%s%d\n" % (sign.encode(), pid))
            self._guard.stdin.flush()


def wait_until(true: Callable[[], bool], seconds: float, every: float = 0.01) -> bool:
    """Whether the condition became true in time."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True


def listening(port: int) -> bool:
    """Whether a server listens on this port of the loopback address."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def is_free(port: int) -> bool:
    """Whether a server could listen on this port. Binding alone is no proof: macOS lets two servers share a port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return not listening(port)


def free_port(first: int = 0) -> int:
    """The first free port from ``first`` on; without it, a random free port that is not ephemeral."""
    ports = range(first, 65536) if first else secrets.SystemRandom().sample(NON_EPHEMERAL_PORTS, 1000)
    return next(port for port in ports if is_free(port))
