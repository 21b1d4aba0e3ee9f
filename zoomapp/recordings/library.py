"""The cloud recordings of one user: those of a range of days, the latest, the trash, and the storage by month.

Zoom answers for one month at most, so a long range is loaded month by month and each month is stored for a while. One
request loads for a few seconds only. It returns what it has, and the page asks again for the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from zoomapp import dates
from zoomapp.errors import UpstreamError, ZoomRefused
from zoomapp.meetings import agenda
from zoomapp.store.encrypted_records import RECORDINGS_MONTH, RECORDINGS_PIECE, RecordKind
from zoomapp.store.user_records import UserRecords
from zoomapp.user_api import last_seen
from zoomapp.user_api.last_seen import LAST_SEEN_SECONDS, Loaded
from zoomapp.user_api.long_lists import STEP_SECONDS
from zoomapp.user_api.user_client import UserClient
from zoomapp.zoom import call_trace
from zoomapp.zoom.models import Page
from zoomapp.zoom.pagination import collect
from zoomapp.zoom.recordings import Recording

#: The first and the last day, both included.
DayRange = tuple[date, date]

#: How long a part of a long range is fresh.
PART_FRESH_SECONDS = 600
#: A range of a month is always loaded again. If it has two parts, each is fresh for a minute, as otherwise the page
#: would load the first part again and never finish.
SHORT_RANGE_FRESH_SECONDS = 60
MONTH_FRESH_SECONDS = 86400
STORAGE_MONTHS = 6
#: Zoom has no recordings from before this day.
EARLIEST = date(2011, 1, 1)
#: A longer range is cut at its start.
MAX_DAYS = 2 * 366
LATEST_DAYS, MAX_LATEST = 30, 3
EXPIRING_DAYS = 7
MAX_LARGEST = 4


@dataclass(frozen=True)
class Part:
    """Zoom's answer for one range of days, and its moment in epoch seconds. ``complete``: no page is missing."""

    value: Any
    at: float
    complete: bool = True


@dataclass(frozen=True)
class RecordingList:
    """The recordings loaded so far, newest first: ``done`` of ``total`` parts.

    ``complete``: no page is missing in the loaded parts.
    """

    recordings: tuple[Recording, ...]
    done: int
    total: int
    complete: bool = True

    @property
    def ended(self) -> bool:
        """Whether all parts are loaded."""
        return self.done == self.total


@dataclass(frozen=True)
class Storage:
    """Bytes by month, oldest first, for the months loaded so far. ``partial`` names months with a lower bound."""

    months: tuple[tuple[str, int], ...]
    partial: tuple[str, ...] = ()


def valid_range(first: str, last: str, today: date) -> DayRange:
    """The range of days from two ISO dates, cut to what is possible. Without valid dates, the last thirty days."""
    end = max(min(_parse_day(last) or today, today), EARLIEST)
    start = max(_parse_day(first) or end - timedelta(days=dates.RANGE_DAYS - 1), EARLIEST)
    return max(min(start, end), end - timedelta(days=MAX_DAYS - 1)), end


def earlier_range(first: date, last: date) -> DayRange:
    """The range of the same length before this one."""
    return first - (last - first) - timedelta(days=1), first - timedelta(days=1)


def later_range(first: date, last: date, today: date) -> DayRange | None:
    """The range of the same length after this one, cut at today; None if this one ends today."""
    if last >= today:
        return None
    return last + timedelta(days=1), min(last + (last - first) + timedelta(days=1), today)


def matching(recordings: Sequence[Recording], query: str) -> list[Recording]:
    """The recordings whose topic or meeting number matches a search."""
    return [recording for recording in recordings if agenda.matches(query, recording.topic, recording.id)]


def expiring(recordings: Sequence[Recording], now: datetime) -> list[Recording]:
    """The recordings that Zoom deletes within a week."""
    return [row for row in recordings if row.deleted_on and row.deleted_on <= now + timedelta(days=EXPIRING_DAYS)]


def largest(recordings: Sequence[Recording]) -> list[Recording]:
    """The four recordings with the most bytes, largest first."""
    return sorted(recordings, key=lambda recording: -recording.size_bytes)[:MAX_LARGEST]


