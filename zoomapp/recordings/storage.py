"""Bytes recorded per month of the viewer's time zone, added up from parts that Zoom lists by UTC days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from typing import Any

from zoomapp import dates
from zoomapp.recordings.parts import DayRange, Part
from zoomapp.zoom.recordings import Recording

STORAGE_MONTHS = 6


@dataclass(frozen=True)
class Storage:
    """Bytes by month, oldest first, for the months loaded so far. ``partial`` names months with a lower bound.

    ``done`` of ``total`` parts are loaded.
    """

    months: tuple[tuple[str, int], ...]
    partial: tuple[str, ...] = ()
    done: int = STORAGE_MONTHS
    total: int = STORAGE_MONTHS


def last_months(today: date) -> list[DayRange]:
    """The last six months of the viewer, newest first. The current one ends today."""
    return [_month(today, months_ago) for months_ago in range(STORAGE_MONTHS)]


def sizes(rows: Sequence[Mapping[str, Any]]) -> list[list[float | None]]:
    """The start in epoch seconds and the bytes of each recording, without duplicates."""
    read = [Recording.from_api(row) for row in rows]
    recordings = {recording.uuid: recording for recording in read if recording}.values()
    return [[row.start_at.timestamp() if row.start_at else None, row.size_bytes] for row in recordings]


def add_up(months: Sequence[DayRange], ranges: Sequence[DayRange], parts: Sequence[Part], zone: tzinfo) -> Storage:
    """The months whose parts are all loaded. ``ranges``: the days of UTC of all parts, newest first."""
    bytes_by_month: Counter[tuple[int, int]] = Counter()
    for days, part in zip(ranges, parts, strict=False):
        for start, size in part.value:
            # Zoom put a recording without a readable start into these days.
            day = dates.local(start, zone).date() if start is not None else days[1]
            bytes_by_month[day.year, day.month] += int(size)
    spans = [dates.utc_days(first, last, zone) for first, last in months]
    loaded = [n for n, (first, _) in enumerate(spans) if parts and first >= ranges[len(parts) - 1][0]]
    names = [dates.MONTHS[first.month - 1][:3] for first, _ in months]
    totals = [(names[n], bytes_by_month[months[n][0].year, months[n][0].month]) for n in loaded]
    cut = [days for days, part in zip(ranges, parts, strict=False) if not part.complete]
    partial = [names[n] for n in loaded if any(_overlap(spans[n], days) for days in cut)]
    return Storage(tuple(totals[::-1]), tuple(partial[::-1]), len(parts), len(ranges))


def _overlap(first: DayRange, second: DayRange) -> bool:
    return first[0] <= second[1] and second[0] <= first[1]


def _month(day: date, months_ago: int) -> DayRange:
    """The first and the last day of an earlier month. The current month ends with ``day``."""
    count = day.year * 12 + day.month - 1 - months_ago
    first = date(count // 12, count % 12 + 1, 1)
    next_first = date((count + 1) // 12, (count + 1) % 12 + 1, 1)
    return first, min(next_first - timedelta(days=1), day)
