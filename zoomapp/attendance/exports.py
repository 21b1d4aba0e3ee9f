"""Attendance for spreadsheets and scripts, as CSV and JSON.

The columns are a contract: new columns are added before ``complete``, and no column is renamed.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import tzinfo

from zoomapp import dates
from zoomapp.attendance import Frame, Person, Record
from zoomapp.attendance.attendance_table import AttendanceTable
from zoomapp.attendance.figures import (
    here_seconds,
    late_seconds,
    left_early_seconds,
    rejoins,
    status,
    waiting_seconds,
)
from zoomapp.csv_export import csv_pieces

PERSON_COLUMNS = (
    *("name", "email", "account", "role", "status", "arrived", "first_joined", "last_left"),
    *("minutes_here", "minutes_waiting", "rejoins", "late_minutes", "left_early_minutes"),
    *("connections_merged", "source", "matched_by_name", "complete", "meeting_id", "topic"),
)
EVENT_COLUMNS = ("name", "email", "event", "at", "device", "source", "record_id", "complete", "meeting_id", "topic")


@dataclass(frozen=True)
class Sheet:
    """The facts of a whole export: the meeting, the time zone, and whether Zoom's list was complete."""

    meeting_id: str
    topic: str
    zone: tzinfo
    frame: Frame
    complete: bool = True

    def iso(self, at: float | None) -> str:
        return "" if at is None else dates.iso(at, self.zone)

    @property
    def facts(self) -> tuple[str, str, str]:
        """The last three cells of each row."""
        return "yes" if self.complete else "no", self.meeting_id, self.topic


def export(form: str, table: AttendanceTable, meeting_id: str, topic: str, zone: tzinfo) -> Iterator[str]:
    """The file in pieces. ``form``: "csv" for a row per person, "events.csv" for a row per join and leave, "json"."""
    sheet = Sheet(meeting_id, topic, zone, table.frame, table.is_whole)
    if form == "events.csv":
        return events_csv(table.records, sheet)
    return people_csv(table.people, sheet) if form == "csv" else people_json(table.people, sheet)


def people_csv(people: Iterable[Person], sheet: Sheet) -> Iterator[str]:
    """A CSV file with one row per person."""
    return csv_pieces(PERSON_COLUMNS, (_person(person, sheet).values() for person in people))


def events_csv(records: Iterable[Record], sheet: Sheet) -> Iterator[str]:
    """A CSV file with every join and leave of each source, oldest first."""
    return csv_pieces(EVENT_COLUMNS, ((*row, *sheet.facts) for row in _events(records, sheet)))


def people_json(people: Iterable[Person], sheet: Sheet) -> Iterator[str]:
    """The cells of ``people_csv`` as JSON, with the stays of each person."""
    head = {"complete": sheet.complete, "meeting_id": sheet.meeting_id, "topic": sheet.topic}
    yield json.dumps(head)[:-1] + ', "people": ['
    for place, person in enumerate(people):
        row = {name: value for name, value in _person(person, sheet).items() if name not in head}
        stays = {
            room: [[sheet.iso(start), sheet.iso(end) or None] for start, end in intervals]
            for room, intervals in (("here", person.here), ("waiting", person.waiting))
        }
        yield (", " if place else "") + json.dumps(row | stays)
    yield "]}\n"


def _person(person: Person, sheet: Sheet) -> dict[str, str | int]:
    frame, has_left = sheet.frame, status(person) == "left"
    joined_at = person.here[0][0] if person.here else None
    cells = (
        *(person.name, person.email, person.account, person.role, status(person), sheet.iso(person.arrived_at)),
        *(sheet.iso(joined_at), sheet.iso(person.here[-1][1]) if person.here and has_left else ""),
        *(_minutes(here_seconds(person, frame.end)), _minutes(waiting_seconds(person, frame.end)), rejoins(person)),
        _minutes(late_seconds(person, frame)) if frame.tells_late else "",
        _minutes(left_early_seconds(person, frame)) if frame.tells_early else "",
        len(person.connections),
        *(" ".join(person.sources), "yes" if person.by_name else "no", *sheet.facts),
    )
    return dict(zip(PERSON_COLUMNS, cells, strict=True))


def _events(records: Iterable[Record], sheet: Sheet) -> list[tuple[str, ...]]:
    events = [
        (at, record, event)
        for record in set(records)
        for at, event in zip((record.joined_at, record.left_at), _event_names(record), strict=True)
        if at is not None
    ]
    events.sort(key=lambda row: (row[0], row[1].connection, row[2], row[1].source))
    return [
        (record.name, record.email, event, sheet.iso(at), record.device, record.source, record.connection)
        for at, record, event in events
    ]


def _event_names(record: Record) -> tuple[str, str]:
    """The words for the begin and the end of a stay."""
    if record.breakout_room:
        return "joined breakout room", "left breakout room"
    return ("waiting", "left waiting room") if record.room == "waiting" else ("joined", "left")


def _minutes(seconds: float) -> int:
    return int(seconds // 60)
