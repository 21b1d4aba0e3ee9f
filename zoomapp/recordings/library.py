"""The cloud recordings of one user: those of a range of days, the latest, the trash, and the storage by month.

People mean days of their own time zone; Zoom selects by days of UTC. So Zoom is asked for all days of UTC that the
viewer's days touch, and what started on another day of the viewer is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from zoomapp import dates
from zoomapp.errors import UpstreamError, ZoomRefused
from zoomapp.meetings import agenda
from zoomapp.recordings import storage
from zoomapp.recordings.parts import DayRange, Part, PartKind, PartLoader
from zoomapp.recordings.storage import Storage
from zoomapp.store.encrypted_records import RECORDINGS_MONTH, RECORDINGS_PIECE
from zoomapp.user_api.page_cache import KEEP_SECONDS, Loaded, PageCache
from zoomapp.user_api.user_client import UserClient
from zoomapp.zoom.models import Page
from zoomapp.zoom.pagination import collect
from zoomapp.zoom.recordings import Recording
from zoomapp.zoom.tolerant_reader import JsonObject, read_rows

#: How long a part of a long range is fresh.
PART_FRESH_SECONDS = 600
#: A range of a month is as fresh as any page. If it has two parts, each is fresh for a minute, as otherwise the page
#: would load the first part again and never finish.
SHORT_RANGE_FRESH_SECONDS = 60
MONTH_FRESH_SECONDS = 86400
#: Months are stored as starts and sizes, so that they can be added up in any time zone.
SIZES_SUFFIX = ":sizes"
#: Zoom has no recordings from before this day.
EARLIEST = date(2011, 1, 1)
#: A longer range is cut at its start.
MAX_DAYS = 2 * 366
LATEST_DAYS, MAX_LATEST = 30, 3
EXPIRING_DAYS = 7
MAX_LARGEST = 4


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


def expiring(recordings: Sequence[Recording], today: date) -> list[Recording]:
    """The recordings that Zoom deletes within a week. ``today``: the viewer's day."""
    return [row for row in recordings if row.deleted_on and row.deleted_on <= today + timedelta(days=EXPIRING_DAYS)]


def largest(recordings: Sequence[Recording]) -> list[Recording]:
    """The four recordings with the most bytes, largest first."""
    return sorted(recordings, key=lambda recording: -recording.size_bytes)[:MAX_LARGEST]


