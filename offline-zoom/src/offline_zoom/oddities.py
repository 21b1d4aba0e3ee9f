"""Odd data that Zoom was seen to send, by name. Each changes the JSON of an answer.

A fault names them in ``mutate``. Most add one row to the list of the answer, a copy of another row with the odd
values, so that all other rows stay as they are. An answer without a list is changed itself.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

from offline_zoom.json_text import raw_json

JSON = dict[str, Any]
LISTS = ("meetings", "participants", "recording_files", "users")
NAMES = ("topic", "name", "user_name", "display_name", "agenda")
ENUMS: JSON = {"type": 99, "status": "quantum", "file_type": "AIC_CONVERSATION", "role": "ghost", "user_type": "Gold"}
TIMES = ("start_time", "end_time", "join_time", "leave_time", "created_at", "recording_start", "recording_end")
IMPOSSIBLE = ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "yesterday")


def list_name(answer: Any) -> str:
    """The name of the list in an answer, or an empty text."""
    if not isinstance(answer, dict):
        return ""
    return next((name for name in LISTS if isinstance(answer.get(name), list)), "")


def add_row(*changes: Callable[[JSON], Any]) -> Callable[[Any], Any]:
    """An oddity that adds a changed copy of the row with the most fields for each of ``changes``."""

    def add(answer: Any) -> Any:
        rows = answer[list_name(answer)] if list_name(answer) else []
        usual = max((row for row in rows if isinstance(row, dict)), key=len, default=None)
        if usual:
            return {**answer, list_name(answer): [*rows, *(change(copy.deepcopy(usual)) for change in changes)]}
        return changes[0](answer) if isinstance(answer, dict) and not list_name(answer) else answer

    return add


def add_values(*values: Any) -> Callable[[Any], Any]:
    """An oddity that adds values to the list of the answer."""

    def add(answer: Any) -> Any:
        name = list_name(answer)
        return {**answer, name: [*answer[name], *copy.deepcopy(values)]} if name else answer

    return add


def replace_list(*value: Any) -> Callable[[Any], Any]:
    """An oddity that replaces the list by a value, or removes it."""

    def replace(answer: Any) -> Any:
        name = list_name(answer)
        rest = {key: item for key, item in answer.items() if key != name} if name else answer
        return {**rest, name: value[0]} if name and value else rest

    return replace


def wrong_type(value: Any) -> Any:
    """A value of another type."""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        return [value]
    return 7 if isinstance(value, str) else "text"


def with_times(time: str) -> Callable[[JSON], JSON]:
    return lambda row: {name: time if name in TIMES else value for name, value in row.items()}


def with_suffix(suffix: str) -> Callable[[JSON], JSON]:
    """A change that adds a suffix to names and topics."""

    def change(row: JSON) -> JSON:
        return {
            name: f"{value}{suffix}" if name in NAMES and isinstance(value, str) else value
            for name, value in row.items()
        }

    return change


def objects(value: Any) -> Iterator[JSON]:
    """Every object in a value, at any depth."""
    if isinstance(value, dict):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(item)


def everywhere(change: Callable[[JSON], Any]) -> Callable[[Any], Any]:
    """An oddity that changes every object in the answer."""

    def apply(answer: Any) -> Any:
        changed = copy.deepcopy(answer)
        for found in list(objects(changed)):
            change(found)
        return changed

    return apply


def add_files(recording: JSON) -> None:
    """Add odd files to a recording: in progress, two captions of one kind without an id, an unknown kind."""
    files = recording.get("recording_files")
    if not isinstance(files, list) or not files:
        return
    first = {name: files[0].get(name) for name in ("meeting_id", "recording_start", "download_url")}
    in_progress = {"id": "", "recording_end": "", "file_type": "", "file_extension": "", "file_size": 0, "status": ""}
    caption = {**first, "recording_end": files[0].get("recording_end"), "file_type": "CC", "file_extension": "VTT"}
    unknown = {**files[0], "file_type": ENUMS["file_type"], "recording_type": "aic_conversation", "id": "odd-unknown"}
    files += [{**first, **in_progress}, caption, {**caption, "download_url": f"{first['download_url']}-de"}, unknown]


def breakout_rows(answer: Any) -> Any:
    """Add the three rows of one person who was in a breakout room: there they have no id."""
    name = list_name(answer)
    if name != "participants" or not answer[name]:
        return answer
    first = answer[name][0]
    label = "user_name" if "user_name" in first else "name"
    ella = {**first, label: "Ella Breakout", "id": "eLLaBr3akOutSandbox000"}
    in_room = {**ella, "id": "", "participant_user_id": "", "bo_mtg_id": "odd-breakout-room"}
    return {**answer, name: [*answer[name], ella, in_room, copy.deepcopy(ella)]}


def hash_for_comma(row: JSON) -> None:
    """The dashboard's spelling of a name with a comma."""
    if isinstance(row.get("user_name"), str):
        row["user_name"] = row["user_name"].replace(",", "#")


def list_of_days(rule: JSON) -> None:
    if "weekly_days" in rule:
        rule["weekly_days"] = [int(day) for day in str(rule["weekly_days"]).split(",")]


def day_of_deletion(recording: JSON) -> None:
    if "auto_delete_date" in recording:
        recording["auto_delete_date"] = str(recording["auto_delete_date"])[:10]


def wrong_types(row: JSON) -> JSON:
    return {name: wrong_type(value) for name, value in row.items()}


def numbers_as_text(row: JSON) -> JSON:
    return {name: str(value) if type(value) is int else value for name, value in row.items()}


def text_as_numbers(row: JSON) -> JSON:
    return {name: len(value) if isinstance(value, str) else value for name, value in row.items()}


def without_start(row: JSON) -> JSON:
    rest = {name: value for name, value in row.items() if name != "start_time"}
    return {**rest, "type": 3, "topic": "No start time"} if "topic" in row else row


#: the oddities of answers
ODDITIES: dict[str, Callable[[Any], Any]] = {
    "wrong-types": add_row(wrong_types),
    "not-objects": add_values(None, "text", 7, ["text"]),
    "list-null": replace_list(None),
    "list-object": replace_list({}),
    "list-missing": replace_list(),
    "numbers-as-text": add_row(numbers_as_text),
    "text-as-numbers": add_row(text_as_numbers),
    "impossible-dates": add_row(*map(with_times, IMPOSSIBLE)),
    "not-utf8": add_row(with_suffix(" \udcf0\udc9f")),
    "lone-surrogate": add_row(with_suffix(" \ud83d")),
    "unknown-enums": add_row(lambda row: {**row, **{name: ENUMS[name] for name in ENUMS if name in row}}),
    "empty-leave-time": add_row(lambda row: {**row, "leave_time": "", "duration": "10:00"}),
    "breakout-rows": breakout_rows,
    "hash-for-comma": everywhere(hash_for_comma),
    "odd-files": everywhere(add_files),
    "date-only": everywhere(day_of_deletion),
    "list-of-days": everywhere(list_of_days),
    "no-start-time": add_row(without_start),
}


def change_answer(names: list[str], body: bytes) -> bytes:
    """The body of an answer, changed by the named oddities. A body that is not JSON stays as it is."""
    try:
        answer = json.loads(body)
    except ValueError:
        return body
    for name in names:
        answer = ODDITIES[name](answer)
    return raw_json(answer)
