"""Validates the JSON of a meeting and names each invalid field."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import request

from offline_zoom.dates import FIRST_YEAR, LAST_YEAR, parse_start, zone_exists
from offline_zoom.errors import refuse
from offline_zoom.model import FIXED_TIME, INSTANT, NO_FIXED_TIME, SCHEDULED
from offline_zoom.recurrence import DAILY, MAX_INTERVAL, MAX_OCCURRENCES, MONTHLY
from offline_zoom.request_json import json_value

PASSCODE = re.compile(r"[A-Za-z0-9@\-_*!]{0,10}")
TYPES = (INSTANT, SCHEDULED, NO_FIXED_TIME, FIXED_TIME, 10)
#: settings that Zoom checks, with their allowed values or their type
SETTINGS: dict[str, Any] = {
    "jbh_time": (0, 5, 10, 15),
    "approval_type": (0, 1, 2),
    "registration_type": (1, 2, 3),
    "audio": ("both", "telephony", "voip", "thirdParty"),
    "auto_recording": ("local", "cloud", "none"),
    "encryption_type": ("enhanced_encryption", "e2ee"),
    "alternative_hosts": str,
    **dict.fromkeys(
        (
            "host_video",
            "participant_video",
            "join_before_host",
            "mute_upon_entry",
            "waiting_room",
            "meeting_authentication",
            "use_pmi",
            "watermark",
            "focus_mode",
            "private_meeting",
            "internal_meeting",
            "device_testing",
        ),
        bool,
    ),
}


def json_body() -> dict[str, Any]:
    """The request's JSON object. Raises ZoomError for anything else."""
    body = json_value(request.get_data())
    if not isinstance(body, dict):
        refuse(400, 300, "Request Body should be a valid JSON object.")
    return body


def check_meeting(body: dict[str, Any], new: bool = True) -> None:
    """Check a meeting's JSON. Raises ZoomError with each invalid field. Only a ``new`` series needs a rule."""
    invalid = [*invalid_fields(body), *invalid_settings(body), *invalid_recurrence(body)]
    if new and body.get("type") == FIXED_TIME and body.get("recurrence") is None:
        invalid.append("recurrence")
    if invalid:
        refuse(400, 300, "Validation Failed.", [{"field": field, "message": "Invalid field."} for field in invalid])


def invalid_fields(body: dict[str, Any]) -> list[str]:
    """The invalid top-level fields."""
    checks: dict[str, Callable[[Any], bool]] = {
        "topic": lambda value: isinstance(value, str) and len(value) <= 200,
        "type": lambda value: type(value) is int and value in TYPES,
        "agenda": lambda value: isinstance(value, str) and len(value) <= 2000,
        "password": lambda value: isinstance(value, str) and PASSCODE.fullmatch(value) is not None,
        "duration": lambda value: is_whole(value, 1, 1440),
        "timezone": lambda value: isinstance(value, str) and zone_exists(value),
        "start_time": is_start,
        "settings": lambda value: isinstance(value, dict),
        "recurrence": lambda value: isinstance(value, dict),
        "tracking_fields": is_list_of_objects,
    }
    return [name for name, valid in checks.items() if body.get(name) is not None and not valid(body[name])]


def is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def is_whole(value: Any, minimum: int, maximum: int) -> bool:
    """Whether this is a whole number in a range. ``True`` and ``1.0`` are not."""
    return type(value) is int and minimum <= value <= maximum


def is_start(value: Any) -> bool:
    """Whether this is a start time in one of Zoom's two forms."""
    try:
        parse_start(value, "UTC")
    except (ValueError, TypeError):
        return False
    return True


def invalid_settings(body: dict[str, Any]) -> list[str]:
    """The settings with an invalid value."""
    settings = body.get("settings")
    if not isinstance(settings, dict):
        return []
    invalid = []
    for name, allowed in SETTINGS.items():
        value = settings.get(name)
        if value is None:
            continue
        if isinstance(allowed, type):
            valid = isinstance(value, allowed)
        else:
            valid = type(value) in (int, str) and value in allowed
        if not valid:
            invalid.append(f"settings.{name}")
    invitees = settings.get("meeting_invitees")
    if invitees is not None and not is_list_of_objects(invitees):
        invalid.append("settings.meeting_invitees")
    return invalid


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
