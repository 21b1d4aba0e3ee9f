"""Rows as the text of a seed file."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from offline_zoom.seed.fields import Field
from offline_zoom.seed.tables import TABLES
from offline_zoom.seed.values import Row

#: tables with a header of their own; rows of others are in a list
HEADED = ("account", "user", "meeting", "session", "fault")


def lines_of(path: str, fields: Mapping[str, Field], row: Row) -> list[str]:
    """The lines of a table: first its values, then the tables in it that have headers."""
    lines, inner = [], []
    for name, field in fields.items():
        if name not in row:
            continue
        if not field.table:
            lines.append(f"{name} = {toml(row[name])}")
        elif field.single or field.table in HEADED:
            header = f"{path}.{name}".lstrip(".")
            for table in row[name]:
                inner += ["", f"[{header}]" if field.single else f"[[{header}]]"]
                inner += lines_of(header, TABLES[field.table], table)
        elif row[name]:
            rows = (in_order(field.table, table) for table in row[name])
            lines += [f"{name} = [", *(f"  {toml(table)}," for table in rows), "]"]
    return lines + inner


def in_order(table: str, row: Row) -> Row:
    """A row in the order of its fields."""
    return {name: row[name] for name in TABLES[table] if name in row}


def toml(value: Any) -> str:
    """A value of TOML. A JSON text, number or truth value is one of TOML too, but for U+007F."""
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key(name)} = {toml(item)}' for name, item in value.items())} }}" if value else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def key(name: str) -> str:
    """The name of a field, in quotes if it needs them."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else toml(name)
