"""Reads a seed file, and names the line of each mistake in it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from typing import Any

from offline_zoom.dates import zone_exists
from offline_zoom.fault import Fault
from offline_zoom.oauth.scopes import admin_scopes, user_scopes
from offline_zoom.seed.fields import Field, Texts, is_a
from offline_zoom.seed.tables import TABLES, TOP, given_fault
from offline_zoom.switches import Switches

Row = dict[str, Any]
HEADER = re.compile(r"\s*\[\[?\s*([\w.-]+)\s*\]?\]")
CLOCK_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?")
MOST_DAYS = 3650


class SeedError(ValueError):
    """A seed file that cannot be used. The message has the line and the reason."""


class Lines:
    """The lines of the tables and fields of a file."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._headers = [
            (number, match[1]) for number, line in enumerate(self._lines, 1) if (match := HEADER.match(line))
        ]

    def of(self, position: int, field: str = "") -> int:
        """The line of a field in the table with this header, counted from 0; -1 is before all headers.

        Of a table without a header, the line is in its position: see ``Reader``.
        """
        if position < -1:
            return -position - 1
        return self.assignment(position, field) or (self._headers[position][0] if position >= 0 else 1)

    def assignment(self, position: int, field: str) -> int:
        """The line that sets a field of the table with this header. 0 if none does."""
        if position < -1:
            return -position - 1
        first = self._headers[position][0] if position >= 0 else 1
        last = self._headers[position + 1][0] - 1 if position + 1 < len(self._headers) else len(self._lines)
        sets_field = re.compile(rf"\s*['\"]?{re.escape(field)}['\"]?\s*=")
        return next((line for line in range(first, last + 1) if field and sets_field.match(self._lines[line - 1])), 0)

    def opens_list(self, line: int) -> bool:
        """Whether a list begins at the end of this line, so that its first item is in the next."""
        return self._lines[line - 1].rstrip().endswith("[")

    def positions(self, path: str) -> list[int]:
        """The positions of all headers with this path."""
        return [position for position, (_, name) in enumerate(self._headers) if name == path]


