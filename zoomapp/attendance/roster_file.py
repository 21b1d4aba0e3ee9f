"""Reads a pasted or uploaded list of the people who should come: names, email addresses, ids, in any order.

Columns are separated by tabs, semicolons or commas. A first line may name the columns. Without it each value is
recognized: an "@" is in an address, a word with three digits or more is an id, everything else is a name.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from zoomapp.attendance.names import same_name
from zoomapp.meetings.agenda import fold

MAX_LINES = 10_000
#: Longer values are cut.
MAX_CHARS = 200
SEPARATORS = {"\t": "tabs", ";": "semicolons", ",": "commas"}
#: Words for the columns, as class lists name them. Case, accents and punctuation do not matter.
HEADERS = {
    "id": {
        *("id", "student id", "student number", "student no", "sis user id", "sis login id", "user id", "username"),
        *("login id", "matriculation number", "matrikelnummer", "id number", "number", "employee id"),
    },
    "name": {"name", "full name", "student", "student name", "display name", "participant", "last name first name"},
    "first": {"first name", "first", "given name", "forename", "vorname", "prenom", "nombre"},
    "last": {"last name", "last", "surname", "family name", "nachname", "nom", "apellidos"},
    "email": {"email", "e mail", "email address", "e mail address", "mail"},
}
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]+")
_ADDRESS = re.compile(r"[^\s<>\"',;()]+@[^\s<>\"',;()]+")
_ID = re.compile(r"(?<![\w-])(?=[^\W\d_]*\d[\w-]*\d[\w-]*\d)[\w-]+")
#: "<mina@example.com>" without the address.
_EMPTY_BRACKETS = re.compile(r"<\s*>|\(\s*\)|\[\s*\]")
_NO_LETTERS = re.compile(r"[\W_]+")


class RosterError(Exception):
    """The list cannot be used. The message is a sentence for the person who sent it."""


class RosterEntry(msgspec.Struct, frozen=True):
    """One person who should come. At least one of the three is not empty."""

    id: str = ""
    name: str = ""
    email: str = ""

    @property
    def key(self) -> str:
        """Identifies the entry in its roster."""
        return self.id.casefold() or self.email or same_name(self.name)

    @property
    def label(self) -> str:
        return self.name or self.email or self.id


@dataclass(frozen=True)
class RosterList:
    """What was read. ``columns``: which of id, name and email were found; ``separator``: a word, or empty.

    ``repeated``: how many lines named a person again; ``unreadable``: the numbers of lines without any of the three.
    """

    entries: tuple[RosterEntry, ...]
    columns: tuple[str, ...]
    separator: str
    repeated: int = 0
    unreadable: tuple[int, ...] = ()


def decode(data: bytes) -> str:
    """The text of an uploaded file: UTF-8, UTF-16 with its mark, or else Latin-1 as Windows writes it."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def read_roster(text: str) -> RosterList:
    """The people of a list, each once. Raises RosterError for an empty list and for one that is too long."""
    lines = _CONTROLS.sub("", text.lstrip("\ufeff")).splitlines()
    filled = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if len(filled) > MAX_LINES:
        raise RosterError(f"10,000 lines at most. This list has {len(filled):,}.")
    separator = _separator([line for _, line in filled[:50]])
    rows = [(number, _cells(line, separator)) for number, line in filled]
    header = _header(rows[0][1]) if rows else None
    entries: dict[str, RosterEntry] = {}
    repeated, unreadable = 0, []
    for number, cells in rows[1 if header else 0 :]:
        entry = _by_header(cells, header) if header else _recognized(cells)
        if not (entry.id or entry.name or entry.email):
            unreadable.append(number)
        elif entry.key in entries:
            repeated += 1
        else:
            entries[entry.key] = entry
    if not entries:
        raise RosterError("We found no names. Each line needs a name, an email, or an ID.")
    columns = tuple(name for name in ("id", "name", "email") if any(getattr(each, name) for each in entries.values()))
    return RosterList(tuple(entries.values()), columns, SEPARATORS.get(separator, ""), repeated, tuple(unreadable))


def found_sentence(found: RosterList) -> str:
    """What was recognized: "We found: ID, name, email, separated by tabs."."""
    words = ", ".join({"id": "ID"}.get(name, name) for name in found.columns)
    return f"We found: {words}{f', separated by {found.separator}' if found.separator else ''}."


def _separator(lines: Sequence[str]) -> str:
    """The separator that most lines have; empty for one value per line."""
    counts = Counter(each for line in lines for each in SEPARATORS if each in line)
    # A comma may be part of a name, so the others win.
    return next((each for each in SEPARATORS if counts[each] * 2 > len(lines)), "")


def _cells(line: str, separator: str) -> list[str]:
    if not separator:
        return [_clean(line.strip().strip('"'))]
    try:
        cells = next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        cells = line.split(separator)
    return [_clean(cell) for cell in cells]


def _clean(cell: str) -> str:
    """The value on one line. An apostrophe that guards a formula in our own files is no part of it."""
    text = " ".join(cell.split())[:MAX_CHARS]
    return text[1:] if text[:2] in ("'=", "'+", "'-", "'@") else text


def _header(cells: Sequence[str]) -> list[str] | None:
    """The kind of each column if this line names columns; empty for a column of something else."""
    words = [_NO_LETTERS.sub(" ", fold(cell)).strip() for cell in cells]
    kinds = [next((kind for kind, names in HEADERS.items() if word in names), "") for word in words]
    return kinds if any(kinds) and not any("@" in cell for cell in cells) else None


def _by_header(cells: Sequence[str], header: Sequence[str]) -> RosterEntry:
    values: dict[str, str] = {}
    for kind, cell in zip(header, cells, strict=False):
        if kind and cell and kind not in values:
            values[kind] = cell
    name = values.get("name") or " ".join(values[part] for part in ("first", "last") if part in values)
    return RosterEntry(values.get("id", ""), name, values.get("email", "").lower())


def _recognized(cells: Iterable[str]) -> RosterEntry:
    """The entry of a line without known columns."""
    name: list[str] = []
    identifier = email = ""
    for cell in cells:
        address = None if email or "@" not in cell else _ADDRESS.search(cell)
        if address:
            email = address[0].lower()
            cell = cell.replace(address[0], " ")
        number = None if identifier else _ID.search(cell)
        if number:
            identifier = number[0]
            cell = cell.replace(number[0], " ", 1)
        if words := _EMPTY_BRACKETS.sub(" ", cell).strip(" ;,.:|-"):
            name.append(words)
    text = " ".join(" ".join(name).split())
    return RosterEntry(identifier, text if any(char.isalpha() for char in text) else "", email)
