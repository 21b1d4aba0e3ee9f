"""A meeting as a calendar file (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo

from icalendar import Calendar, Event, vRecur

from zoomapp import dates
from zoomapp.errors import NoFixedTime
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
    file = Calendar(version="2.0", prodid="-//zoomapp//meetings//EN", method="PUBLISH")
    if not (zone and repeats):
        file.add_component(_event(meeting, meeting.start_at, meeting.duration_minutes, now, UTC, with_passcode))
        return _text(file)
    if str(zone) != "UTC":
        file.add_component(time_zone(zone, start, _last(meeting, start)))
    series = _event(meeting, start, meeting.duration_minutes, now, zone, with_passcode)
    series.add("rrule", vRecur.from_ical(repeats))
    for at in _deleted_starts(meeting, start):
        series.add("exdate", at.astimezone(zone))
    file.add_component(series)
    for planned_start, moved_to, minutes in _moved_occurrences(meeting):
        occurrence = _event(meeting, moved_to, minutes, now, zone, with_passcode)
        occurrence.add("recurrence-id", planned_start.astimezone(zone))
        file.add_component(occurrence)
    return _text(file)


def _text(file: Calendar) -> str:
    encoded: bytes = file.to_ical()
    return encoded.decode()


def _event(meeting: Meeting, start: datetime, minutes: int, now: datetime, zone: tzinfo, with_passcode: bool) -> Event:
    passcode = f"Passcode: {meeting.password}" if with_passcode and meeting.password else ""
    event = Event()
    event.add("uid", f"{meeting.id}@zoom.us")
    event.add("dtstamp", now)
    # A later file must replace an earlier one. Zoom has no version number, so the time of the file is used.
    event.add("sequence", int(now.timestamp() - 1.7e9) // 60)
    event.add("dtstart", start.astimezone(zone))
    # An end must be later than the start (3.8.2.2).
    if 0 < minutes <= MAX_MINUTES:
        event.add("dtend", (start + timedelta(minutes=minutes)).astimezone(zone))
    event.add("summary", meeting.topic)
    if meeting.join_url:
        event.add("location", meeting.join_url)
        event.add("url", meeting.join_url)
    event.add("description", "\n\n".join(part for part in (meeting.agenda, meeting.join_url, passcode) if part))
    return event


def _deleted_starts(meeting: Meeting, first: datetime) -> Iterator[datetime]:
    """The planned starts of deleted occurrences after the first one."""
    for occurrence in meeting.occurrences:
        planned_start = _planned_start(occurrence)
        if occurrence.deleted and planned_start and planned_start > first:
            yield planned_start


def _moved_occurrences(meeting: Meeting) -> Iterator[tuple[datetime, datetime, int]]:
    """Planned start, start and minutes of each occurrence whose start or duration differs from the series."""
    for occurrence in meeting.occurrences:
        planned_start, minutes = _planned_start(occurrence), occurrence.duration_minutes or meeting.duration_minutes
        if occurrence.deleted or not planned_start or not occurrence.start_at:
            continue
        if planned_start != occurrence.start_at or minutes != meeting.duration_minutes:
            yield planned_start, occurrence.start_at, minutes


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


def _last(meeting: Meeting, first: datetime) -> datetime:
    """The moment until which the file describes the zone: after the last occurrence, or years ahead without one."""
    starts = [occurrence.start_at for occurrence in meeting.occurrences if occurrence.start_at]
    return max([*starts, first]) + (YEAR if has_end(meeting.recurrence) and starts else ENDLESS_SERIES)
