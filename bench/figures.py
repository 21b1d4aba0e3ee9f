"""Figures and their limits; medians and ratios of alternating rounds."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

Result = TypeVar("Result")
Subject = TypeVar("Subject")


@dataclass(frozen=True)
class Figure:
    """One figure. ``must`` and ``stretch`` are limits: upper ones, or lower ones where ``at_least`` is set."""

    what: str
    value: float
    unit: str = "x"
    must: float | None = None
    stretch: float | None = None
    at_least: bool = False

    @property
    def verdict(self) -> str:
        """``stretch``, ``holds`` or ``MISSED``; empty for a figure without limits."""
        if self.stretch is not None and self._keeps(self.stretch):
            return "stretch"
        if self.must is None:
            return ""
        return "holds" if self._keeps(self.must) else "MISSED"

    def _keeps(self, limit: float) -> bool:
        return self.value >= limit if self.at_least else self.value <= limit


def alternate(subjects: Sequence[Subject], rounds: int, measure: Callable[[Subject], Result]) -> list[list[Result]]:
    """The results of each subject. Every second round runs in reverse (A B, B A), so that drift affects all alike."""
    results: list[list[Result]] = [[] for _ in subjects]
    for number in range(rounds):
        order = range(len(subjects))
        for index in order if number % 2 == 0 else reversed(order):
            results[index].append(measure(subjects[index]))
    return results


def median(values: Iterable[float]) -> float:
    return statistics.median(values)


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of the ratios per round: two measurements close in time share the machine's load."""
    return statistics.median(mine / peer for mine, peer in zip(ours, theirs, strict=True))
