"""Processor time and memory of a process and all its descendants, from /proc."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

TICKS = os.sysconf("SC_CLK_TCK")
SAMPLE_SECONDS = 0.05


@dataclass(frozen=True)
class Stat:
    """One line of ``/proc/<pid>/stat``. ``seconds``: CPU time of the process and of its ended children."""

    pid: int
    parent: int
    seconds: float

    @classmethod
    def of(cls, line: str) -> Stat:
        # The process name is in parentheses and may contain any character, parentheses too.
        pid, _, rest = line.partition(" ")
        fields = rest.rpartition(")")[2].split()
        return cls(int(pid), int(fields[1]), sum(int(ticks) for ticks in fields[11:15]) / TICKS)


def family(pid: int) -> list[Stat]:
    """A process and its living descendants."""
    processes = {stat.pid: stat for stat in _all_processes()}
    members = [processes[pid]] if pid in processes else []
    for member in members:
        members += [stat for stat in processes.values() if stat.parent == member.pid]
    return members


def _all_processes() -> Iterator[Stat]:
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            yield Stat.of(path.read_text())
        except (FileNotFoundError, ProcessLookupError):
            continue


def cpu_seconds(pid: int) -> float:
    """User and system time that the family has used so far."""
    return sum(stat.seconds for stat in family(pid))


def pss_bytes(pid: int) -> int:
    """Proportional set size: the family's own pages, and its share of each shared page."""
    return sum(_pss(stat.pid) for stat in family(pid))


def _pss(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


class Peak:
    """The largest and the first memory size of a family: ``with Peak(pid) as peak: …; peak.growth``."""

    def __init__(self, pid: int) -> None:
        self.before = self.bytes = pss_bytes(pid)
        self._pid = pid
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    @property
    def growth(self) -> int:
        return self.bytes - self.before

    def __enter__(self) -> Peak:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(SAMPLE_SECONDS):
            self.bytes = max(self.bytes, pss_bytes(self._pid))
