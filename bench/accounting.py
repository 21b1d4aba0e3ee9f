"""What processes cost, in their own accounts: processor time and memory of a process and all its descendants."""

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
    """One line of ``/proc/<pid>/stat``: whose child, and the seconds of it and of its children that have ended."""

    pid: int
    parent: int
    seconds: float

    @classmethod
    def of(cls, line: str) -> Stat:
        # The name stands in parentheses and may hold anything, parentheses too.
        pid, _, rest = line.partition(" ")
        fields = rest.rpartition(")")[2].split()
        return cls(int(pid), int(fields[1]), sum(int(each) for each in fields[11:15]) / TICKS)


def family(pid: int) -> list[Stat]:
    """A process and its living descendants."""
    everybody = {each.pid: each for each in _everybody()}
    members = [everybody[pid]] if pid in everybody else []
    for member in members:
        members += [each for each in everybody.values() if each.parent == member.pid]
    return members


def _everybody() -> Iterator[Stat]:
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            yield Stat.of(path.read_text())
        except (FileNotFoundError, ProcessLookupError):
            continue


def cpu_seconds(pid: int) -> float:
    """User and system time that the family has used so far."""
    return sum(each.seconds for each in family(pid))


def pss_bytes(pid: int) -> int:
    """The family's share of memory: its own pages, and of each shared page the part that falls to it."""
    return sum(_pss(each.pid) for each in family(pid))


def _pss(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


class Peak:
    """The most memory a family had, and what it began with: ``with Peak(pid) as peak: …; peak.growth``."""

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
