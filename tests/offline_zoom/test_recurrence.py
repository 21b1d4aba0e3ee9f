"""The occurrences of a recurring meeting."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from offline_zoom.dates import parse_start
from offline_zoom.recurrence import occurrences

BERLIN = "Europe/Berlin"


def dates(rule: dict, start: str) -> list[str]:
    """The local dates and times, as a calendar shows them."""
    found = occurrences(rule, parse_start(start, BERLIN), 30, BERLIN)
    return [datetime.fromtimestamp(one.start_at, ZoneInfo(BERLIN)).strftime("%a %m-%d %H:%M") for one in found]


@pytest.mark.parametrize(
    ("rule", "start", "expected"),
    [
        (
            {"type": 1, "repeat_interval": 2, "end_times": 3},
            "2026-03-02T09:00:00",
            ["Mon 03-02", "Wed 03-04", "Fri 03-06"],
        ),
        (
            {"type": 2, "weekly_days": "2,4", "end_times": 3},
            "2026-03-03T09:00:00",
            ["Wed 03-04", "Mon 03-09", "Wed 03-11"],
        ),
        (
            {"type": 2, "repeat_interval": 2, "weekly_days": "1", "end_times": 2},
            "2026-03-01T09:00:00",
            ["Sun 03-01", "Sun 03-15"],
        ),
        ({"type": 3, "monthly_day": 31, "end_times": 2}, "2026-03-01T09:00:00", ["Tue 03-31", "Sun 05-31"]),
        (
            {"type": 3, "monthly_week": -1, "monthly_week_day": 6, "end_times": 2},
            "2026-03-01T09:00:00",
            ["Fri 03-27", "Fri 04-24"],
        ),
        (
            {"type": 3, "monthly_week": 2, "monthly_week_day": 2, "end_times": 2},
            "2026-03-01T09:00:00",
            ["Mon 03-09", "Mon 04-13"],
        ),
    ],
)
def test_the_rule_gives_these_days_at_the_same_hour(rule, start, expected):
    assert dates(rule, start) == [f"{day} 09:00" for day in expected]


def test_the_hour_stays_over_the_change_to_summer_time():
    assert dates({"type": 1, "end_times": 2}, "2026-03-28T09:00:00") == ["Sat 03-28 09:00", "Sun 03-29 09:00"]


def test_series_ends_at_its_end_date():
    assert len(dates({"type": 1, "end_date_time": "2026-03-05T00:00:00Z"}, "2026-03-02T09:00:00")) == 3


def test_a_series_without_end_has_sixty_dates():
    assert len(dates({"type": 1, "end_times": 0}, "2026-03-02T09:00:00")) == 60
