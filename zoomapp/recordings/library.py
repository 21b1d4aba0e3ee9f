"""The recordings of a range of days: asked for in pieces Zoom answers in full, each kept for a while.

No request works on a long range for more than a few seconds: it stops after a piece, says how far it came, and the page
asks again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from zoomapp import dates
from zoomapp.errors import UpstreamError, ZoomRefused
from zoomapp.store.encrypted_records import RECORDINGS_MONTH, RECORDINGS_PIECE, RecordKind
from zoomapp.web.components.notice import RECORDINGS, Notice, notice_for
from zoomapp.web.components.progressive_list import STEP_SECONDS
from zoomapp.web.components.section import LAST_SEEN_SECONDS, Section, section
from zoomapp.web.current_user import services, user_client
from zoomapp.web.viewer import now, user_records, viewer
from zoomapp.zoom import call_trace
from zoomapp.zoom.pagination import collect
from zoomapp.zoom.recordings import Recording

Span = tuple[date, date]

#: A piece of a long range is not asked for again within ten minutes. A month is always fresh; where it takes two
#: pieces, for a minute, as the page would otherwise ask for the first one for ever.
PIECE_FRESH_SECONDS, SHORT_FRESH_SECONDS = 600, 60
MONTH_FRESH_SECONDS = 86400
STORAGE_MONTHS = 6
#: There are no recordings from before Zoom existed.
EARLIEST = date(2011, 1, 1)
#: A range longer than this is cut, and the page shows what it was cut to.
LONGEST_DAYS = 2 * 366


@dataclass(frozen=True)
class Piece:
    """What Zoom said of one span of days, and when. ``complete``: no page of it is missing."""

    value: Any
    at: float
    complete: bool = True


@dataclass(frozen=True)
class RecordingList:
    """What is there so far, newest first: ``done`` of ``total`` pieces. ``complete``: nothing is missing in those."""

    recordings: tuple[Recording, ...]
    done: int
    total: int
    complete: bool = True

    @property
    def ended(self) -> bool:
        """Whether every piece is there."""
        return self.done == self.total


@dataclass(frozen=True)
class Storage:
    """Bytes by month, oldest first, as far as they are known. ``partial``: the months that may have more."""

    months: tuple[tuple[str, int], ...]
    partial: tuple[str, ...] = ()


def today() -> date:
    """The viewer's day."""
    return dates.local(now(), viewer().zone).date()


def valid_range(first: str, last: str) -> Span:
    """The days asked for, none in the future or before EARLIEST, not too many; without a sound pair the last thirty."""
    end = max(min(_day(last) or today(), today()), EARLIEST)
    begin = max(_day(first) or end - timedelta(days=dates.RANGE_DAYS - 1), EARLIEST)
    return max(min(begin, end), end - timedelta(days=LONGEST_DAYS - 1)), end


def list_recordings(first: date, last: date, *, again: bool = True) -> Section[RecordingList]:
    """The recordings of these days; when Zoom is away, those of the pieces we still have.

    ``again``: ask for a month or less even if we have just seen it.
    """
    spans = list(dates.month_ranges(first, last))
    fresh_seconds = PIECE_FRESH_SECONDS
    if again and (last - first).days <= dates.RANGE_DAYS:
        fresh_seconds = SHORT_FRESH_SECONDS if len(spans) > 1 else 0
    pieces, failure = _gather(spans, RECORDINGS_PIECE, fresh_seconds, LAST_SEEN_SECONDS, _recordings_of)
    if not pieces and failure:
        return Section(None, now(), failure)
    rows = [row for piece in pieces for row in piece.value]
    shelf = RecordingList(_newest_first(rows), len(pieces), len(spans), all(piece.complete for piece in pieces))
    return Section(shelf, _oldest(pieces), failure)


