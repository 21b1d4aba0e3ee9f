"""Reads the tables of facts."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

ENVELOPE = "text: event! int: event_ts! object: payload!"
PAYLOAD = "text: account_id! object: object!"
#: keys of a table that are not rows of fields
HEADERS = ("scopes", "label", "status")


@dataclass(frozen=True)
class Field:
    """What Zoom says about one field. ``values`` are the allowed ones; empty if any value is."""

    kind: str
    values: tuple[str, ...]
    required: bool


#: the fields of one object by name
Shape = dict[str, Field]


@dataclass(frozen=True)
class Facts:
    """The facts of one operation or event: the shape of each object by its path. The outermost path is empty.

    ``shapes`` are those of the answer or event, ``body`` those of the request.
    """

    name: str
    scopes: tuple[str, ...]
    label: str
    status: int
    shapes: dict[str, Shape]
    body: dict[str, Shape] = field(default_factory=dict)


def parse_row(row: str) -> Shape:
    """The fields of a row."""
    shape: Shape = {}
    kind = "any"
    values: tuple[str, ...] = ()
    for word in row.split():
        if word.endswith(":"):
            kind, values = parse_type(word[:-1])
        else:
            shape[word.rstrip("!")] = Field(kind, values, word.endswith("!"))
    return shape


def parse_type(text: str) -> tuple[str, tuple[str, ...]]:
    """The type and the allowed values in a word such as ``int=1,2,3``."""
    kind, _, values = text.partition("=")
    return kind, tuple(value.strip('"').replace("~", " ") for value in values.split(",")) if values else ()


def parse_scopes(text: str) -> tuple[str, ...]:
    """The scopes, one of which is enough: ``a[:admin]`` stands for ``a`` and ``a:admin``."""
    return tuple(
        scope
        for word in text.split()
        for scope in ([word[:-8], f"{word[:-8]}:admin"] if word.endswith("[:admin]") else [word])
    )


def path_of(key: str, is_event: bool) -> str:
    """The path of an object from the key of its row."""
    if not is_event:
        return "" if key == "answer" else key
    if key == "event":
        return ""
    if key == "object" or key.split(".")[0] != "payload":
        return "payload.object" if key == "object" else f"payload.object.{key}"
    return key


def expand(key: str, row: str, shared: dict[str, str]) -> dict[str, str]:
    """A row by its key. ``@name`` stands for a row of ``[shapes]`` and for those below it."""
    if not row.startswith("@"):
        return {key: row}
    name = row[1:]
    found = {key: shared[name]}
    for inner, below in shared.items():
        if inner.startswith(f"{name}."):
            found |= expand(key + inner.removeprefix(name), below, shared)
    return found


def parse_table(name: str, table: dict[str, Any], shared: dict[str, str]) -> Facts:
    """The facts in one table."""
    is_event = " " not in name
    rows = {"event": ENVELOPE, "payload": PAYLOAD} if is_event else {}
    own = {key: row for key, row in table.items() if key not in HEADERS}
    for key, row in own.items():
        rows |= expand(key, row, shared)
    rows |= {key: row for key, row in own.items() if not row.startswith("@")}
    body = {key: parse_row(row) for key, row in rows.items() if not is_event and key.split(".")[0] == "body"}
    return Facts(
        name,
        parse_scopes(table.get("scopes", "")),
        table.get("label", ""),
        int(table.get("status", 200)),
        {path_of(key, is_event): parse_row(row) for key, row in rows.items() if key not in body},
        {key.removeprefix("body").removeprefix("."): shape for key, shape in body.items()},
    )


def unnamed(operation: str) -> str:
    """An operation without the names of its parameters: ``GET /users/{}``."""
    return re.sub(r"<\w+>|\{\w+\}", "{}", operation)


def load_facts() -> dict[str, Facts]:
    """The facts of all tables by the name of the operation or event."""
    found: dict[str, Facts] = {}
    for file in sorted(files(__package__).joinpath("tables").iterdir(), key=lambda file: file.name):
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
        shared = tables.pop("shapes", {})
        found |= {name: parse_table(name, table, shared) for name, table in tables.items()}
    return found
