"""A meeting as a calendar file (RFC 5545)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo

from zoomapp import times
from zoomapp.agenda import fold
from zoomapp.zoom.models import Meeting

LINE_OCTETS = 75
WEEKDAYS = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")
FREQUENCIES = {1: "DAILY", 2: "WEEKLY", 3: "MONTHLY"}
LOCAL, INSTANT = "%Y%m%dT%H%M%S", "%Y%m%dT%H%M%SZ"


def calendar(meeting: Meeting, now: datetime, *, with_passcode: bool = False) -> str:
    """The file. A series stays at its hour over a change of the clocks; a single meeting is written in UTC."""
    zone = times.find_zone(meeting.zone_name) if meeting.recurring and meeting.recurrence else None
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//zoomapp//meetings//EN", "METHOD:PUBLISH"]
    if zone and meeting.start_at:
        lines += _time_zone(zone, meeting.start_at, _last(meeting))
    lines += _event(meeting, now, zone, with_passcode)
    return "".join(f"{folded}\r\n" for line in (*lines, "END:VCALENDAR") for folded in _fold(line))


def file_name(meeting: Meeting) -> str:
    """ASCII, lower case, short: "2026-11-23_weekly-product-sync.ics"."""
    words = re.sub(r"[^a-z0-9]+", "-", fold(meeting.topic)).strip("-")[:45] or "meeting"
    return f"{meeting.start_at:%Y-%m-%d}_{words}.ics" if meeting.start_at else f"{words}.ics"


def _event(meeting: Meeting, now: datetime, zone: tzinfo | None, with_passcode: bool) -> Iterator[str]:
    passcode = f"Passcode: {meeting.password}" if with_passcode and meeting.password else ""
    about = "\n\n".join(part for part in (meeting.agenda, meeting.join_url, passcode) if part)
    start = meeting.start_at or now
    yield "BEGIN:VEVENT"
    yield f"UID:{meeting.id}@zoom.us"
    yield f"DTSTAMP:{now.astimezone(UTC):{INSTANT}}"
    # A later file of the same meeting must win, and Zoom counts no versions.
    yield f"SEQUENCE:{int(now.timestamp() - 1.7e9) // 60}"
    yield _moment("DTSTART", start, zone)
    yield _moment("DTEND", start + timedelta(minutes=meeting.duration_minutes), zone)
    if zone:
        yield f"RRULE:{_rule(meeting)}"
        gone = [each.start_at for each in meeting.occurrences if each.deleted and each.start_at]
        yield from (_moment("EXDATE", at, zone) for at in gone)
    yield f"SUMMARY:{_text(meeting.topic)}"
    yield f"LOCATION:{_text(meeting.join_url)}"
    yield f"URL:{meeting.join_url}"
    yield f"DESCRIPTION:{_text(about)}"
    yield "END:VEVENT"


def _rule(meeting: Meeting) -> str:
    """Zoom's recurrence as an RRULE (3.3.10)."""
    given = meeting.recurrence
    parts = [f"FREQ={FREQUENCIES.get(given.get('type', 1), 'DAILY')}", f"INTERVAL={given.get('repeat_interval', 1)}"]
    numbers = [day for day in str(given.get("weekly_days", "")).split(",") if day in set("1234567")]
    if days := [WEEKDAYS[int(day) - 1] for day in numbers]:
        parts.append(f"BYDAY={','.join(days)}")
    if given.get("monthly_week_day"):
        parts.append(f"BYDAY={given.get('monthly_week', 1)}{WEEKDAYS[int(given['monthly_week_day']) - 1]}")
    elif given.get("monthly_day"):
        parts.append(f"BYMONTHDAY={given['monthly_day']}")
    until = times.parse(given.get("end_date_time"))
    if until:
        parts.append(f"UNTIL={until:{INSTANT}}")
    elif given.get("end_times"):
        parts.append(f"COUNT={given['end_times']}")
    return ";".join(parts)


def _moment(name: str, at: datetime, zone: tzinfo | None) -> str:
    return f"{name};TZID={zone}:{at.astimezone(zone):{LOCAL}}" if zone else f"{name}:{at.astimezone(UTC):{INSTANT}}"


def _last(meeting: Meeting) -> datetime:
    moments = [each.start_at for each in meeting.occurrences if each.start_at]
    return max([*moments, meeting.start_at or datetime.now(UTC)]) + timedelta(days=366)


def _time_zone(zone: tzinfo, first: datetime, last: datetime) -> Iterator[str]:
    """The zone's offsets from before the first date to after the last, change by change (3.6.5)."""
    before = first - timedelta(days=366)
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
    for char in re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", line):
        width = len(char.encode())
        if width > room:
            yield piece
            piece, room = " ", LINE_OCTETS - 1
        piece += char
        room -= width
    yield piece
