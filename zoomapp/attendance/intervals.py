"""Intervals of time: union, difference, and the combination of two sources' reports of one stay."""

from collections.abc import Iterable, Set
from math import inf

#: Start and end in epoch seconds; the end is None while the interval lasts.
Interval = tuple[float, float | None]

#: A leave can be stamped this long before its own join, when two clocks disagree.
SKEW_SECONDS = 10.0


def until(interval: Interval) -> float:
    return inf if interval[1] is None else interval[1]


def union(intervals: Iterable[Interval], gap: float = 0.0) -> tuple[Interval, ...]:
    """The same time without overlaps, in order; pauses of at most ``gap`` seconds are bridged."""
    found: list[Interval] = []
    for interval in sorted(intervals, key=lambda interval: (interval[0], until(interval))):
        if found and interval[0] <= until(found[-1]) + gap:
            found[-1] = (found[-1][0], max(found[-1], interval, key=until)[1])
        else:
            found.append(interval)
    return tuple(found)


def difference(intervals: Iterable[Interval], others: Iterable[Interval]) -> tuple[Interval, ...]:
    """The parts of ``intervals`` outside of ``others``."""
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
    return any(start < until(b) and b[0] < until((start, end)) for start, end in some for b in others)


def touch(some: Iterable[Interval], others: Iterable[Interval], gap: float) -> bool:
    """Whether one of them begins at most ``gap`` seconds after the end of one of the others."""
    others = list(others)
    return any(0 <= b[0] - until(a) <= gap or 0 <= a[0] - until(b) <= gap for a in some for b in others)


def seconds(intervals: Iterable[Interval], now: float) -> float:
    """How long together; what goes on, until ``now``."""
    return sum(max(0.0, (now if end is None else end) - start) for start, end in intervals)


def close(intervals: Iterable[Interval], at: float) -> tuple[Interval, ...]:
    """The same with an end: what goes on, ends ``at``."""
    return tuple((start, max(start, at) if end is None else end) for start, end in intervals)


def until_moment(intervals: Iterable[Interval], at: float) -> tuple[Interval, ...]:
    """The intervals as they were ``at`` that moment: those that had not ended then have no end."""
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


def overlay(better: Iterable[Interval], worse: Iterable[Interval]) -> list[Interval]:
    """The stays of the better source, completed by the worse: a missing end, a missing beginning, a missing stay."""
    found = list(better)
    for stay in sorted(worse, key=lambda stay: stay[0]):
        place = next((n for n, better_stay in enumerate(found) if _same_stay(better_stay, stay)), None)
        if place is None:
            found.append(stay)
            continue
        start, end = found[place]
        # A stay of no length is a leave whose join did not arrive.
        begin = min(start, stay[0]) if start == end else start
        found[place] = (begin, stay[1] if end is None else end)
    return found


def _same_stay(a: Interval, b: Interval) -> bool:
    """Whether two sources report the same stay. One of no length is a leave, which may be the end of the other."""
    return overlap([a], [b]) or (a[0] == a[1] and b[0] <= a[0] <= until(b))


def close_breakout_stays(breakout_stays: Iterable[Interval], meeting_stays: Iterable[Interval]) -> list[Interval]:
    """One person's stays in breakout rooms. Those without an end get one, from that person's other stays.

    Zoom may report no end if the host closes all rooms: then it is the next join or leave. A leave of the meeting in
    the first seconds is the move into the room itself.
    """
    stays, others = list(breakout_stays), list(meeting_stays)
    moments = [(start, 0.0) for start, _end in others] + [(end, SKEW_SECONDS) for _start, end in others if end]
    moments += [(end, 0.0) for _start, end in stays if end is not None]
    return [
        (start, end if end is not None else min((at for at, skew in moments if at > start + skew), default=None))
        for start, end in stays
    ]