class Reader:
    """Reads one file.

    The position of a table is the place of its header among all headers. A table inside of a list has no header: its
    position is -2 for line 1, -3 for line 2, and so on.
    """

    def __init__(self, text: str) -> None:
        try:
            self.document: Row = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise SeedError(syntax_message(str(error), len(text.splitlines()))) from None
        self.lines = Lines(text)
        self._used: dict[str, int] = {}

    def read(self) -> Row:
        """The document with all defaults. Raises SeedError."""
        seed = self._row("the file", TOP, self.document, -1, "")
        self._check_references(seed)
        return seed

    def _rows(self, name: str, field: Field, path: str, rows: Any, parent: int) -> list[Row]:
        """The checked rows of an array of tables, in which ``_position`` is where a row begins."""
        rows = [rows] if field.single and isinstance(rows, dict) else rows
        if not isinstance(rows, list | tuple) or not all(isinstance(row, dict) for row in rows):
            self.fail(self.lines.of(parent, name), f"{path} needs [[{path}]] tables")
        if field.single and len(rows) > 1:
            self.fail(self.lines.of(parent, name), f"{path} needs one table")
        line = self.lines.assignment(parent, name)
        step = 1 if line and parent >= -1 and self.lines.opens_list(line) else 0
        checked = []
        for place, row in enumerate(rows, 1):
            position = -line - place * step - 1 if line else self._position(path, parent)
            checked.append(self._row(name, TABLES[field.table], row, position, path))
        return checked

    def _position(self, path: str, parent: int) -> int:
        """The header of the next row of this path; for a row without a header, that of its parent."""
        positions, used = self.lines.positions(path), self._used.get(path, 0)
        self._used[path] = used + 1
        return positions[used] if used < len(positions) else parent

    def _row(self, table: str, fields: dict[str, Field], row: Row, position: int, path: str) -> Row:
        """A row with its defaults and its rows. Raises SeedError."""
        for name in row:
            if name not in fields:
                self.fail(self.lines.of(position, name), f"{table} has no {name}; it has {', '.join(fields)}")
        read: Row = {"_position": position}
        for name, field in fields.items():
            if field.table:
                inner = f"{path}.{name}".lstrip(".")
                read[name] = self._rows(name, field, inner, row.get(name, ()), position)
            elif name in row:
                try:
                    read[name] = field.read(row[name])
                    check_value(table, name, read[name])
                except ValueError as error:
                    self.fail(self.lines.of(position, name), f"{table}.{name} {error}")
            elif field.required:
                self.fail(self.lines.of(position), f"{table} needs {name}: {field.meaning}")
            else:
                read[name] = field.default
        return read

    def _check_references(self, seed: Row) -> None:
        """Check that names refer to something, and that identifiers are used once. Raises SeedError."""
        if not seed["account"] or not seed["user"]:
            self.fail(1, "a world needs at least one [[account]] and one [[user]]")
        accounts = self._unique(seed["account"], "account", "name")
        users = self._unique(seed["user"], "user", "key")
        self._unique(seed["user"], "user", "email")
        self._unique([row for row in seed["meeting"] if row["id"]], "meeting", "id")
        self._refer(seed, "me", users, "the file", -1)
        for user in seed["user"]:
            self._refer(user, "account", accounts, "user")
        for meeting in seed["meeting"]:
            self._refer(meeting, "host", users, "meeting")
            for row in (*meeting["occurrence"], *meeting["session"]):
                if row["time"] is None and row["start"] is None:
                    table = "session" if "participant" in row else "occurrence"
                    self.fail(self.lines.of(row["_position"]), f"{table} needs time or start")
            for registrant in meeting["registrant"]:
                self._check_occurrences(registrant, len(meeting["occurrence"]))
            for session in meeting["session"]:
                for person in session["participant"]:
                    self._refer(person, "user", users, "participant")
                    self._check_participant(person, session)

    def _check_occurrences(self, registrant: Row, count: int) -> None:
        for place in registrant["occurrences"] or ():
            if not 0 <= place < count:
                line = self.lines.of(registrant["_position"], "occurrences")
                self.fail(line, f"registrant.occurrences has {place}; the meeting has {count} occurrences, from 0")

    def _check_participant(self, person: Row, session: Row) -> None:
        position = person["_position"]
        if (person["user"] is None) == (person["name"] is None):
            self.fail(self.lines.of(position), "participant needs either user or name")
        minutes = session["minutes"] if session["seconds"] is None else round(session["seconds"] / 60, 9)
        leaves = minutes if person["leaves_after"] is None else person["leaves_after"]
        if not person["joins_after"] <= leaves or (leaves > minutes and not session["open_end"]):
            line = self.lines.of(position, "joins_after" if person["leaves_after"] is None else "leaves_after")
            self.fail(line, f"participant needs joins_after <= leaves_after <= {minutes}, the minutes of the session")

    def _unique(self, rows: list[Row], table: str, name: str) -> set[Any]:
        values: set[Any] = set()
        for row in rows:
            if row[name] in values:
                self.fail(self.lines.of(row["_position"], name), f"{table}.{name} {row[name]!r} is used twice")
            values.add(row[name])
        return values

    def _refer(self, row: Row, name: str, values: set[Any], table: str, position: int | None = None) -> None:
        if row[name] is not None and row[name] not in values:
            line = self.lines.of(row["_position"] if position is None else position, name)
            self.fail(line, f"{table}.{name} {row[name]!r} is not there; there are {', '.join(sorted(values))}")

    def fail(self, line: int, reason: str) -> None:
        raise SeedError(f"line {line}: {reason}")


def check_value(table: str, name: str, value: Any) -> None:
    """Check what only this field must be. Raises ValueError with the reason."""
    if name == "time" and not CLOCK_TIME.fullmatch(value):
        raise ValueError(f"must be HH:MM or HH:MM:SS, not {value!r}")
    if name == "timezone" and not zone_exists(value):
        raise ValueError(f"{value!r} is not the name of a time zone")
    if name == "day" and abs(value) > MOST_DAYS:
        raise ValueError(f"must be from -{MOST_DAYS} to {MOST_DAYS}, not {value}")
    if name == "scopes" or (table, name) == ("switches", "withheld_scopes"):
        check_scopes(value)
    elif table == "switches":
        Switches().change({name: value})
    if (table, name) == ("summary", "details") and not all(is_pair(item) for item in value):
        raise ValueError("must be pairs of texts")
    if table == "fault":
        Fault.from_json(given_fault({name: value}))


def is_pair(value: Any) -> bool:
    return is_a(Texts, value) and len(value) == 2


def check_scopes(names: Iterable[str]) -> None:
    """Check that the offline Zoom has these scopes. Raises ValueError with the reason."""
    unknown = set(names) - {*user_scopes(), *admin_scopes()}
    if unknown:
        raise ValueError(f"has {', '.join(sorted(unknown))}, which no endpoint of the offline Zoom needs")


def syntax_message(text: str, last_line: int) -> str:
    """A message of ``tomllib`` with the line first."""
    match = re.fullmatch(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", text)
    return f"line {match[2] or last_line}: {match[1]}" if match else text


def read(text: str) -> Row:
    """The tables of a seed file with all defaults. Raises SeedError."""
    return Reader(text).read()
