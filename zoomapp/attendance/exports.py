"""Attendance for spreadsheets and scripts: CSV in pieces, JSON, and the name a file is saved under.

The columns are a contract: new ones are added before ``complete``, none is renamed.
"""

import csv
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from itertools import islice
from typing import Any
from urllib.parse import quote

from zoomapp import dates
from zoomapp.attendance import Frame, Person, Record
from zoomapp.attendance.figures import (
    here_seconds,
    late_seconds,
    left_early_seconds,
    rejoins,
    status,
    waiting_seconds,
)

PERSON_COLUMNS = (
    *("name", "email", "account", "role", "status", "arrived", "first_joined", "last_left"),
    *("minutes_here", "minutes_waiting", "rejoins", "late_minutes", "left_early_minutes"),
    *("connections_merged", "source", "matched_by_name", "complete", "meeting_id", "topic"),
)
EVENT_COLUMNS = ("name", "email", "event", "at", "device", "source", "record_id", "complete", "meeting_id", "topic")

#: What a spreadsheet may take for a formula at the beginning of a cell.
FORMULA = ("=", "+", "-", "@")
ROWS_A_PIECE = 200
NAME_CHARS = 60


@dataclass(frozen=True)
class Sheet:
    """What holds for a whole export: which meeting, in whose time, and whether Zoom told us everything."""

    meeting_id: str
    topic: str
    zone: tzinfo
    frame: Frame
    complete: bool = True

    def iso(self, at: float | None) -> str:
        return "" if at is None else dates.iso(at, self.zone)

    @property
    def facts(self) -> tuple[str, str, str]:
        return "yes" if self.complete else "no", self.meeting_id, self.topic


def people_csv(people: Iterable[Person], sheet: Sheet) -> Iterator[str]:
    """One row per person."""
    return csv_pieces(PERSON_COLUMNS, (_person(person, sheet).values() for person in people))


def events_csv(records: Iterable[Record], sheet: Sheet) -> Iterator[str]:
    """Every join and leave, oldest first, as each source told it."""
    return csv_pieces(EVENT_COLUMNS, ((*row, *sheet.facts) for row in _events(records, sheet)))


def people_json(people: Iterable[Person], sheet: Sheet) -> Iterator[str]:
    """The same as the rows per person, with everybody's stays."""
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
    frame, gone = sheet.frame, status(person) == "left"
    end = frame.now if frame.ended_at is None else frame.ended_at
    joined = person.here[0][0] if person.here else None
    cells = (
        *(person.name, person.email, person.account, person.role, status(person), sheet.iso(person.arrived_at)),
        *(sheet.iso(joined), sheet.iso(person.here[-1][1]) if person.here and gone else ""),
        *(_minutes(here_seconds(person, end)), _minutes(waiting_seconds(person, end)), rejoins(person)),
        _minutes(late_seconds(person, frame)) if frame.tells_late else "",
        _minutes(left_early_seconds(person, frame)) if frame.tells_early else "",
        len(person.connections),
        *(" ".join(person.sources), "yes" if person.by_name else "no", *sheet.facts),
    )
    return dict(zip(PERSON_COLUMNS, cells, strict=True))


def _events(records: Iterable[Record], sheet: Sheet) -> list[tuple[str, ...]]:
    told = [
        (at, record, word)
        for record in set(records)
        for at, word in (
            (record.joined_at, "waiting" if record.room == "waiting" else "joined"),
            (record.left_at, "left waiting room" if record.room == "waiting" else "left"),
        )
        if at is not None
    ]
    told.sort(key=lambda event: (event[0], event[1].connection, event[2], event[1].source))
    return [
        (record.name, record.email, word, sheet.iso(at), record.device, record.source, record.connection)
        for at, record, word in told
    ]


def _minutes(seconds: float) -> int:
    return int(seconds // 60)


# --- CSV --------------------------------------------------------------------------------------------


def csv_pieces(columns: Sequence[str], rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """A CSV file (RFC 4180) in pieces, with the mark by which spreadsheets know UTF-8; no text can be a formula."""
    writer = csv.writer(_LineWriter(), lineterminator="\r\n")
    remaining = ([escape_formula(cell) for cell in row] for row in rows)
    yield f"\ufeff{writer.writerow(columns)}"
    while piece := list(islice(remaining, ROWS_A_PIECE)):
        yield "".join(str(writer.writerow(row)) for row in piece)


class _LineWriter:
    """A file that answers what is written to it; so does ``writerow``, which is how we get at the line."""

    def write(self, line: str) -> str:
        return line


def escape_formula(cell: object) -> object:
    """A cell that no spreadsheet runs; numbers are ours and stay, and so do dates, which begin with a digit."""
    if not isinstance(cell, str):
        return cell
    text = cell.encode("utf-8", "replace").decode()  # half a surrogate pair cannot be written
    start = unicodedata.normalize("NFKC", text.lstrip()[:1])
    return f"'{text}" if start.startswith(FORMULA) or text.startswith(("\t", "\r", "\n")) else text


# --- file names -------------------------------------------------------------------------------------


def file_name(day: date, topic: str, ending: str = ".csv", *, kind: str = "attendance", partial: bool = False) -> str:
    """ASCII, lower case, at most 60 characters: "attendance_2026-11-23_weekly-product-sync.csv"."""
    plain = unicodedata.normalize("NFKD", topic).casefold().encode("ascii", "ignore").decode()
    return _file_name(day, plain, ending, kind, partial)


def disposition(day: date, topic: str, ending: str = ".csv", *, kind: str = "attendance", partial: bool = False) -> str:
    """The Content-Disposition of a download (RFC 6266); the topic in its own script where it has one."""
    plain = file_name(day, topic, ending, kind=kind, partial=partial)
    own = _file_name(day, unicodedata.normalize("NFC", topic.casefold()), ending, kind, partial)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(own, safe='')}"


def _file_name(day: date, topic: str, ending: str, kind: str, partial: bool) -> str:
    start, end = f"{kind}_{day.isoformat()}_", f"{'_partial' if partial else ''}{ending}"
    words = re.sub(r"[\W_]+", "-", topic).strip("-")
    return f"{start}{words[: NAME_CHARS - len(start + end)].strip('-') or 'meeting'}{end}"
