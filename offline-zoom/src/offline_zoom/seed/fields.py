"""A field of a seed file: what it may be, and its row in the README."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from offline_zoom.switches import MAX_NUMBER


class Moment:
    """The kind of a time: a date and time with an offset, or a number of seconds after another time."""


class Texts:
    """The kind of a list of texts."""


class Numbers:
    """The kind of a list of whole numbers."""


class Items:
    """The kind of a list that has the form of Zoom's JSON."""


class Body:
    """The kind of an HTTP body: a text, or what is sent as JSON."""


KINDS: dict[type, str] = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    Moment: "a date and time with an offset, or a number of seconds",
    Texts: "a list of texts",
    Numbers: "a list of whole numbers",
    dict: "a table",
    Items: "a list",
    Body: "a text, a table or a list",
    list: "a list of tables",
}


@dataclass(frozen=True)
class Field:
    """A field of a table. ``default`` is None for a field that must be there, or whose default ``meaning`` explains.

    ``attribute``: where the model has the value, None for the field's own name; empty if it needs other code.
    ``table``: the table that describes the rows of a list of tables. ``single``: it is one table, not a list.
    """

    kind: type
    meaning: str
    default: Any = None
    required: bool = False
    choices: tuple[str, ...] = ()
    least: int | None = None
    attribute: str | None = None
    table: str = ""
    single: bool = False
    may_be_empty: bool = False

    def read(self, value: Any) -> Any:
        """The value in a file as the model has it. Raises ValueError with the reason."""
        if self.kind in (dict, Items) and isinstance(value, str):
            value = from_json(value)
        if not is_a(self.kind, value):
            raise ValueError(f"must be {KINDS[self.kind]}, not {value!r}")
        if self.choices and value not in self.choices:
            raise ValueError(f"{value!r} is not one of {', '.join(self.choices)}")
        if self.least is not None and value < self.least:
            raise ValueError(f"must be at least {self.least}, not {value}")
        if self.required and value == "" and not self.may_be_empty:
            raise ValueError("must be a text that is not empty")
        return value

    @property
    def type_name(self) -> str:
        return "a table" if self.single else KINDS[self.kind]

    @property
    def full_meaning(self) -> str:
        """The meaning, with what the field must be and its default."""
        parts = [self.meaning]
        if self.choices:
            parts.append(f": {', '.join(self.choices)}")
        if self.required:
            parts.append(". Required")
        elif self.default not in (None, "", (), [], {}):
            default = str(self.default).lower() if isinstance(self.default, bool) else self.default
            parts.append(f". Default: {default}")
        return "".join(parts)


def is_a(kind: type, value: Any) -> bool:
    """Whether a value of TOML is of this kind. True and false are not numbers."""
    if kind is Moment:
        return is_a(float, value) or (isinstance(value, datetime) and value.tzinfo is not None)
    if kind in (Texts, Numbers):
        return isinstance(value, list) and all(type(item) is (str if kind is Texts else int) for item in value)
    if kind is float:
        return type(value) in (int, float) and abs(value) <= MAX_NUMBER
    if kind is Body:
        return type(value) in (str, dict, list)
    return type(value) is (list if kind is Items else kind)


def from_json(text: str) -> Any:
    """The value of a text in JSON, by which a file can have ``null``. Any other text is returned as it is."""
    try:
        return json.loads(text)
    except ValueError:
        return text
