"""The plan that all rows share: servers, number and length of rounds, one round of the closed loop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench import load
from bench.accounting import cpu_seconds
from bench.figures import alternate, median
from bench.servers import Servers, Target
from devtools.install import Failed

CONNECTIONS = 16


@dataclass(frozen=True)
class Round:
    """One target under the closed loop for a few seconds."""

    cpu_ms: float
    per_second: float
    p50: float
    p99: float


@dataclass(frozen=True)
class Plan:
    """``against``: a checkout of another commit, measured beside this one."""

    servers: Servers
    rounds: int
    seconds: float
    against: Path | None = None

    def finer(self) -> Plan:
        """More and shorter rounds, for differences of a few percent, which are as small as the noise."""
        return replace(self, rounds=3 * self.rounds, seconds=self.seconds / 2)

    def beside(self) -> list[Target]:
        """The app of the other commit, if one was given."""
        return [self.servers.app(checkout=self.against, name="before")] if self.against else []

    def compare(
        self, targets: Sequence[Target], path: str, headers: dict[str, str] = load.HEADERS
    ) -> list[list[Round]]:
        """The rounds of each target, alternating, after a warm-up."""
        for target in targets:
            self.round(target, path, headers, seconds=1)
        return alternate(targets, self.rounds, lambda target: self.round(target, path, headers))

    def round(self, target: Target, path: str, headers: dict[str, str], seconds: float = 0) -> Round:
        """Run one round. Raises Failed if a request failed."""
        before = cpu_seconds(target.pid)
        result = load.closed(target.at(path), target.cookie_file, seconds or self.seconds, CONNECTIONS, headers)
        used = cpu_seconds(target.pid) - before
        self.servers.forget_logs()
        if result.failed or not result.requests:
            raise Failed(f"{target.name}: {result.failed} of {result.requests} requests failed at {path}.")
        return Round(used * 1000 / result.requests, result.per_second, result.p50, result.p99)


def cpu(rounds: Sequence[Round]) -> list[float]:
    return [item.cpu_ms for item in rounds]


def rate(rounds: Sequence[Round]) -> list[float]:
    return [item.per_second for item in rounds]


def summary(name: str, rounds: Sequence[Round]) -> str:
    """One line of progress output."""
    values = [median(column) for column in zip(*((r.cpu_ms, r.per_second, r.p50, r.p99) for r in rounds), strict=True)]
    return "{:<14} {:.3f} ms of CPU, {:.0f}/s, p50 {:.1f} ms, p99 {:.1f} ms".format(name, *values)
