"""A series as fields of the form, and these as a recurrence for Zoom. What the form does not show stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from zoomapp import dates
from zoomapp.meetings.forms import CHOOSE_REPEAT, MAX_OCCURRENCES, REPEATS, RULE_OF_ZOOM, MeetingForm
from zoomapp.meetings.sessions import coming_sessions, sessions_by_rule
from zoomapp.zoom.models import FIXED_TIME, NO_FIXED_TIME, Meeting
from zoomapp.zoom.tolerant_reader import JsonObject

#: The fields of a recurrence that Zoom accepts. https://developers.zoom.us/docs/api/meetings/
ZOOM_FIELDS = (
    *("type", "repeat_interval", "weekly_days", "monthly_day", "monthly_week", "monthly_week_day"),
    *("end_times", "end_date_time"),
)


#: Zoom's numbers of the weeks of a month.
MONTH_WEEKS = {1: "first", 2: "second", 3: "third", 4: "fourth", -1: "last"}


def repeat_fields(meeting: Meeting, now: datetime, days_later: int = 0) -> dict[str, Any]:
    """The fields of the form that describe how the meeting repeats.

    ``days_later``: by how many days the date of the start in the form's zone differs from that in the meeting's zone.
    """
    if meeting.type == NO_FIXED_TIME:
        return {"repeat": "any"}
    if meeting.type != FIXED_TIME:
        return {}
    rule = JsonObject(meeting.recurrence, "recurrence")
    kind = rule.number("type")
    repeat = next((name for name, (number, _) in REPEATS.items() if number == kind), RULE_OF_ZOOM)
    known = [number for number in rule.numbers("weekly_days") if 1 <= number <= 7]
    weekdays = sorted({shift_weekday(number, days_later) for number in known})
    # A series is counted from the next session by its rule, because that is the start in the form.
    remaining = len(sessions_by_rule(meeting, now)) or len(coming_sessions(meeting, now)) or rule.number("end_times")
    return {
        "repeat": repeat,
        "interval": str(rule.number("repeat_interval") or 1),
        "weekdays": tuple(map(str, weekdays)) if repeat == "weekly" else (),
        "month_day": month_day(rule) if repeat == "monthly" else "",
        "count": str(min(remaining or 10, MAX_OCCURRENCES)),
    }


def changed_rule(
    form: MeetingForm, loaded: MeetingForm, current: Mapping[str, Any], first_day: date, days_later: int
) -> dict[str, Any]:
    """The recurrence for Zoom after ``form`` was changed from ``loaded``, whose recurrence at Zoom is ``current``.

    ``first_day``: the date of the first session in the meeting's zone. ``days_later``: as in ``repeat_fields``.
    """
    rule = {name: current[name] for name in ZOOM_FIELDS if current.get(name) is not None}
    if form.repeat != loaded.repeat or not rule:
        rule = {"end_times": dates.whole_number(form.count)}
    elif form.count != loaded.count or rule.get("end_times"):
        rule.pop("end_date_time", None)
        rule["end_times"] = dates.whole_number(form.count)
    if form.repeat == RULE_OF_ZOOM:
        return rule
    rule |= {"type": REPEATS[form.repeat][0], "repeat_interval": dates.whole_number(form.interval)}
    if form.repeat == "weekly" and form.valid_weekdays():
        weekdays = sorted(shift_weekday(int(day), -days_later) for day in form.valid_weekdays())
        rule["weekly_days"] = ",".join(map(str, weekdays))
    if form.repeat == "monthly" and "monthly_week" not in rule:
        rule["monthly_day"] = first_day.day
    return rule


def rule_faults(form: MeetingForm, rule: Mapping[str, Any], start: datetime, first_day: date) -> dict[str, str]:
    """What keeps a series from its new start, by field of the form. ``rule``: Zoom's recurrence as it is now.

    ``start``: in the form's zone. ``first_day``: as in ``changed_rule``.
    """
    if form.repeat == RULE_OF_ZOOM and not rule.get("type"):
        return {"repeat": CHOOSE_REPEAT}
    number = start.isoweekday() % 7 + 1
    if form.repeat == "weekly" and form.valid_weekdays() and str(number) not in form.weekdays:
        return {"weekdays": f"The next session is on a {dates.WEEKDAYS[number - 2]}: choose that day, too"}
    if form.repeat == "monthly" and form.month_day and form.month_day not in month_days(first_day):
        return {"date": f"The series is on the {form.month_day} of the month: choose such a day"}
    return {}


def month_day(rule: JsonObject) -> str:
    """The day of a monthly rule that names a week: "second Tuesday"; empty for another rule."""
    week, number = MONTH_WEEKS.get(rule.number("monthly_week"), ""), rule.number("monthly_week_day")
    return f"{week} {dates.WEEKDAYS[number - 2]}" if week and 1 <= number <= 7 else ""


def month_days(day: date) -> set[str]:
    """What a monthly rule can call this day: "fourth Tuesday", "last Tuesday"."""
    week = MONTH_WEEKS.get((day.day + 6) // 7, "last")
    is_last = (day + timedelta(days=7)).month != day.month
    return {f"{name} {dates.WEEKDAYS[day.weekday()]}" for name in (week, *(["last"] if is_last else []))}


def shift_weekday(number: int, days: int) -> int:
    """Zoom's number of a day of the week, 1 for Sunday, some days later."""
    return (number - 1 + days) % 7 + 1