def storage_by_month(*, ask: bool) -> Section[Storage]:
    """Bytes recorded in each of the last six months, oldest first, as far as they are known; ``ask`` Zoom for more."""
    spans = [_month(today(), back) for back in range(STORAGE_MONTHS)]
    pieces, failure = _gather(
        spans, RECORDINGS_MONTH, MONTH_FRESH_SECONDS, MONTH_FRESH_SECONDS, _size_of if ask else None
    )
    names = [dates.MONTHS[first.month - 1][:3] for first, _ in spans[: len(pieces)]]
    months = tuple(zip(names, (piece.value for piece in pieces), strict=True))[::-1]
    partial = tuple(name for name, piece in zip(names, pieces, strict=True) if not piece.complete)[::-1]
    return Section(Storage(months, partial), _oldest(pieces), failure)


def list_trash() -> Section[RecordingList]:
    """What Zoom still keeps for thirty days, the last to go in first."""

    def read(body: Any) -> RecordingList:
        found = map(Recording.from_api, body["rows"])
        newest_first = sorted(found, key=lambda each: each.trashed_at or now(), reverse=True)
        return RecordingList(tuple(newest_first), 1, 1, body.get("complete", True))

    def fetch() -> dict[str, Any]:
        found = collect(lambda token: user_client().trashed_recordings(token), "meetings")
        return {"rows": found.rows, "complete": found.complete}

    return section("trash", RECORDINGS, fetch, read)


def _gather(
    spans: Sequence[Span],
    kind: RecordKind,
    fresh_seconds: float,
    keep_seconds: int,
    fetch: Callable[[date, date], tuple[Any, bool]] | None,
) -> tuple[list[Piece], Notice | None]:
    """The pieces we have and, for a few seconds, those we can get, one at least; after a failure nothing is asked.

    One with pages missing is asked for again, but after those that are not there at all, and while there is time: what
    stays incomplete must not keep the page from ever being done.
    """
    who, records, clock = user_client().user_id, user_records(), services().clock
    seen = [records.load(who, kind, f"{first}:{last}") for first, last in spans]
    some_missing = not all(isinstance(each, dict) for each in seen)
    found: list[Piece] = []
    failure: UpstreamError | ZoomRefused | None = None
    ends_at: float | None = None
    for (first, last), shape in zip(spans, seen, strict=True):
        piece = Piece(**shape) if isinstance(shape, dict) else None
        late = ends_at is not None and clock() > ends_at
        recent = piece is not None and fresh_seconds > 0 and clock() - piece.at <= fresh_seconds
        fresh = piece is not None and recent and (piece.complete or some_missing or late)
        if fetch and not fresh and failure is None:
            if late:
                break
            ends_at = ends_at or clock() + STEP_SECONDS
            try:
                value, complete = fetch(first, last)
            except (UpstreamError, ZoomRefused) as error:
                failure = error
            else:
                piece = Piece(value, clock(), complete)
                told = {"value": value, "at": piece.at, "complete": complete}
                records.save(who, kind, told, keep_seconds, f"{first}:{last}")
        if fetch and fresh:
            call_trace.record_cache_hit("GET", "/v2/users/me/recordings")
        if piece is None or isinstance(failure, ZoomRefused):
            break
        found.append(piece)
    return found, notice_for(failure, RECORDINGS, _oldest(found) if found else None) if failure else None


def _recordings_of(first: date, last: date) -> tuple[Any, bool]:
    found = collect(lambda token: user_client().recordings(first, last, token), "meetings")
    return list(found.rows), found.complete


def _size_of(first: date, last: date) -> tuple[Any, bool]:
    rows, complete = _recordings_of(first, last)
    return sum(each.size_bytes for each in map(Recording.from_api, rows)), complete


def _oldest(pieces: Sequence[Piece]) -> datetime:
    return datetime.fromtimestamp(min((piece.at for piece in pieces), default=now().timestamp()), UTC)


def _newest_first(rows: Sequence[Any]) -> tuple[Recording, ...]:
    """Each once: Zoom's days are not the viewer's, so neighbours may overlap."""
    found = {each.uuid: each for each in map(Recording.from_api, rows)}
    return tuple(sorted(found.values(), key=lambda each: each.start_at or now(), reverse=True))


def _month(day: date, back: int) -> Span:
    """First and last day of a month, counted back from this one."""
    count = day.year * 12 + day.month - 1 - back
    first = date(count // 12, count % 12 + 1, 1)
    after = date((count + 1) // 12, (count + 1) % 12 + 1, 1)
    return first, min(after - timedelta(days=1), day)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
