"""A Zoom recurrence as an RRULE (RFC 5545, 3.3.10)."""

from collections.abc import Mapping
from typing import Any

from zoomapp import dates
from zoomapp.meetings.ics.lines import INSTANT

WEEKLY, MONTHLY = 2, 3
FREQUENCIES = {1: "DAILY", WEEKLY: "WEEKLY", MONTHLY: "MONTHLY"}
WEEKDAYS = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")


def rule(given: Mapping[str, Any]) -> str:
    """The rule of a series, from Zoom's ``recurrence``."""
    kind, every = int(given.get("type") or 1), int(given.get("repeat_interval") or 1)
    parts = [f"FREQ={FREQUENCIES.get(kind, 'DAILY')}", f"INTERVAL={every}"]
    numbers = [day for day in str(given.get("weekly_days") or "").split(",") if day in set("1234567")]
    if kind == WEEKLY and numbers:
        parts.append(f"BYDAY={','.join(WEEKDAYS[int(day) - 1] for day in numbers)}")
    if kind == WEEKLY and every > 1:
        parts.append("WKST=SU")  # which weeks are left out depends on where a week begins
    if kind == MONTHLY and given.get("monthly_week_day"):
        parts.append(f"BYDAY={given.get('monthly_week') or 1}{WEEKDAYS[int(given['monthly_week_day']) - 1]}")
    elif kind == MONTHLY and given.get("monthly_day"):
        parts.append(f"BYMONTHDAY={given['monthly_day']}")
    if until := dates.parse(given.get("end_date_time")):
        parts.append(f"UNTIL={until:{INSTANT}}")
    elif given.get("end_times"):
        parts.append(f"COUNT={given['end_times']}")
    return ";".join(parts)
