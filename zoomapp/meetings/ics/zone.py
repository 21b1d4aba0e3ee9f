"""The VTIMEZONE of a zone: each change of its UTC offset (RFC 5545, 3.6.5)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo

from zoomapp.meetings.ics.lines import LOCAL

YEAR = timedelta(days=366)


def time_zone(zone: tzinfo, first: datetime, last: datetime) -> Iterator[str]:
    """The changes of the zone's offset from a year before the first occurrence to the last moment (3.6.5)."""
    start = first - YEAR
    yield "BEGIN:VTIMEZONE"
    yield f"TZID:{zone}"
    yield from _observance(zone, start, _offset(start, zone))
    at = start
    while at < last:
        next_day = at + timedelta(days=1)
        if _offset(next_day, zone) != _offset(at, zone):
            yield from _observance(zone, _change(at, next_day, zone), _offset(at, zone))
        at = next_day
    yield "END:VTIMEZONE"


def _observance(zone: tzinfo, at: datetime, offset_from: timedelta) -> Iterator[str]:
    local = at.astimezone(zone)
    kind = "DAYLIGHT" if local.dst() else "STANDARD"
    yield f"BEGIN:{kind}"
    yield f"DTSTART:{(at + offset_from).astimezone(UTC):{LOCAL}}"
    yield f"TZOFFSETFROM:{_signed(offset_from)}"
    yield f"TZOFFSETTO:{_signed(_offset(at, zone))}"
    yield f"TZNAME:{local.tzname()}"
    yield f"END:{kind}"


def _change(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """The first minute with the new offset, between two moments."""
    while after - before > timedelta(minutes=1):
        middle = before + (after - before) / 2
        before, after = (middle, after) if _offset(middle, zone) == _offset(before, zone) else (before, middle)
    return after.replace(second=0, microsecond=0)


def _offset(at: datetime, zone: tzinfo) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


def _signed(offset: timedelta) -> str:
    minutes = round(offset.total_seconds() / 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"
