"""A Zoom recurrence as an RRULE (RFC 5545, 3.3.10). A value that cannot be read is a missing value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, time, tzinfo
from typing import Any

from zoomapp.zoom.tolerant_reader import JsonObject

DAILY, WEEKLY, MONTHLY = 1, 2, 3
INSTANT = "%Y%m%dT%H%M%SZ"
FREQUENCIES = {DAILY: "DAILY", WEEKLY: "WEEKLY", MONTHLY: "MONTHLY"}
WEEKDAYS = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")
#: Larger intervals and counts are mistakes: Zoom allows 99 and 60.
MAX_INTERVAL, MAX_COUNT = 999, 9999
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def rule(recurrence: Mapping[str, Any], zone: tzinfo = UTC, *, count: int = 0) -> str:
    """The RRULE for the ``recurrence`` of a Zoom meeting in ``zone``; empty if it does not say how often it repeats.

    ``count``: how many times are left of a series that ends after a number of times; 0 if all are.
    """
    fields = JsonObject(recurrence, "recurrence")
    kind, interval = _kind(fields), _within(fields, "repeat_interval", 1, MAX_INTERVAL) or 1
    if not kind:
        return ""
    parts = [f"FREQ={FREQUENCIES[kind]}", f"INTERVAL={interval}"]
    if kind == WEEKLY:
        numbers = _weekdays(fields)
        parts += [f"BYDAY={','.join(WEEKDAYS[number - 1] for number in numbers)}"] if numbers else []
        # The first day of the week decides which weeks are skipped.
        parts += ["WKST=SU"] if interval > 1 else []
    if kind == MONTHLY:
        parts += _days_of_month(fields)
    if until := _until(fields, zone):
        parts.append(f"UNTIL={until:{INSTANT}}")
    elif end_times := _within(fields, "end_times", 1, MAX_COUNT):
        parts.append(f"COUNT={count or end_times}")
    return ";".join(parts)


def has_end(recurrence: Mapping[str, Any]) -> bool:
    """Whether the recurrence has a last day or a number of times."""
    fields = JsonObject(recurrence, "recurrence")
    return _until(fields, UTC) is not None or _within(fields, "end_times", 1, MAX_COUNT) > 0


def _kind(fields: JsonObject) -> int:
    """How often the meeting repeats: as ``type`` says, else as the other fields imply; 0 if nothing says it."""
    kind = fields.number("type")
    if kind in FREQUENCIES:
        return kind
    if _weekdays(fields):
        return WEEKLY
    return MONTHLY if _days_of_month(fields) else 0


def _weekdays(fields: JsonObject) -> list[int]:
    """The days of the week, 1 for Sunday, each once."""
    return sorted({number for number in fields.numbers("weekly_days") if 1 <= number <= 7})


def _days_of_month(fields: JsonObject) -> list[str]:
    """The part of the rule that names the day of the month."""
    if weekday := _within(fields, "monthly_week_day", 1, 7):
        return [f"BYDAY={_within(fields, 'monthly_week', -1, 4) or 1}{WEEKDAYS[weekday - 1]}"]
    if day := _within(fields, "monthly_day", 1, 31):
        return [f"BYMONTHDAY={day}"]
    return []


def _until(fields: JsonObject, zone: tzinfo) -> datetime | None:
    """The last moment of the series. A date without a time includes the whole day in ``zone``."""
    if _DAY.fullmatch(fields.text("end_date_time")):
        day = fields.day("end_date_time")
        return datetime.combine(day, time(23, 59, 59), zone).astimezone(UTC) if day else None
    return fields.time("end_date_time", zone)


def _within(fields: JsonObject, name: str, minimum: int, maximum: int) -> int:
    """A whole number between these, both included; 0 if there is none."""
    number = fields.decimal(name)
    return int(number) if number is not None and minimum <= number <= maximum and number == int(number) else 0
