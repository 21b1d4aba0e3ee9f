"""A meeting as a calendar file (RFC 5545)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from zoomapp import times
from zoomapp.agenda import fold
from zoomapp.zoom.models import Meeting, Occurrence

LINE_OCTETS = 75
WEEKDAYS = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")
WEEKLY, MONTHLY = 2, 3
FREQUENCIES = {1: "DAILY", WEEKLY: "WEEKLY", MONTHLY: "MONTHLY"}
YEAR, ENDLESS = timedelta(days=366), timedelta(days=3653)
LOCAL, INSTANT = "%Y%m%dT%H%M%S", "%Y%m%dT%H%M%SZ"


def calendar(meeting: Meeting, now: datetime, *, with_passcode: bool = False) -> str:
    """The file. A series stays at its hour over a change of the clocks; a single meeting is written in UTC."""
    zone = times.find_zone(meeting.zone_name) if meeting.start_at and meeting.recurrence else None
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//zoomapp//meetings//EN", "METHOD:PUBLISH"]
    if zone and meeting.start_at:
        lines += _time_zone(zone, meeting.start_at, _last(meeting, meeting.start_at))
    lines += _event(meeting, now, zone, with_passcode)
    lines += (line for each in meeting.occurrences if zone for line in _moved(meeting, each, now, zone, with_passcode))
    return "".join(f"{folded}\r\n" for line in (*lines, "END:VCALENDAR") for folded in _fold(line))


def file_name(meeting: Meeting) -> str:
    """ASCII, lower case, short: "2026-11-23_weekly-product-sync.ics"."""
    words = re.sub(r"[^a-z0-9]+", "-", fold(meeting.topic)).strip("-")[:45] or "meeting"
    return f"{meeting.start_at:%Y-%m-%d}_{words}.ics" if meeting.start_at else f"{words}.ics"


def _event(meeting: Meeting, now: datetime, zone: tzinfo | None, with_passcode: bool) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield from _stamp(meeting, now)
    yield from _hours(meeting.start_at or now, meeting.duration_minutes, zone)
    if zone:
        yield f"RRULE:{_rule(meeting.recurrence)}"
        yield from (
            _moment("EXDATE", at, zone) for each in meeting.occurrences if each.deleted and (at := _planned(each))
        )
    yield from _words(meeting, with_passcode)
    yield "END:VEVENT"


def _moved(meeting: Meeting, date: Occurrence, now: datetime, zone: tzinfo, with_passcode: bool) -> Iterator[str]:
    """One date of a series that is not where, or not as long as, the rule says."""
    planned = _planned(date)
    if date.deleted or not planned or not date.start_at:
        return
    if planned != date.start_at or date.duration_minutes != meeting.duration_minutes:
        yield "BEGIN:VEVENT"
        yield from _stamp(meeting, now)
        yield _moment("RECURRENCE-ID", planned, zone)
        yield from _hours(date.start_at, date.duration_minutes, zone)
        yield from _words(meeting, with_passcode)
        yield "END:VEVENT"


def _planned(date: Occurrence) -> datetime | None:
    """When a date of a series was meant to be: its id, in milliseconds, which stays when the date is moved."""
    return datetime.fromtimestamp(int(date.id) / 1000, UTC) if date.id.isdigit() else date.start_at


def _stamp(meeting: Meeting, now: datetime) -> Iterator[str]:
    yield f"UID:{meeting.id}@zoom.us"
    yield f"DTSTAMP:{now.astimezone(UTC):{INSTANT}}"
    # A later file of the same meeting must win, and Zoom counts no versions.
    yield f"SEQUENCE:{int(now.timestamp() - 1.7e9) // 60}"


def _hours(start: datetime, minutes: int, zone: tzinfo | None) -> Iterator[str]:
    yield _moment("DTSTART", start, zone)
    yield _moment("DTEND", start + timedelta(minutes=minutes), zone)


def _words(meeting: Meeting, with_passcode: bool) -> Iterator[str]:
    passcode = f"Passcode: {meeting.password}" if with_passcode and meeting.password else ""
    about = "\n\n".join(part for part in (meeting.agenda, meeting.join_url, passcode) if part)
    yield f"SUMMARY:{_text(meeting.topic)}"
    yield f"LOCATION:{_text(meeting.join_url)}"
    yield f"URL:{meeting.join_url}"
    yield f"DESCRIPTION:{_text(about)}"


def _rule(given: Mapping[str, Any]) -> str:
    """Zoom's recurrence as an RRULE (3.3.10); Zoom's weeks begin on Sunday."""
    kind = int(given.get("type") or 1)
    parts = [f"FREQ={FREQUENCIES.get(kind, 'DAILY')}", f"INTERVAL={given.get('repeat_interval') or 1}"]
    if kind == WEEKLY:
        numbers = [day for day in str(given.get("weekly_days") or "").split(",") if day in set("1234567")]
        parts += [f"BYDAY={','.join(WEEKDAYS[int(day) - 1] for day in numbers)}"] if numbers else []
        parts.append("WKST=SU")
    if kind == MONTHLY and given.get("monthly_week_day"):
        parts.append(f"BYDAY={given.get('monthly_week') or 1}{WEEKDAYS[int(given['monthly_week_day']) - 1]}")
    elif kind == MONTHLY and given.get("monthly_day"):
        parts.append(f"BYMONTHDAY={given['monthly_day']}")
    until = times.parse(given.get("end_date_time"))
    if until:
        parts.append(f"UNTIL={until:{INSTANT}}")
    elif given.get("end_times"):
        parts.append(f"COUNT={given['end_times']}")
    return ";".join(parts)


def _moment(name: str, at: datetime, zone: tzinfo | None) -> str:
    return f"{name};TZID={zone}:{at.astimezone(zone):{LOCAL}}" if zone else f"{name}:{at.astimezone(UTC):{INSTANT}}"


def _last(meeting: Meeting, first: datetime) -> datetime:
    """Up to when the zone must be known: past the last date, or for years if there is none."""
    ends = meeting.recurrence.get("end_date_time") or meeting.recurrence.get("end_times")
    dates = [each.start_at for each in meeting.occurrences if each.start_at]
    return max([*dates, first]) + (YEAR if ends and dates else ENDLESS)


def _time_zone(zone: tzinfo, first: datetime, last: datetime) -> Iterator[str]:
    """The zone's offsets from before the first date to after the last, change by change (3.6.5)."""
    before = first - YEAR
    yield "BEGIN:VTIMEZONE"
    yield f"TZID:{zone}"
    yield from _observance(zone, before, _offset(before, zone))
    at = before
    while at < last:
        later = at + timedelta(days=1)
        if _offset(later, zone) != _offset(at, zone):
            yield from _observance(zone, _change(at, later, zone), _offset(at, zone))
        at = later
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
    """The first minute with the new offset, between two moments of which it lies."""
    while after - before > timedelta(minutes=1):
        middle = before + (after - before) / 2
        before, after = (middle, after) if _offset(middle, zone) == _offset(before, zone) else (before, middle)
    return after.replace(second=0, microsecond=0)


def _offset(at: datetime, zone: tzinfo) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


def _signed(offset: timedelta) -> str:
    minutes = round(offset.total_seconds() / 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"


def _text(words: str) -> str:
    """Text with what would end it escaped (3.3.11)."""
    escaped = words.replace("\\", "\\\\").replace(";", r"\;").replace(",", r"\,")
    return re.sub(r"\r\n|\r|\n", r"\\n", escaped)


def _fold(line: str) -> Iterator[str]:
    """A long line in pieces of at most 75 octets, no character cut in two (3.1)."""
    piece, room = "", LINE_OCTETS
    for char in re.sub(r"[\x00-\x08\x0a-\x1f\x7f]", "", line):
        width = len(char.encode())
        if width > room:
            yield piece
            piece, room = " ", LINE_OCTETS - 1
        piece += char
        room -= width
    yield piece
