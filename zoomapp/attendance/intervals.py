"""Stretches of time: union, difference, and what two sources make of one stay."""

from collections.abc import Iterable, Set
from math import inf

#: From when to when, in epoch seconds; None while it goes on.
Interval = tuple[float, float | None]

#: A leave can be stamped this long before its own join, when two clocks disagree.
SKEW_SECONDS = 10.0


def until(interval: Interval) -> float:
    return inf if interval[1] is None else interval[1]


def union(intervals: Iterable[Interval], gap: float = 0.0) -> tuple[Interval, ...]:
    """The same time told once, in order; pauses of at most ``gap`` seconds are bridged."""
    found: list[Interval] = []
    for interval in sorted(intervals, key=lambda each: (each[0], until(each))):
        if found and interval[0] <= until(found[-1]) + gap:
            found[-1] = (found[-1][0], max(found[-1], interval, key=until)[1])
        else:
            found.append(interval)
    return tuple(found)


def difference(intervals: Iterable[Interval], others: Iterable[Interval]) -> tuple[Interval, ...]:
    """What is left of ``intervals`` outside of ``others``."""
    rest = list(union(intervals))
    for other in others:
        rest = [piece for interval in rest for piece in _cut(interval, other)]
    # No union here: it would join the two pieces around a moment without length, and cover that moment again.
    return tuple(rest)


def _cut(interval: Interval, other: Interval) -> list[Interval]:
    if not overlap([interval], [other]):
        return [interval]
    before = [(interval[0], other[0])] if interval[0] < other[0] else []
    after = [(other[1], interval[1])] if other[1] is not None and other[1] < until(interval) else []
    return [*before, *after]


def overlap(some: Iterable[Interval], others: Iterable[Interval]) -> bool:
    """Whether they share any time; touching is not sharing."""
    others = list(others)
    return any(one[0] < until(other) and other[0] < until(one) for one in some for other in others)


def seconds(intervals: Iterable[Interval], now: float) -> float:
    """How long together; what goes on, until ``now``."""
    return sum(max(0.0, (now if end is None else end) - start) for start, end in intervals)


def close(intervals: Iterable[Interval], at: float) -> tuple[Interval, ...]:
    """The same with an end: what goes on, ends ``at``."""
    return tuple((start, max(start, at) if end is None else end) for start, end in intervals)


def until_moment(intervals: Iterable[Interval], at: float) -> tuple[Interval, ...]:
    """What was known of them ``at`` that moment: what went on then, has no end."""
    return tuple((start, None if until((start, end)) > at else end) for start, end in intervals if start <= at)


def pair(joins: Set[float], leaves: Set[float]) -> list[Interval]:
    """Stays from the times somebody joined and left, some of which may be missing or a little off.

    Joining twice is joining once. A leave without a join is a stay of no length.
    """
    if joins and leaves and max(leaves) <= min(joins) <= max(leaves) + SKEW_SECONDS:
        return [(min(joins), min(joins))]
    found: list[Interval] = []
    start: float | None = None
    for at in sorted(joins | leaves):
        if start is None:
            start = at
            if at not in leaves:
                continue
        elif at not in leaves:
            continue
        found.append((start, at))
        start = at if at in joins and found[-1][0] < at else None
    return found if start is None else [*found, (start, None)]


def overlay(better: Iterable[Interval], other: Iterable[Interval]) -> list[Interval]:
    """The stays of the better source, completed by the other: a missing end, a missing beginning, a missing stay."""
    found = list(better)
    for stay in sorted(other, key=lambda each: each[0]):
        place = next((n for n, known in enumerate(found) if _meet(known, stay)), None)
        if place is None:
            found.append(stay)
            continue
        start, end = found[place]
        # A stay of no length is a leave whose join never reached us.
        begin = min(start, stay[0]) if start == end else start
        found[place] = (begin, stay[1] if end is None else end)
    return found


def _meet(known: Interval, other: Interval) -> bool:
    """Whether two sources speak of the same stay."""
    return overlap([known], [other]) or (known[0] == known[1] and other[0] <= known[0] <= until(other))
