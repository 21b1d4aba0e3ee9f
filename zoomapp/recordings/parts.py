"""Loads a long range of days in parts of a month, which is the most that Zoom lists at once. Each part is cached.

One request loads for a few seconds only. It returns what it has, and the page asks again for the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from zoomapp.errors import UpstreamError, ZoomRefused
from zoomapp.store import key_names
from zoomapp.store.encrypted_records import RecordKind
from zoomapp.user_api.answer_store import AnswerStore
from zoomapp.user_api.long_lists import STEP_SECONDS
from zoomapp.zoom import call_trace
from zoomapp.zoom.credentials import without_credentials

#: The first and the last day, both included.
DayRange = tuple[date, date]
#: What Zoom has for a range of days of UTC, and whether no page is missing.
Fetch = Callable[[date, date], tuple[Any, bool]]


@dataclass(frozen=True)
class Part:
    """Zoom's answer for one range of days, and its moment in epoch seconds. ``complete``: no page is missing.

    This release stores ``complete`` as 1 or 0, the previous one as true or false, see ``by_previous_release``.
    """

    value: Any
    at: float
    complete: bool = True

    @property
    def by_previous_release(self) -> bool:
        """Whether the previous release stored the part: it asked Zoom for the viewer's days as if they were of UTC."""
        return isinstance(self.complete, bool)


@dataclass(frozen=True)
class PartKind:
    """How the parts of a range are stored. ``suffix``: ends the name of a record whose value is in a new format.

    ``fresh_seconds``: how long a stored part is used without a call. ``previous``: the name that the previous release
    gives to a range, where it is another one.
    """

    kind: RecordKind
    fresh_seconds: float
    lifetime_seconds: int
    suffix: str = ""
    previous: Mapping[DayRange, DayRange] = field(default_factory=dict)


@dataclass(frozen=True)
class PartLoader:
    """The parts of one user. ``clock`` limits the time spent loading."""

    user_id: str
    answers: AnswerStore
    clock: Callable[[], float]

    def load(
        self, ranges: Sequence[DayRange], kind: PartKind, fetch: Fetch | None
    ) -> tuple[list[Part], UpstreamError | ZoomRefused | None]:
        """The parts from the first range on: stored ones, and those that Zoom gives within STEP_SECONDS.

        At least one part is fetched. After an error nothing more is fetched. An incomplete part is fetched again only
        if no other part is missing, and while there is time, so that a part which stays incomplete does not keep the
        page from being finished.
        """
        stored = [self._stored_part(kind, days) for days in ranges]
        some_missing = None in stored
        parts: list[Part] = []
        error: UpstreamError | ZoomRefused | None = None
        ends_at: float | None = None
        for days, part in zip(ranges, stored, strict=True):
            out_of_time = ends_at is not None and self.clock() > ends_at
            is_enough = part is not None and (part.complete or some_missing or out_of_time)
            fresh = is_enough and self._is_recent(part, kind)
            if fetch and not fresh and error is None:
                if out_of_time:
                    break
                ends_at = ends_at or self.clock() + STEP_SECONDS
                try:
                    part = self._fetch(kind, days, fetch, part)
                except (UpstreamError, ZoomRefused) as failure:
                    error = failure
            if fetch and fresh:
                call_trace.record_cache_hit("GET", "/v2/users/me/recordings")
            if part is None or isinstance(error, ZoomRefused):
                break
            parts.append(part)
        return parts, error

    def stored(self, kind: RecordKind, name: str) -> Part | None:
        """The stored part of this name."""
        fields = self.answers.load(self.user_id, kind, name)
        return Part(**fields) if isinstance(fields, dict) else None

    def store(self, kind: PartKind, name: str, part: Part) -> None:
        """Store a part under a name."""
        fields = {"value": without_credentials(part.value), "at": part.at, "complete": int(part.complete)}
        self.answers.save(self.user_id, kind.kind, fields, kind.lifetime_seconds, name)

    def _fetch(self, kind: PartKind, days: DayRange, fetch: Fetch, old: Part | None) -> Part:
        """The part from Zoom, or the one that another caller has fetched meanwhile. Raises what ``fetch`` raises."""
        with self.answers.turn(self.user_id, key_names.digest(f"{kind.kind.name} {_name(days, kind.suffix)}")):
            part = self._stored_part(kind, days)
            if part is None or part == old or not self._is_recent(part, kind):
                value, complete = fetch(*days)
                part = Part(value, self.clock(), complete)
                self._store_part(kind, days, part)
        return part

    def _is_recent(self, part: Part | None, kind: PartKind) -> bool:
        return part is not None and kind.fresh_seconds > 0 and self.clock() - part.at <= kind.fresh_seconds

    def _stored_part(self, kind: PartKind, days: DayRange) -> Part | None:
        part = self.stored(kind.kind, _name(days, kind.suffix))
        if part is None and days in kind.previous:
            part = self.stored(kind.kind, _name(kind.previous[days]))
            # A part of this release with that name has no rows of the days before and after.
            return part if part and part.by_previous_release else None
        return part

    def _store_part(self, kind: PartKind, days: DayRange, part: Part) -> None:
        self.store(kind, _name(days, kind.suffix), part)
        if days in kind.previous:
            self.store(kind, _name(kind.previous[days]), part)


def _name(days: DayRange, suffix: str = "") -> str:
    return f"{days[0]}:{days[1]}{suffix}"
