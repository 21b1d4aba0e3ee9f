"""A meeting as a calendar file (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo

from zoomapp import dates
from zoomapp.meetings.ics.lines import INSTANT, fold, moment, text
from zoomapp.meetings.ics.rule import rule
from zoomapp.meetings.ics.zone import YEAR, time_zone
from zoomapp.zoom.models import Meeting, Occurrence

#: A series without an end needs its zone for so long.
ENDLESS = timedelta(days=3653)


def calendar(meeting: Meeting, now: datetime, *, with_passcode: bool = False) -> str:
    """The file. A series stays at its hour over a change of the clocks; a single meeting is written in UTC."""
    zone = dates.find_zone(meeting.zone_name) if meeting.start_at and meeting.recurrence else None
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//zoomapp//meetings//EN", "METHOD:PUBLISH"]
    if zone and meeting.start_at:
        lines += time_zone(zone, meeting.start_at, _last(meeting, meeting.start_at))
    lines += _event(meeting, now, zone, with_passcode)
    lines += (line for each in meeting.occurrences if zone for line in _moved(meeting, each, now, zone, with_passcode))
    return "".join(f"{folded}\r\n" for line in (*lines, "END:VCALENDAR") for folded in fold(line))


def _event(meeting: Meeting, now: datetime, zone: tzinfo | None, with_passcode: bool) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield from _stamp(meeting, now)
    yield from _hours(meeting.start_at or now, meeting.duration_minutes, zone)
    if zone:
        yield f"RRULE:{rule(meeting.recurrence)}"
        yield from (
            moment("EXDATE", at, zone) for each in meeting.occurrences if each.deleted and (at := _planned(each))
        )
    yield from _words(meeting, with_passcode)
    yield "END:VEVENT"


def _moved(meeting: Meeting, date: Occurrence, now: datetime, zone: tzinfo, with_passcode: bool) -> Iterator[str]:
    """One date of a series that is not where, or not as long as, the rule says."""
    planned, minutes = _planned(date), date.duration_minutes or meeting.duration_minutes
    if date.deleted or not planned or not date.start_at:
        return
    if planned != date.start_at or minutes != meeting.duration_minutes:
        yield "BEGIN:VEVENT"
        yield from _stamp(meeting, now)
        yield moment("RECURRENCE-ID", planned, zone)
        yield from _hours(date.start_at, minutes, zone)
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
    yield moment("DTSTART", start, zone)
    yield moment("DTEND", start + timedelta(minutes=minutes), zone)


def _words(meeting: Meeting, with_passcode: bool) -> Iterator[str]:
    passcode = f"Passcode: {meeting.password}" if with_passcode and meeting.password else ""
    about = "\n\n".join(part for part in (meeting.agenda, meeting.join_url, passcode) if part)
    yield f"SUMMARY:{text(meeting.topic)}"
    if meeting.join_url:
        yield f"LOCATION:{text(meeting.join_url)}"
        yield f"URL:{meeting.join_url}"
    yield f"DESCRIPTION:{text(about)}"


def _last(meeting: Meeting, first: datetime) -> datetime:
    """Up to when the zone must be known: past the last date, or for years if there is none."""
    ends = meeting.recurrence.get("end_date_time") or meeting.recurrence.get("end_times")
    starts = [each.start_at for each in meeting.occurrences if each.start_at]
    return max([*starts, first]) + (YEAR if ends and starts else ENDLESS)
