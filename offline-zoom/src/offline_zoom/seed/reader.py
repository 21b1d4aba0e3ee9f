"""Reads a seed file, and names the line of each mistake in it."""

from __future__ import annotations

import re
import tomllib
from datetime import datetime
from typing import Any

from offline_zoom.dates import zone_exists
from offline_zoom.seed.fields import KINDS, OUTER, TABLES, TOP, Field

Row = dict[str, Any]
HEADER = re.compile(r"\s*\[\[?\s*([\w.-]+)\s*\]?\]")
CLOCK_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


class SeedError(ValueError):
    """A seed file that cannot be used. The message has the line and the reason."""


class Lines:
    """The lines of the tables and fields of a file."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()
        self._headers = [
            (number, match[1]) for number, line in enumerate(self._lines, 1) if (match := HEADER.match(line))
        ]

    def of(self, position: int, field: str = "") -> int:
        """The line of a field in the table with this header, counted from 0; -1 is before all headers."""
        first = self._headers[position][0] if 0 <= position < len(self._headers) else 1
        last = self._headers[position + 1][0] - 1 if position + 1 < len(self._headers) else len(self._lines)
        for number in range(first, last + 1):
            if field and re.match(rf"\s*['\"]?{re.escape(field)}['\"]?\s*=", self._lines[number - 1]):
                return number
        return first

    def positions(self, path: str) -> list[int]:
        """The positions of all headers with this path."""
        return [position for position, (_, name) in enumerate(self._headers) if name == path]


class Reader:
    """Reads one file."""

    def __init__(self, text: str) -> None:
        try:
            self.document: Row = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise SeedError(syntax_message(str(error), len(text.splitlines()))) from None
        self.lines = Lines(text)
        self._used: dict[str, int] = {}

    def read(self) -> Row:
        """The document with all defaults. Raises SeedError."""
        top = {name: value for name, value in self.document.items() if name not in OUTER}
        seed = self._row("the file", TOP, top, -1)
        for table in OUTER:
            seed[table] = self._rows(table, table, self.document.get(table, []), -1)
        self._check_references(seed)
        return seed

    def _rows(self, table: str, path: str, rows: Any, parent: int) -> list[Row]:
        """The checked rows of an array of tables, in which ``_line`` is where a row begins."""
        if not isinstance(rows, list | tuple) or not all(isinstance(row, dict) for row in rows):
            self.fail(self.lines.of(parent, table), f"{path} wants [[{path}]] tables")
        checked = []
        for row in rows:
            position = self._position(path, parent)
            fields = self._row(table, TABLES[table], row, position)
            for name, field in TABLES[table].items():
                if field.kind is list:
                    fields[name] = self._rows(name, f"{path}.{name}", fields[name], position)
            checked.append({**fields, "_position": position})
        return checked

    def _position(self, path: str, parent: int) -> int:
        """The header of the next row of this path; for a row without a header, that of its parent."""
        positions, used = self.lines.positions(path), self._used.get(path, 0)
        self._used[path] = used + 1
        return positions[used] if used < len(positions) else parent

    def _row(self, table: str, fields: dict[str, Field], row: Row, position: int) -> Row:
        """A row with its defaults. Raises SeedError."""
        names = [*fields, *(OUTER if position < 0 else ())]
        for name in row:
            if name not in fields:
                self.fail(self.lines.of(position, name), f"{table} has no {name}; it has {', '.join(names)}")
        for name, field in fields.items():
            if name in row:
                problem = value_problem(name, field, row[name])
                if problem:
                    self.fail(self.lines.of(position, name), f"{table}.{name} {problem}")
            elif field.required:
                self.fail(self.lines.of(position), f"{table} wants {name}: {field.meaning}")
        return {name: row.get(name, field.default) for name, field in fields.items()}

    def _check_references(self, seed: Row) -> None:
        """Check that names refer to something, and that identifiers are used once. Raises SeedError."""
        if not seed["account"] or not seed["user"]:
            self.fail(1, "a world wants at least one [[account]] and one [[user]]")
        accounts = self._unique(seed["account"], "account", "name")
        users = self._unique(seed["user"], "user", "key")
        self._unique(seed["user"], "user", "email")
        self._unique([row for row in seed["meeting"] if row["id"]], "meeting", "id")
        self._refer(seed, "me", users, "the file", -1)
        for user in seed["user"]:
            self._refer(user, "account", accounts, "user")
        for meeting in seed["meeting"]:
            self._refer(meeting, "host", users, "meeting")
            for session in meeting["session"]:
                if session["time"] is None and session["start"] is None:
                    self.fail(self.lines.of(session["_position"]), "session wants time or start")
                for person in session["participant"]:
                    self._refer(person, "user", users, "participant")
                    self._check_participant(person, session["minutes"])

    def _check_participant(self, person: Row, minutes: int) -> None:
        position = person["_position"]
        if (person["user"] is None) == (person["name"] is None):
            self.fail(self.lines.of(position), "participant wants either user or name")
        leaves = minutes if person["leaves_after"] is None else person["leaves_after"]
        if not person["joins_after"] < leaves <= minutes:
            line = self.lines.of(position, "joins_after" if person["leaves_after"] is None else "leaves_after")
            self.fail(line, f"participant wants joins_after < leaves_after <= {minutes}, the minutes of the session")

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


def value_problem(name: str, field: Field, value: Any) -> str:
    """What is wrong with a value. Empty if nothing is."""
    kind = type(value)  # not isinstance: true is a whole number too
    if kind is not field.kind or (isinstance(value, datetime) and value.tzinfo is None):
        return f"wants {KINDS[field.kind]}, not {value!r}"
    if field.choices and value not in field.choices:
        return f"{value!r} is not one of {', '.join(field.choices)}"
    if field.least is not None and value < field.least:
        return f"wants at least {field.least}, not {value}"
    if name == "time" and not CLOCK_TIME.fullmatch(value):
        return f"wants HH:MM, not {value!r}"
    if name == "timezone" and not zone_exists(value):
        return f"{value!r} is not the name of a time zone"
    if field.required and value == "":
        return "wants a text that is not empty"
    return f"wants -3650 to 3650, not {value}" if name == "day" and abs(value) > 3650 else ""


def syntax_message(text: str, last_line: int) -> str:
    """A message of ``tomllib`` with the line first."""
    match = re.fullmatch(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", text)
    return f"line {match[2] or last_line}: {match[1]}" if match else text


def read(text: str) -> Row:
    """The tables of a seed file with all defaults. Raises SeedError."""
    return Reader(text).read()
