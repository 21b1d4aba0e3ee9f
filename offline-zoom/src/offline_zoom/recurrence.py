"""The dates of a recurring meeting, from Zoom's ``recurrence`` object."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from offline_zoom.dates import zone
from offline_zoom.model import Occurrence

DAILY, WEEKLY, MONTHLY = 1, 2, 3
MAX_OCCURRENCES = 60
MAX_INTERVAL = {DAILY: 99, WEEKLY: 50, MONTHLY: 10}


def occurrences(rule: dict[str, Any], start_at: float, minutes: int, timezone: str) -> list[Occurrence]:
    """All dates at the same wall-clock time, sixty at most."""
    first = datetime.fromtimestamp(start_at, zone(timezone))
    most = rule.get("end_times") or MAX_OCCURRENCES
    ends = rule.get("end_date_time")
    last = datetime.fromisoformat(ends).timestamp() if ends else float("inf")
    found = []
    for day in islice(days(rule, first.date()), min(most, MAX_OCCURRENCES)):
        at = datetime.combine(day, first.timetz()).timestamp()
        if at > last:
            break
        found.append(Occurrence(at, minutes))
    return found


def days(rule: dict[str, Any], first: date) -> Iterator[date]:
    """The days from ``first`` on, without end."""
    every = rule.get("repeat_interval", 1)
    if rule["type"] == DAILY:
        day = first
        while True:
            yield day
            day += timedelta(days=every)
    elif rule["type"] == WEEKLY:
        yield from weekly(rule, first, every)
    else:
        yield from monthly(rule, first, every)


def weekly(rule: dict[str, Any], first: date, every: int) -> Iterator[date]:
    """``weekly_days`` counts from 1, Sunday."""
    wanted = {int(number) for number in str(rule.get("weekly_days", first.isoweekday() % 7 + 1)).split(",")}
    sunday = first - timedelta(days=first.isoweekday() % 7)
    while True:
        for number in sorted(wanted):
            day = sunday + timedelta(days=number - 1)
            if day >= first:
                yield day
        sunday += timedelta(weeks=every)


def monthly(rule: dict[str, Any], first: date, every: int) -> Iterator[date]:
    """A day of the month, or a weekday of one of its weeks; months without it are left out."""
    month = first.replace(day=1)
    while True:
        day = day_in(rule, month, first.day)
        if day is not None and day >= first:
            yield day
        month = later(month, every)


def later(month: date, months: int) -> date:
    """The first day of a month that many months on."""
    number = month.year * 12 + month.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def day_in(rule: dict[str, Any], month: date, usual: int) -> date | None:
    """The day the rule means in this month."""
    length = calendar.monthrange(month.year, month.month)[1]
    if "monthly_week" not in rule:
        number = rule.get("monthly_day", usual)
        return month.replace(day=number) if number <= length else None
    weekday = rule.get("monthly_week_day", 1) - 1
    matching = [day for day in range(1, length + 1) if month.replace(day=day).isoweekday() % 7 == weekday]
    index = rule["monthly_week"] - 1 if rule["monthly_week"] > 0 else -1
    return month.replace(day=matching[index])
