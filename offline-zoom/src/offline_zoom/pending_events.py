"""A queue of what will still happen in meetings: starts, joins, leaves, ends, recordings.

Meetings are plain data whose times may lie in the future. The queue knows which of them are not announced yet.
An entry is dropped when the data has changed since, for example when somebody left earlier.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from itertools import count
from typing import Literal, NamedTuple

from offline_zoom.model import Instance, Join, Recording

Kind = Literal["started", "joined", "left", "ended", "recorded", "transcribed", "summarized", "transcript"]


class PendingEvent(NamedTuple):
    """Something that happens at a known time. ``number`` keeps events of the same time in order."""

    at: float
    number: int
    kind: Kind
    instance: Instance | None = None
    join: Join | None = None
    recording: Recording | None = None

    @property
    def valid(self) -> bool:
        """Whether the data still has this time."""
        if self.kind == "started":
            return self.instance is not None and self.instance.started_at == self.at
        if self.kind == "ended":
            return self.instance is not None and self.instance.ended_at == self.at
        if self.kind == "recorded":
            return self.recording is not None and self.recording.available_at == self.at
        if self.kind == "transcribed":
            return self.recording is not None and not self.recording.deleted
        if self.kind == "summarized":
            found = self.instance.summary if self.instance else None
            return found is not None and found.created_at == self.at
        if self.kind == "transcript":
            transcript = self.instance.transcript if self.instance else None
            return transcript is not None and transcript.created_at == self.at
        if self.instance is None or self.join is None or self.join not in self.instance.joins:
            return False
        return self.at == (self.join.join_at if self.kind == "joined" else self.join.leave_at)


class PendingEvents:
    """Pending events, ordered by time."""

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

    def add_instance(self, instance: Instance, after: float) -> None:
        """Add everything that happens in an instance later than ``after``."""
        if instance.started_at > after:
            self.add(instance.started_at, "started", instance)
        for join in instance.joins:
            if join.join_at > after:
                self.add(join.join_at, "joined", instance, join)
            if join.leave_at is not None and join.leave_at > after:
                self.add(join.leave_at, "left", instance, join)
        if instance.ended_at is not None and instance.ended_at > after:
            self.add(instance.ended_at, "ended", instance)
        if instance.summary and instance.summary.created_at > after:
            self.add(instance.summary.created_at, "summarized", instance)
        if instance.transcript and instance.transcript.created_at > after:
            self.add(instance.transcript.created_at, "transcript", instance)

    def due(self, now: float) -> Iterator[PendingEvent]:
        """Remove and return the valid events up to ``now``."""
        while self._heap and self._heap[0].at <= now:
            pending = heapq.heappop(self._heap)
            if pending.valid:
                yield pending
