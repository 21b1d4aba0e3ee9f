"""A meeting as a calendar file (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo

from zoomapp import dates
from zoomapp.errors import NoFixedTime
from zoomapp.meetings.ics.lines import INSTANT, fold, moment, text
from zoomapp.meetings.ics.rule import has_end, rule
from zoomapp.meetings.ics.zone import YEAR, time_zone
from zoomapp.zoom.models import Meeting, Occurrence
from zoomapp.zoom.tolerant_reader import JsonObject

#: The time for which the file describes the zone of a series without an end.
ENDLESS_SERIES = timedelta(days=3653)
#: Longer meetings are mistakes.
MAX_MINUTES = 60 * 24 * 31


def calendar(meeting: Meeting, now: datetime, *, with_passcode: bool = False) -> str:
    """The calendar file. A series has local times, so it keeps its hour when the clocks change; others are in UTC.

    Raises NoFixedTime for a meeting without a start.
    """
    if meeting.start_at is None:
        raise NoFixedTime
    zone = dates.find_zone(meeting.zone_name) if meeting.recurrence else None
    start, count = _remaining(meeting, meeting.start_at) if zone else (meeting.start_at, 0)
    repeats = rule(meeting.recurrence, zone, count=count) if zone else ""
    if not repeats:
        zone, start = None, meeting.start_at
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//zoomapp//meetings//EN", "METHOD:PUBLISH"]
    if zone:
        lines += time_zone(zone, start, _last(meeting, start))
    lines += _event(meeting, start, now, zone, repeats, with_passcode)
    if zone:
        for occurrence in meeting.occurrences:
            lines += _moved_occurrence(meeting, occurrence, now, zone, with_passcode)
    return "".join(f"{folded}\r\n" for line in (*lines, "END:VCALENDAR") for folded in fold(line))


def _event(
    meeting: Meeting, start: datetime, now: datetime, zone: tzinfo | None, repeats: str, with_passcode: bool
) -> Iterator[str]:
    """``zone`` and ``repeats``, the RRULE, of a series."""
    yield "BEGIN:VEVENT"
    yield from _identity(meeting, now)
    yield from _times(start, meeting.duration_minutes, zone)
    if zone:
        yield f"RRULE:{repeats}"
        yield from (
            moment("EXDATE", at, zone)
            for occurrence in meeting.occurrences
            if occurrence.deleted and (at := _planned_start(occurrence)) and at > start
        )
    yield from _text(meeting, with_passcode)
    yield "END:VEVENT"


def _moved_occurrence(
    meeting: Meeting, occurrence: Occurrence, now: datetime, zone: tzinfo, with_passcode: bool
) -> Iterator[str]:
    """The event of an occurrence whose start or duration differs from the series."""
    planned_start, minutes = _planned_start(occurrence), occurrence.duration_minutes or meeting.duration_minutes
    if occurrence.deleted or not planned_start or not occurrence.start_at:
        return
    if planned_start != occurrence.start_at or minutes != meeting.duration_minutes:
        yield "BEGIN:VEVENT"
        yield from _identity(meeting, now)
        yield moment("RECURRENCE-ID", planned_start, zone)
        yield from _times(occurrence.start_at, minutes, zone)
        yield from _text(meeting, with_passcode)
        yield "END:VEVENT"


def _remaining(meeting: Meeting, start: datetime) -> tuple[datetime, int]:
    """The first occurrence of a series that Zoom lists, and how many there are from then on, deleted ones included.

    Zoom does not list the occurrences that were held. Without a list: the start of the meeting, and 0.
    """
    planned = [(at, occurrence.deleted) for occurrence in meeting.occurrences if (at := _planned_start(occurrence))]
    first = min((at for at, deleted in planned if not deleted), default=None)
    return (start, 0) if first is None else (first, sum(at >= first for at, _deleted in planned))


def _planned_start(occurrence: Occurrence) -> datetime | None:
    """The start according to the series. It is the id in milliseconds, which stays when the occurrence is moved."""
    seconds = JsonObject({"occurrence_id": occurrence.id}, "occurrence").epoch_seconds("occurrence_id")
    return occurrence.start_at if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _identity(meeting: Meeting, now: datetime) -> Iterator[str]:
    yield f"UID:{meeting.id}@zoom.us"
    yield f"DTSTAMP:{now.astimezone(UTC):{INSTANT}}"
    # A later file must replace an earlier one. Zoom has no version number, so the time of the file is used.
    yield f"SEQUENCE:{int(now.timestamp() - 1.7e9) // 60}"


def _times(start: datetime, minutes: int, zone: tzinfo | None) -> Iterator[str]:
    yield moment("DTSTART", start, zone)
    # An end must be later than the start (3.8.2.2).
    if 0 < minutes <= MAX_MINUTES:
        yield moment("DTEND", start + timedelta(minutes=minutes), zone)


def _text(meeting: Meeting, with_passcode: bool) -> Iterator[str]:
    passcode = f"Passcode: {meeting.password}" if with_passcode and meeting.password else ""
    description = "\n\n".join(part for part in (meeting.agenda, meeting.join_url, passcode) if part)
    yield f"SUMMARY:{text(meeting.topic)}"
    if meeting.join_url:
        yield f"LOCATION:{text(meeting.join_url)}"
        yield f"URL:{meeting.join_url}"
    yield f"DESCRIPTION:{text(description)}"


def _last(meeting: Meeting, first: datetime) -> datetime:
    """The moment until which the file describes the zone: after the last occurrence, or years ahead without one."""
    starts = [occurrence.start_at for occurrence in meeting.occurrences if occurrence.start_at]
    return max([*starts, first]) + (YEAR if has_end(meeting.recurrence) and starts else ENDLESS_SERIES)
