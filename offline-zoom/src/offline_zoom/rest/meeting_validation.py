"""Validates the JSON of a request and names each invalid field."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import request

from offline_zoom.dates import FIRST_YEAR, LAST_YEAR, parse_start, zone_exists
from offline_zoom.errors import refuse
from offline_zoom.facts.bodies import wrong_fields
from offline_zoom.model import FIXED_TIME
from offline_zoom.recurrence import DAILY, MAX_INTERVAL, MAX_OCCURRENCES, MONTHLY
from offline_zoom.request_json import json_value

PASSCODE = re.compile(r"[A-Za-z0-9@\-_*!]{0,10}")


def json_body() -> dict[str, Any]:
    """The request's JSON object, whose fields have Zoom's types and values. Raises ZoomError for anything else."""
    body = json_object()
    refuse_fields(wrong_fields(operation(), body))
    return body


def json_object() -> dict[str, Any]:
    """The request's JSON object. Raises ZoomError for anything else."""
    body = json_value(request.get_data())
    if not isinstance(body, dict):
        refuse(400, 300, "Request Body should be a valid JSON object.")
    return body


def operation() -> str:
    """The name of the requested operation."""
    return (request.endpoint or "").removeprefix("rest.")


def refuse_fields(invalid: list[str]) -> None:
    """Refuse the request if a field is invalid. Raises ZoomError that names each of them."""
    if invalid:
        refuse(400, 300, "Validation Failed.", [{"field": field, "message": "Invalid field."} for field in invalid])


def meeting_body(new: bool = True) -> dict[str, Any]:
    """The JSON of a meeting. Raises ZoomError with each invalid field. Only a ``new`` series needs a rule."""
    body = json_object()
    invalid = [*wrong_fields(operation(), body), *invalid_fields(body), *invalid_recurrence(body)]
    if new and body.get("type") == FIXED_TIME and body.get("recurrence") is None:
        invalid.append("recurrence")
    refuse_fields(list(dict.fromkeys(invalid)))
    return body


def invalid_fields(body: dict[str, Any]) -> list[str]:
    """The top-level fields whose value is out of its range."""
    checks: dict[str, Callable[[str], bool]] = {
        "topic": lambda value: len(value) <= 200,
        "agenda": lambda value: len(value) <= 2000,
        "password": lambda value: PASSCODE.fullmatch(value) is not None,
        "timezone": zone_exists,
        "start_time": is_start,
    }
    invalid = [name for name, valid in checks.items() if isinstance(body.get(name), str) and not valid(body[name])]
    duration = body.get("duration")
    return invalid if duration is None or is_whole(duration, 1, 1440) else [*invalid, "duration"]


def is_whole(value: Any, minimum: int, maximum: int) -> bool:
    """Whether this is a whole number in a range. ``True`` and ``1.0`` are not."""
    return type(value) is int and minimum <= value <= maximum


def is_start(value: str) -> bool:
    """Whether this is a start time in one of Zoom's two forms."""
    try:
        parse_start(value, "UTC")
    except ValueError:
        return False
    return True


def invalid_recurrence(body: dict[str, Any]) -> list[str]:
    """The invalid fields of a recurrence rule."""
    rule = body.get("recurrence")
    if not isinstance(rule, dict):
        return []
    if not is_whole(rule.get("type"), DAILY, MONTHLY):
        return ["recurrence.type"]
    invalid = []
    ranges = {
        "repeat_interval": (1, MAX_INTERVAL[rule["type"]]),
        "monthly_day": (1, 31),
        "monthly_week_day": (1, 7),
        "end_times": (0, MAX_OCCURRENCES),
    }
    for name, (minimum, maximum) in ranges.items():
        value = rule.get(name)
        if value is not None and not is_whole(value, minimum, maximum):
            invalid.append(f"recurrence.{name}")
    week, days = rule.get("monthly_week"), rule.get("weekly_days")
    if week is not None and not (is_whole(week, -1, 4) and week != 0):
        invalid.append("recurrence.monthly_week")
    if days is not None and not re.fullmatch(r"[1-7](,[1-7])*", str(days)):
        invalid.append("recurrence.weekly_days")
    if rule.get("end_date_time") and (rule.get("end_times") or not is_date_time(rule["end_date_time"])):
        invalid.append("recurrence.end_date_time")
    return invalid


def is_date_time(value: Any) -> bool:
    try:
        at = datetime.fromisoformat(value)
    except (ValueError, TypeError):
        return False
    return at.tzinfo is not None and FIRST_YEAR < at.year <= LAST_YEAR
