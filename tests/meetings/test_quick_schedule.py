"""The short form of the overview: which starts it proposes."""

from datetime import UTC, datetime, timedelta

import pytest

from zoomapp.meetings.quick_schedule import default_topic, prefilled, proposed_starts


@pytest.mark.parametrize(
    ("now", "values"),
    [
        # A Monday: next Monday is a week later. The next quarter hour at least an hour ahead.
        ("2026-11-23T09:47", ["2026-11-23T11:00", "2026-11-24T09:00", "2026-11-30T09:00"]),
        ("2026-11-23T09:45", ["2026-11-23T10:45", "2026-11-24T09:00", "2026-11-30T09:00"]),
        # A Sunday: tomorrow is next Monday.
        ("2026-11-29T22:30", ["2026-11-29T23:30", "2026-11-30T09:00"]),
    ],
)
def test_starts_are_proposed_in_the_zone_of_the_viewer(now, values):
    # New York is five hours behind UTC in November.
    at = datetime.fromisoformat(now).replace(tzinfo=UTC) + timedelta(hours=5)

    assert [start.value for start in proposed_starts(at, "America/New_York")] == values


def test_proposed_start_has_its_moment():
    now = datetime(2026, 3, 28, 11, 20, tzinfo=UTC)

    tomorrow = proposed_starts(now, "Europe/Berlin")[1]

    # The clocks go forward on that day.
    assert tomorrow.at == datetime(2026, 3, 29, 7, tzinfo=UTC)


def test_default_topic_has_the_first_name():
    assert default_topic("Dana Okoye") == "Dana’s meeting"
    assert default_topic("") == "My meeting"


def test_new_form_has_the_topic_and_duration_of_the_address():
    now = datetime(2026, 3, 28, 11, 20, tzinfo=UTC)

    form = prefilled(now, "UTC", {"topic": "Plans", "duration": "1h", "date": "1999-01-01"})

    assert (form.topic, form.duration_words, form.date) == ("Plans", "1 h", "2026-03-28")
