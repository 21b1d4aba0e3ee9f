"""Values of a row, and the attributes of the model that they become."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from offline_zoom.seed.fields import Field, Items, Moment
from offline_zoom.seed.tables import TABLES

Row = dict[str, Any]


def moment(value: datetime | float, base: float) -> float:
    """The time of a field: absolute, or in seconds after ``base``. Whole microseconds, as a file has them."""
    return value.timestamp() if isinstance(value, datetime) else round(base + value, 6)


def values_of(table: str, row: Row, base: float) -> Row:
    """The attributes that a row sets. Times in seconds count from ``base``."""
    return {
        attribute: moment(row[name], base) if field.kind is Moment else row[name]
        for attribute, (name, field) in attributes(table).items()
        if row[name] is not None
    }


def assign(model: Any, table: str, row: Row, base: float) -> None:
    """Set the attributes that a row sets."""
    for attribute, value in values_of(table, row, base).items():
        setattr(model, attribute, value)


def attributes(table: str) -> dict[str, tuple[str, Field]]:
    """The fields of a table that are attributes of the model: the field's name and itself, by attribute."""
    return {
        name if field.attribute is None else field.attribute: (name, field)
        for name, field in TABLES[table].items()
        if field.attribute != "" and not field.table
    }


def with_defaults(table: str, row: Row) -> Row:
    """A row with the defaults of fields that it does not have, also in its tables."""
    return {
        name: [with_defaults(field.table, inner) for inner in row.get(name, ())]
        if field.table
        else row.get(name, field.default)
        for name, field in TABLES[table].items()
    }


def changes(table: str, model: Any, plain: Any, base: float) -> Row:
    """The fields in which a model differs from a plain one."""
    return {
        name: written(field, getattr(model, attribute), base)
        for attribute, (name, field) in attributes(table).items()
        if getattr(model, attribute) not in (None, getattr(plain, attribute))
    }


def own_fields(table: str, model: Any, base: float) -> Row:
    """The fields of a model that have no default, and those that differ from it."""
    row = {
        name: (written(field, getattr(model, attribute), base), field)
        for attribute, (name, field) in attributes(table).items()
        if getattr(model, attribute) not in (None, [], {})
    }
    return {name: value for name, (value, field) in row.items() if field.required or value != field.default}


def written(field: Field, value: Any, base: float) -> Any:
    """A value of the model as a file has it. JSON with null becomes a text."""
    if field.kind is Moment:
        return seconds(value - base)
    return json.dumps(value) if field.kind in (dict, Items) and has_null(value) else value


def has_null(value: Any) -> bool:
    """Whether there is a null in JSON."""
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return value is None or any(map(has_null, items))


def seconds(value: float) -> float:
    """A number of seconds, without a fraction if it is whole."""
    number = round(value, 6)
    return int(number) if number == int(number) else number


def minutes(value: float) -> float:
    """A number of seconds in minutes."""
    number = round(value / 60, 9)
    return int(number) if number == int(number) else number
