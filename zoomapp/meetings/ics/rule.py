"""A Zoom recurrence as an RRULE (RFC 5545, 3.3.10)."""

from collections.abc import Mapping
from typing import Any

from zoomapp import dates
from zoomapp.meetings.ics.lines import INSTANT

WEEKLY, MONTHLY = 2, 3
FREQUENCIES = {1: "DAILY", WEEKLY: "WEEKLY", MONTHLY: "MONTHLY"}
WEEKDAYS = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")


def rule(recurrence: Mapping[str, Any]) -> str:
    """The RRULE for the ``recurrence`` of a Zoom meeting."""
    kind, interval = int(recurrence.get("type") or 1), int(recurrence.get("repeat_interval") or 1)
    parts = [f"FREQ={FREQUENCIES.get(kind, 'DAILY')}", f"INTERVAL={interval}"]
    numbers = [day for day in str(recurrence.get("weekly_days") or "").split(",") if day in set("1234567")]
    if kind == WEEKLY and numbers:
        parts.append(f"BYDAY={','.join(WEEKDAYS[int(day) - 1] for day in numbers)}")
    if kind == WEEKLY and interval > 1:
        parts.append("WKST=SU")  # the first day of the week decides which weeks are skipped
    if kind == MONTHLY and recurrence.get("monthly_week_day"):
        parts.append(f"BYDAY={recurrence.get('monthly_week') or 1}{WEEKDAYS[int(recurrence['monthly_week_day']) - 1]}")
    elif kind == MONTHLY and recurrence.get("monthly_day"):
        parts.append(f"BYMONTHDAY={recurrence['monthly_day']}")
    if until := dates.parse(recurrence.get("end_date_time")):
        parts.append(f"UNTIL={until:{INSTANT}}")
    elif recurrence.get("end_times"):
        parts.append(f"COUNT={recurrence['end_times']}")
    return ";".join(parts)
