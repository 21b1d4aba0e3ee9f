"""The stays of one connection, from the records of all sources."""

from collections import defaultdict
from collections.abc import Sequence

from zoomapp.attendance import intervals
from zoomapp.attendance.intervals import Interval
from zoomapp.attendance.records import Record, Room, Source

#: A final list replaces everything before it; of the others, the times of the first beat those of the next.
FINAL: tuple[Source, ...] = ("report", "past")
LIVE: tuple[Source, ...] = ("webhook", "metrics", "sdk")
BEST_FIRST = (*FINAL, *LIVE)


def room_stays(records: Sequence[Record], room: Room) -> list[Interval]:
    """When a connection was in the meeting itself or in the waiting room."""
    return _merge_sources([record for record in records if record.room == room and not record.breakout_room])


def breakout_stays(records: Sequence[Record]) -> list[Interval]:
    """When a connection was in a breakout room."""
    return _merge_sources([record for record in records if record.breakout_room])


def all_stays(records: Sequence[Record]) -> list[Interval]:
    """When a connection was in any of the rooms."""
    in_meeting = room_stays(records, "meeting")
    in_breakout_rooms = intervals.close_breakout_stays(breakout_stays(records), in_meeting)
    return [*in_meeting, *in_breakout_rooms, *room_stays(records, "waiting")]


def _merge_sources(records: Sequence[Record]) -> list[Interval]:
    """The stays of each source by itself, then the better source over the worse."""
    if len({record.source for record in records}) < 2:
        return list(_source_stays(records)) if records else []
    by_source: dict[Source, list[Record]] = defaultdict(list)
    for record in records:
        by_source[record.source].append(record)
    found: list[Interval] = []
    for source in sorted(by_source, key=BEST_FIRST.index):
        found = intervals.overlay(found, _source_stays(by_source[source]))
    return found


def _source_stays(records: Sequence[Record]) -> tuple[Interval, ...]:
    """The stays that one source reports: rows as they are, events in pairs."""
    if len(records) == 1 and records[0].joined_at is not None:
        return ((records[0].joined_at, records[0].left_at),)
    ends: dict[float, float | None] = {}
    leaves: set[float] = set()
    for record in records:
        if record.joined_at is not None:
            end = ends.get(record.joined_at)
            is_later = end is None or (record.left_at is not None and record.left_at > end)
            ends[record.joined_at] = record.left_at if is_later else end
        elif record.left_at is not None:
            leaves.add(record.left_at)
    complete: list[Interval] = [(start, end) for start, end in ends.items() if end is not None]
    joins = {start for start, end in ends.items() if end is None}
    return intervals.union([*complete, *intervals.pair(joins, leaves)])
