"""What is still to happen: starts, joins, leaves, ends, in order of time.

Meetings are plain data with moments ahead of now; this remembers which of them have not been
announced. An entry that no longer agrees with the data (somebody left earlier) is dropped.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from itertools import count
from typing import Literal, NamedTuple

from offline_zoom.model import Instance, Join, Recording

Kind = Literal["started", "entered", "left", "ended", "recorded"]


class PendingEvent(NamedTuple):
    """One thing that happens at one time; the number keeps equal times in order."""

    at: float
    number: int
    kind: Kind
    instance: Instance | None = None
    join: Join | None = None
    recording: Recording | None = None

    @property
    def holds(self) -> bool:
        """Whether the data still says so."""
        if self.kind == "started":
            return self.instance is not None and self.instance.started_at == self.at
        if self.kind == "ended":
            return self.instance is not None and self.instance.ended_at == self.at
        if self.kind == "recorded":
            return self.recording is not None and self.recording.available_at == self.at
        if self.instance is None or self.join is None or self.join not in self.instance.joins:
            return False
        return self.at == (self.join.join_at if self.kind == "entered" else self.join.leave_at)


class PendingEvents:
    """A queue of moments."""

    def __init__(self) -> None:
        self._heap: list[PendingEvent] = []
        self._numbers = count()

    def add(
        self,
        at: float,
        kind: Kind,
        instance: Instance | None = None,
        join: Join | None = None,
        recording: Recording | None = None,
    ) -> None:
        heapq.heappush(self._heap, PendingEvent(at, next(self._numbers), kind, instance, join, recording))

    def plan(self, instance: Instance, after: float) -> None:
        """Everything of a meeting that lies after that moment."""
        if instance.started_at > after:
            self.add(instance.started_at, "started", instance)
        for join in instance.joins:
            if join.join_at > after:
                self.add(join.join_at, "entered", instance, join)
            if join.leave_at is not None and join.leave_at > after:
                self.add(join.leave_at, "left", instance, join)
        if instance.ended_at is not None and instance.ended_at > after:
            self.add(instance.ended_at, "ended", instance)

    def due(self, now: float) -> Iterator[PendingEvent]:
        """What has happened by now and was not told yet."""
        while self._heap and self._heap[0].at <= now:
            moment = heapq.heappop(self._heap)
            if moment.holds:
                yield moment