@dataclass(frozen=True)
class RecordingLibrary:
    """The recordings of one user. ``clock`` limits the time spent loading a long range.

    ``zone``: the viewer's, in which all days are meant.
    """

    user_client: UserClient
    cache: PageCache
    clock: Callable[[], float]
    zone: tzinfo

    @property
    def now(self) -> datetime:
        """The moment of the request."""
        return self.cache.now

    def in_range(self, first: date, last: date, *, reload: bool = True) -> Loaded[RecordingList]:
        """The recordings of these days. While Zoom fails, those of the stored parts.

        ``reload``: a stored range of a month or less must be as fresh as any page.
        """
        ranges = self._zoom_ranges(first, last)
        fresh_seconds: float = PART_FRESH_SECONDS
        if reload and (last - first).days <= dates.RANGE_DAYS:
            fresh_seconds = SHORT_RANGE_FRESH_SECONDS if len(ranges) > 1 else self.cache.view_seconds
        if self.cache.reload:
            fresh_seconds = min(fresh_seconds, SHORT_RANGE_FRESH_SECONDS)
        # After a change by the user, the parts of before are not used: they have another name.
        version = f":{self.cache.version}" if self.cache.version else ""
        cut = {days: (max(days[0], first), min(days[1], last)) for days in ranges}
        previous = {days: cut[days] for days in ranges if version or cut[days] != days}
        kind = PartKind(RECORDINGS_PIECE, fresh_seconds, KEEP_SECONDS, version, previous=previous)
        parts, error = self._parts.load(ranges, kind, self._fetch_rows)
        if not parts and error:
            return Loaded(None, self.now, error)
        read = [Recording.from_api(row) for part in parts for row in part.value]
        recordings = self._newest_first([recording for recording in read if recording], first, last)
        complete = all(part.complete for part in parts) and None not in read
        return self._loaded(RecordingList(recordings, len(parts), len(ranges), complete), parts, error)

    def storage_by_month(self, today: date, *, fetch: bool) -> Loaded[Storage]:
        """Bytes recorded in each of the last six months, oldest first. Without ``fetch``, only the stored months."""
        months = storage.last_months(today)
        ranges = dates.by_month(*self._days_of_utc(months[-1][0], today))
        kind = PartKind(RECORDINGS_MONTH, MONTH_FRESH_SECONDS, MONTH_FRESH_SECONDS, SIZES_SUFFIX)
        if previous := self._storage_of_previous_release(months):
            return previous
        parts, error = self._parts.load(ranges, kind, self._fetch_sizes if fetch else None)
        by_month = storage.add_up(months, ranges, parts, self.zone)
        if fetch and len(by_month.months) == len(months):
            self._store_for_previous_release(months, by_month, kind)
        return self._loaded(by_month, parts, error)

    def trash(self) -> Loaded[RecordingList]:
        """The recordings that Zoom deletes for good after thirty days in the trash. The last deleted one is first."""

        def read(body: Any) -> RecordingList:
            rows = read_rows(body, "rows", Recording.from_api, "recording")
            newest_first = sorted(rows, key=lambda row: row.trashed_at or self.now, reverse=True)
            is_whole = body.get("complete", True) and not (rows.unreadable or body.get("unreadable"))
            return RecordingList(tuple(newest_first), 1, 1, is_whole)

        return self.cache.load_list("trash", self.user_client.trashed_recordings, "meetings", read)

    def latest(self) -> Loaded[Page[Recording]]:
        """The latest recordings of the last thirty days. They end with the current day of UTC, so none is missing."""
        last = self.now.date()
        first = last - timedelta(days=LATEST_DAYS - 1)

        def read(body: Any) -> Page[Recording]:
            page = Page.of(body, "meetings", Recording.from_api, "recording")
            started = sorted(
                (row for row in page if row.start_at), key=lambda row: row.start_at or self.now, reverse=True
            )
            return Page(tuple(started[:MAX_LATEST]), unreadable=page.unreadable)

        name = f"recordings {first} {last}"
        return self.cache.load(name, lambda: self.user_client.recordings(first, last), read)

    @property
    def _parts(self) -> PartLoader:
        return PartLoader(self.user_client.user_id, self.cache.answers, self.clock)

    def _days_of_utc(self, first: date, last: date) -> DayRange:
        """The days of UTC of the viewer's days, as far as Zoom can have recordings of them."""
        utc_first, utc_last = dates.utc_days(first, last, self.zone)
        utc_last = max(min(utc_last, self.now.astimezone(UTC).date()), EARLIEST)
        return min(max(utc_first, EARLIEST), utc_last), utc_last

    def _zoom_ranges(self, first: date, last: date) -> list[DayRange]:
        """The days of UTC to ask Zoom for, in one part if Zoom answers for them at once, newest first."""
        days = self._days_of_utc(first, last)
        return [days] if dates.within_a_month(*days) else list(dates.month_ranges(*days))

    def _fetch_rows(self, first: date, last: date) -> tuple[Any, bool]:
        """The recordings of at most a month as Zoom sends them, and whether no page is missing.

        Zoom quietly leaves out the first days of a range that it finds too long, and says so in ``from``.
        """
        answered_from = first

        def fetch(token: str) -> Any:
            nonlocal answered_from
            body = self.user_client.recordings(first, last, token)
            answered_from = max(answered_from, JsonObject(body, "recordings").day("from") or first)
            return body

        collected = collect(fetch, "meetings")
        rows, complete = list(collected.rows), collected.complete
        if first < answered_from <= last:
            earlier_rows, earlier_complete = self._fetch_rows(first, answered_from - timedelta(days=1))
            return rows + earlier_rows, complete and earlier_complete
        return rows, complete

    def _fetch_sizes(self, first: date, last: date) -> tuple[Any, bool]:
        """The starts and the bytes of the recordings of these days, and whether no page is missing."""
        rows, complete = self._fetch_rows(first, last)
        return storage.sizes(rows), complete

    def _storage_of_previous_release(self, months: Sequence[DayRange]) -> Loaded[Storage] | None:
        """The months as the previous release stored them, all or none. Remove this in the next release."""
        found = []
        for first, last in months:
            part = self._parts.stored(RECORDINGS_MONTH, f"{first}:{last}")
            if part is None or not part.by_previous_release:
                return None
            found.append(part)
        names = [dates.MONTHS[first.month - 1][:3] for first, _ in months]
        totals = tuple(zip(names, (part.value for part in found), strict=True))[::-1]
        partial = tuple(name for name, part in zip(names, found, strict=True) if not part.complete)[::-1]
        return self._loaded(Storage(totals, partial), found, None)

    def _store_for_previous_release(self, months: Sequence[DayRange], by_month: Storage, kind: PartKind) -> None:
        """Store the months so that the previous release can show them. Remove this in the next release."""
        for (first, last), (name, size) in zip(months, by_month.months[::-1], strict=True):
            part = Part(size, self.clock(), name not in by_month.partial)
            self._parts.store(kind, f"{first}:{last}", part)

    def _loaded(self, value: Any, parts: Sequence[Part], error: UpstreamError | ZoomRefused | None) -> Loaded[Any]:
        """The value with the moment of its oldest part."""
        oldest = min((part.at for part in parts), default=self.now.timestamp())
        at = datetime.fromtimestamp(oldest, UTC)
        return Loaded(value, at, error, at if error and parts else None)

    def _newest_first(self, rows: Sequence[Recording], first: date, last: date) -> tuple[Recording, ...]:
        """The recordings that started on these days of the viewer, without duplicates.

        One without a readable start stays: Zoom says that it is of these days.
        """
        recordings = {recording.uuid: recording for recording in rows}.values()
        found = [
            recording
            for recording in recordings
            if recording.start_at is None or first <= dates.local(recording.start_at, self.zone).date() <= last
        ]
        return tuple(sorted(found, key=lambda row: row.start_at or self.now, reverse=True))


def _parse_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
