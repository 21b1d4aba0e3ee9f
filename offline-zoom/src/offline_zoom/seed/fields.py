"""The tables of a seed file and their fields."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

PLANS = ("free", "pro", "business")
ROLES = ("Owner", "Admin", "Member")
KINDS: dict[type, str] = {
    str: "a text",
    int: "a whole number",
    bool: "true or false",
    datetime: "a date and time with an offset",
    list: "a list of tables",
}


@dataclass(frozen=True)
class Field:
    """A field of a table. ``default`` is None for a field that must be there, or whose default ``meaning`` explains."""

    kind: type
    meaning: str
    default: Any = None
    required: bool = False
    choices: tuple[str, ...] = ()
    least: int | None = None


TOP = {
    "me": Field(str, "`key` of the signed-in user. Default: the first user"),
    "admin_managed": Field(bool, "an admin installed the app for the account, so admins grant `:admin` scopes", True),
}
TABLES: dict[str, dict[str, Field]] = {
    "account": {
        "name": Field(str, "a name, by which users refer to it", required=True),
        "plan": Field(str, "Zoom's plan", "business", choices=PLANS),
        "id": Field(str, "default: made from the name"),
    },
    "user": {
        "key": Field(str, "a short name, by which other tables refer to the user", required=True),
        "email": Field(str, "email address", required=True),
        "first_name": Field(str, "given name", required=True),
        "last_name": Field(str, "family name", ""),
        "account": Field(str, "`name` of the account. Default: the first account"),
        "role": Field(str, "role in the account", "Member", choices=ROLES),
        "timezone": Field(str, "time zone", "UTC"),
        "language": Field(str, "language", "en-US"),
        "department": Field(str, "department", ""),
        "id": Field(str, "default: made from the key"),
    },
    "meeting": {
        "topic": Field(str, "topic", required=True),
        "host": Field(str, "`key` of the user", required=True),
        "id": Field(int, "meeting number. Default: a free one", least=1),
        "day": Field(int, "the day of the start: 0 is today, -1 yesterday", 0),
        "time": Field(str, "`HH:MM` in the host's time zone. Without it and `start`, the meeting has no fixed time"),
        "start": Field(datetime, "the start in place of `day` and `time`"),
        "minutes": Field(int, "planned duration", 60, least=1),
        "agenda": Field(str, "agenda", ""),
        "passcode": Field(str, "passcode", "7Qk2Lm"),
        "waiting_room": Field(bool, "whether people wait for the host", True),
        "session": Field(list, "the times it took place, each a `[[meeting.session]]`", ()),
    },
    "session": {
        "day": Field(int, "the day it began: 0 is today", 0),
        "time": Field(str, "`HH:MM` in the host's time zone, when it began"),
        "start": Field(datetime, "when it began, in place of `day` and `time`"),
        "minutes": Field(int, "duration. A session that is not over is running", 60, least=1),
        "recorded": Field(bool, "whether there is a cloud recording", False),
        "participant": Field(list, "who was there, each a `[[meeting.session.participant]]`", ()),
    },
    "participant": {
        "user": Field(str, "`key` of a user. Or:"),
        "name": Field(str, "the name of a guest"),
        "email": Field(str, "the email address of a guest", ""),
        "joins_after": Field(int, "minutes after the beginning", 0, least=0),
        "leaves_after": Field(int, "minutes after the beginning. Default: at the end", least=1),
    },
}
#: the tables of the top level, and those inside of another
OUTER = ("account", "user", "meeting")


def fields_table() -> list[str]:
    """All fields as a table in Markdown."""
    lines = ["| table | field | type | meaning |", "|---|---|---|---|"]
    for table, fields in {"top of the file": TOP, **TABLES}.items():
        for name, field in fields.items():
            lines.append(f"| {table} | `{name}` | {KINDS[field.kind]} | {meaning_of(field)} |")
    return lines


def meaning_of(field: Field) -> str:
    """The meaning of a field, with what it must be and its default."""
    parts = [field.meaning]
    if field.choices:
        parts.append(f": {', '.join(field.choices)}")
    if field.required:
        parts.append(". Required")
    elif field.default not in (None, "", ()):
        default = str(field.default).lower() if isinstance(field.default, bool) else field.default
        parts.append(f". Default: {default}")
    return "".join(parts)