@dataclass(frozen=True)
class RecordingLibrary:
    """The recordings of one user. ``now`` is the moment of the request; ``clock`` limits the time spent loading."""

    user_client: UserClient
    records: UserRecords
    now: datetime
    clock: Callable[[], float]

    def in_range(self, first: date, last: date, *, reload: bool = True) -> Loaded[RecordingList]:
        """The recordings of these days. While Zoom fails, those of the stored parts.

        ``reload``: load a range of a month or less even if it is stored.
        """
        ranges = list(dates.month_ranges(first, last))
        fresh_seconds = PART_FRESH_SECONDS
        if reload and (last - first).days <= dates.RANGE_DAYS:
            fresh_seconds = SHORT_RANGE_FRESH_SECONDS if len(ranges) > 1 else 0
        parts, error = self._load_parts(ranges, RECORDINGS_PIECE, fresh_seconds, LAST_SEEN_SECONDS, self._fetch_rows)
        if not parts and error:
            return Loaded(None, self.now, error)
        recordings = self._newest_first([row for part in parts for row in part.value])
        complete = all(part.complete for part in parts)
        return self._loaded(RecordingList(recordings, len(parts), len(ranges), complete), parts, error)

    def storage_by_month(self, today: date, *, fetch: bool) -> Loaded[Storage]:
        """Bytes recorded in each of the last six months, oldest first. Without ``fetch``, only the stored months."""
        ranges = [_month(today, months_ago) for months_ago in range(STORAGE_MONTHS)]
        fetch_part = self._fetch_size if fetch else None
        parts, error = self._load_parts(ranges, RECORDINGS_MONTH, MONTH_FRESH_SECONDS, MONTH_FRESH_SECONDS, fetch_part)
        names = [dates.MONTHS[first.month - 1][:3] for first, _ in ranges[: len(parts)]]
        months = tuple(zip(names, (part.value for part in parts), strict=True))[::-1]
        partial = tuple(name for name, part in zip(names, parts, strict=True) if not part.complete)[::-1]
        return self._loaded(Storage(months, partial), parts, error)

    def trash(self) -> Loaded[RecordingList]:
        """The recordings that Zoom deletes for good after thirty days in the trash. The last deleted one is first."""

        def fetch() -> dict[str, Any]:
            collected = collect(lambda token: self.user_client.trashed_recordings(token), "meetings")
            return {"rows": collected.rows, "complete": collected.complete}

        def read(body: Any) -> RecordingList:
            recordings = map(Recording.from_api, body["rows"])
            newest_first = sorted(recordings, key=lambda row: row.trashed_at or self.now, reverse=True)
            return RecordingList(tuple(newest_first), 1, 1, body.get("complete", True))

        return last_seen.load(self.records, self.user_client.user_id, self.now, "trash", fetch, read)

    def latest(self) -> Loaded[tuple[Recording, ...]]:
        """The latest recordings of the last thirty days."""
        last = self.now.date()
        first = last - timedelta(days=LATEST_DAYS - 1)

        def read(body: Any) -> tuple[Recording, ...]:
            started = [row for row in Page.of(body, "meetings", Recording.from_api) if row.start_at]
            return tuple(sorted(started, key=lambda row: row.start_at or self.now, reverse=True)[:MAX_LATEST])

        return last_seen.load(
            self.records,
            self.user_client.user_id,
            self.now,
            f"recordings {first} {last}",
            lambda: self.user_client.recordings(first, last),
            read,
        )

    def _load_parts(
        self,
        ranges: Sequence[DayRange],
        kind: RecordKind,
        fresh_seconds: float,
        lifetime_seconds: int,
        fetch: Callable[[date, date], tuple[Any, bool]] | None,
    ) -> tuple[list[Part], UpstreamError | ZoomRefused | None]:
        """The parts from the first range on: stored ones, and those that Zoom gives within STEP_SECONDS.

        At least one part is fetched. After an error nothing more is fetched. An incomplete part is fetched again only
        if no other part is missing, and while there is time, so that a part which stays incomplete does not keep the
        page from being finished.
        """
        stored = [self._stored_part(kind, first, last) for first, last in ranges]
        some_missing = None in stored
        parts: list[Part] = []
        error: UpstreamError | ZoomRefused | None = None
        ends_at: float | None = None
        for (first, last), part in zip(ranges, stored, strict=True):
            out_of_time = ends_at is not None and self.clock() > ends_at
            recent = part is not None and fresh_seconds > 0 and self.clock() - part.at <= fresh_seconds
            fresh = part is not None and recent and (part.complete or some_missing or out_of_time)
            if fetch and not fresh and error is None:
                if out_of_time:
                    break
                ends_at = ends_at or self.clock() + STEP_SECONDS
                try:
                    value, complete = fetch(first, last)
                except (UpstreamError, ZoomRefused) as failure:
                    error = failure
                else:
                    part = Part(value, self.clock(), complete)
                    self._store_part(kind, first, last, part, lifetime_seconds)
            if fetch and fresh:
                call_trace.record_cache_hit("GET", "/v2/users/me/recordings")
            if part is None or isinstance(error, ZoomRefused):
                break
            parts.append(part)
        return parts, error

    def _stored_part(self, kind: RecordKind, first: date, last: date) -> Part | None:
        fields = self.records.load(self.user_client.user_id, kind, f"{first}:{last}")
        return Part(**fields) if isinstance(fields, dict) else None

    def _store_part(self, kind: RecordKind, first: date, last: date, part: Part, seconds: int) -> None:
        fields = {"value": part.value, "at": part.at, "complete": part.complete}
        self.records.save(self.user_client.user_id, kind, fields, seconds, f"{first}:{last}")

    def _fetch_rows(self, first: date, last: date) -> tuple[Any, bool]:
        """The recordings of at most a month as Zoom sends them, and whether no page is missing."""
        collected = collect(lambda token: self.user_client.recordings(first, last, token), "meetings")
        return list(collected.rows), collected.complete

    def _fetch_size(self, first: date, last: date) -> tuple[Any, bool]:
        """The bytes of these days, and whether no page is missing."""
        rows, complete = self._fetch_rows(first, last)
        return sum(recording.size_bytes for recording in map(Recording.from_api, rows)), complete

    def _loaded(self, value: Any, parts: Sequence[Part], error: UpstreamError | ZoomRefused | None) -> Loaded[Any]:
        """The value with the moment of its oldest part."""
        oldest = min((part.at for part in parts), default=self.now.timestamp())
        at = datetime.fromtimestamp(oldest, UTC)
        return Loaded(value, at, error, at if error and parts else None)

    def _newest_first(self, rows: Sequence[Any]) -> tuple[Recording, ...]:
        """The recordings without duplicates: days are in different zones here and at Zoom, so parts can overlap."""
        recordings = {recording.uuid: recording for recording in map(Recording.from_api, rows)}
        return tuple(sorted(recordings.values(), key=lambda row: row.start_at or self.now, reverse=True))


def _month(day: date, months_ago: int) -> DayRange:
    """The first and the last day of an earlier month. The current month ends with ``day``."""
    count = day.year * 12 + day.month - 1 - months_ago
    first = date(count // 12, count % 12 + 1, 1)
    next_first = date((count + 1) // 12, (count + 1) % 12 + 1, 1)
    return first, min(next_first - timedelta(days=1), day)


def _parse_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
