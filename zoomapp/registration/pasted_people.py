"""Reads people from a pasted list or a CSV file: email address, first name, last name."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

#: Zoom's limits. A meeting has at most 4,999 registrants.
MAX_EMAIL, MAX_NAME, MAX_PEOPLE = 128, 64, 4999
EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]{2,}")
HEADERS = {
    "email": {"email", "e-mail", "mail", "email address", "e-mail address", "user email"},
    "first_name": {"first name", "first", "firstname", "given name", "first_name"},
    "last_name": {"last name", "last", "lastname", "surname", "family name", "last_name"},
    "name": {"name", "full name"},
}
INCOMPLETE_EMAIL = "The email address is incomplete."
NO_EMAIL = "The email address is missing."
NO_FIRST_NAME = "The first name is missing."
LONG_EMAIL = f"The email address has more than {MAX_EMAIL} characters."
LONG_NAME = f"A name has more than {MAX_NAME} characters."


@dataclass(frozen=True)
class PastedPerson:
    """The person of one line. ``text``: the line as it was typed. ``fault``: a sentence; empty if nothing is wrong.

    ``same_as``: an earlier line with the same address; 0 for none.
    """

    line: int
    text: str
    email: str = ""
    first_name: str = ""
    last_name: str = ""
    fault: str = ""
    same_as: int = 0


def read_people(text: str) -> tuple[PastedPerson, ...]:
    """The people of all lines that are not empty. The columns come from a header line, else from what is in them."""
    columns: Mapping[str, int] = {}
    first_lines: dict[str, int] = {}
    people: list[PastedPerson] = []
    for number, line in _lines(text):
        cells = _cells(line)
        if not people and not columns and (columns := _columns(cells)):
            continue
        person = check_person(_person(number, line, cells, columns))
        if person.email and not person.fault:
            same_as = first_lines.setdefault(person.email.lower(), number)
            person = replace(person, same_as=same_as if same_as != number else 0)
        people.append(person)
    return tuple(people)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that are not empty, with their numbers."""
    lines = enumerate(text.lstrip("\ufeff").splitlines(), 1)
    return ((number, line.strip()) for number, line in lines if line.strip(",;\t "))


def _cells(line: str) -> list[str]:
    """The cells of a line, divided by tabs, semicolons or commas; else by spaces."""
    separator = next((each for each in "\t;," if each in line), "")
    if separator:
        try:
            cells = next(csv.reader([line], delimiter=separator, skipinitialspace=True), [])
        except csv.Error:
            cells = line.split(separator)
        return [_plain(cell) for cell in cells]
    return [_plain(cell) for cell in line.split()]


def _plain(cell: str) -> str:
    """A cell without control characters, and without the apostrophe that stops a formula in a CSV file."""
    text = " ".join("".join(char if char.isprintable() else " " for char in cell).split())
    return text.removeprefix("'").strip("<>")


def _columns(cells: Sequence[str]) -> dict[str, int]:
    """The columns of a header line; empty for another line."""
    names = [cell.lower().strip() for cell in cells]
    found = {field: place for place, name in enumerate(names) for field, labels in HEADERS.items() if name in labels}
    return found if "email" in found else {}


def _person(number: int, line: str, cells: Sequence[str], columns: Mapping[str, int]) -> PastedPerson:
    if columns:
        values = {field: cells[place] if place < len(cells) else "" for field, place in columns.items()}
        first, last = values.get("first_name", ""), values.get("last_name", "")
        if not first and not last:
            first, _, last = values.get("name", "").partition(" ")
        return PastedPerson(number, line, values["email"], first, last)
    email = next((cell for cell in cells if "@" in cell), "")
    names = [cell for cell in cells if cell and cell != email]
    if len(names) == 1:
        names = names[0].split(" ", 1)
    if not any(separator in line for separator in "\t;,"):
        names = [*names[:1], " ".join(names[1:])]
    first, last = [*names, "", ""][:2]
    return PastedPerson(number, line, email, first, last)


def check_person(person: PastedPerson) -> PastedPerson:
    """The person with a sentence that says what is wrong, if anything is."""
    fault = ""
    if not person.email:
        fault = NO_EMAIL
    elif not EMAIL.fullmatch(person.email):
        fault = INCOMPLETE_EMAIL
    elif len(person.email) > MAX_EMAIL:
        fault = LONG_EMAIL
    elif not person.first_name:
        fault = NO_FIRST_NAME
    elif max(len(person.first_name), len(person.last_name)) > MAX_NAME:
        fault = LONG_NAME
    return replace(person, fault=fault)
