"""Computes the occurrences of a recurring meeting from Zoom's ``recurrence`` object."""

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
    """The occurrences, all at the same local time, at most sixty."""
    first = datetime.fromtimestamp(start_at, zone(timezone))
    limit = rule.get("end_times") or MAX_OCCURRENCES
    end_text = rule.get("end_date_time")
    last = datetime.fromisoformat(end_text).timestamp() if end_text else float("inf")
    found = []
    for day in islice(days(rule, first.date()), min(limit, MAX_OCCURRENCES)):
        at = datetime.combine(day, first.timetz()).timestamp()
        if at > last:
            break
        found.append(Occurrence(at, minutes))
    return found


def days(rule: dict[str, Any], first: date) -> Iterator[date]:
    """The dates of the rule from ``first`` on, without end."""
    interval = rule.get("repeat_interval", 1)
    if rule["type"] == DAILY:
        day = first
        while True:
            yield day
            day += timedelta(days=interval)
    elif rule["type"] == WEEKLY:
        yield from weekly(rule, first, interval)
    else:
        yield from monthly(rule, first, interval)


def weekly(rule: dict[str, Any], first: date, interval: int) -> Iterator[date]:
    """The dates of a weekly rule. In ``weekly_days``, 1 is Sunday."""
    weekdays = {int(number) for number in str(rule.get("weekly_days", first.isoweekday() % 7 + 1)).split(",")}
    sunday = first - timedelta(days=first.isoweekday() % 7)
    while True:
        for number in sorted(weekdays):
            day = sunday + timedelta(days=number - 1)
            if day >= first:
                yield day
        sunday += timedelta(weeks=interval)


def monthly(rule: dict[str, Any], first: date, interval: int) -> Iterator[date]:
    """The dates of a monthly rule. Months without that day are left out."""
    month = first.replace(day=1)
    while True:
        day = day_in(rule, month, first.day)
        if day is not None and day >= first:
            yield day
        month = add_months(month, interval)


def add_months(month: date, months: int) -> date:
    """The first day of the month ``months`` later."""
    number = month.year * 12 + month.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def day_in(rule: dict[str, Any], month: date, usual: int) -> date | None:
    """The date of the rule in this month, or None."""
    length = calendar.monthrange(month.year, month.month)[1]
    if "monthly_week" not in rule:
        number = rule.get("monthly_day", usual)
        return month.replace(day=number) if number <= length else None
    weekday = rule.get("monthly_week_day", 1) - 1
    matching = [day for day in range(1, length + 1) if month.replace(day=day).isoweekday() % 7 == weekday]
    index = rule["monthly_week"] - 1 if rule["monthly_week"] > 0 else -1
    return month.replace(day=matching[index])
