"""The sessions of a series: where its rule goes on, and how many sessions it has from there."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from zoomapp.meetings.recurrence import repeat_fields
from zoomapp.meetings.sessions import canceled_sessions, moved_sessions, next_start
from zoomapp.zoom.models import FIXED_TIME, Meeting, Occurrence

FIRST = datetime(2026, 3, 16, 9, tzinfo=UTC)
NOW = FIRST - timedelta(days=1)
WEEK = timedelta(weeks=1)


def session(number, *, moved_by=timedelta(0), canceled=False):
    """The session of a week, 0 for the first."""
    start = FIRST + number * WEEK
    return Occurrence(f"{1000 * start.timestamp():.0f}", start + moved_by, 45, canceled)


def series(*occurrences):
    rule = {"type": 2, "weekly_days": "2", "end_times": 9}
    return Meeting(id=1, type=FIXED_TIME, start_at=FIRST, zone_name="UTC", recurrence=rule, occurrences=occurrences)


@pytest.mark.parametrize(
    ("occurrences", "first", "count"),
    [
        ([session(0), session(1), session(2)], 0, 3),
        ([session(0, canceled=True), session(1), session(2)], 1, 2),
        ([session(0, moved_by=timedelta(hours=5)), session(1), session(2)], 1, 2),
        # The rule has canceled and moved sessions again, so they count: the series ends when it did.
        ([session(0), session(1, canceled=True), session(2)], 0, 3),
        ([session(0), session(1, moved_by=-2 * WEEK), session(2)], 0, 3),
        ([session(0), session(1), session(2, canceled=True)], 0, 2),
        # A session that has started is not the next one.
        ([session(-1), session(0), session(1)], 0, 2),
    ],
)
def test_series_goes_on_at_its_next_session_and_is_counted_from_there(occurrences, first, count):
    meeting = series(*occurrences)

    assert next_start(meeting, NOW) == FIRST + first * WEEK
    assert repeat_fields(meeting, NOW)["count"] == str(count)


def test_series_with_moved_sessions_only_has_the_start_of_the_next_one():
    meeting = series(session(0, moved_by=timedelta(hours=5)), session(1, canceled=True))

    assert next_start(meeting, NOW) == FIRST + timedelta(hours=5)


def test_series_that_is_over_has_the_length_of_its_rule():
    meeting = series(session(-2), session(-1))

    assert (next_start(meeting, NOW), repeat_fields(meeting, NOW)["count"]) == (FIRST, "9")


def test_canceled_sessions_before_the_next_start_do_not_come_back():
    meeting = series(session(0, canceled=True), session(1), session(2, canceled=True), session(3))

    assert [each.start_at for each in canceled_sessions(meeting, NOW)] == [FIRST + 2 * WEEK]


def test_canceled_session_at_the_end_comes_back_if_the_rule_has_a_last_day():
    meeting = series(session(0), session(1, canceled=True))

    assert canceled_sessions(meeting, NOW) == []
    ending = replace(meeting, recurrence={"type": 2, "end_date_time": "2026-12-31T00:00:00Z"})
    assert [each.start_at for each in canceled_sessions(ending, NOW)] == [FIRST + WEEK]


def test_session_that_has_started_is_not_a_moved_one():
    meeting = series(session(-1, moved_by=timedelta(hours=1)), session(0))

    assert moved_sessions(meeting, NOW) == []
