"""The VTIMEZONE of a zone: each change of its UTC offset (RFC 5545, 3.6.5).

``icalendar`` can make one itself, but with the start of daylight saving time in the new offset (03:00 for 02:00).
"""

from datetime import datetime, timedelta, tzinfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

YEAR = timedelta(days=366)


def time_zone(zone: tzinfo, first: datetime, last: datetime) -> Timezone:
    """The changes of the zone's offset from a year before the first occurrence to the last moment (3.6.5)."""
    component, start = Timezone(tzid=str(zone)), first - YEAR
    component.add_component(_observance(zone, start, _offset(start, zone)))
    at = start
    while at < last:
        next_day = at + timedelta(days=1)
        if _offset(next_day, zone) != _offset(at, zone):
            component.add_component(_observance(zone, _change(at, next_day, zone), _offset(at, zone)))
        at = next_day
    return component


def _observance(zone: tzinfo, at: datetime, offset_from: timedelta) -> TimezoneStandard | TimezoneDaylight:
    local = at.astimezone(zone)
    observance = TimezoneDaylight() if local.dst() else TimezoneStandard()
    # The local time of the change by the clocks before it.
    observance.add("dtstart", local.replace(tzinfo=None) - _offset(at, zone) + offset_from)
    observance.add("tzoffsetfrom", offset_from)
    observance.add("tzoffsetto", _offset(at, zone))
    observance.add("tzname", local.tzname())
    return observance


def _change(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """The first minute with the new offset, between two moments."""
    while after - before > timedelta(minutes=1):
        middle = before + (after - before) / 2
        before, after = (middle, after) if _offset(middle, zone) == _offset(before, zone) else (before, middle)
    return after.replace(second=0, microsecond=0)


def _offset(at: datetime, zone: tzinfo) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()
