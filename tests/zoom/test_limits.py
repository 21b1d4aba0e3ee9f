"""``Retry-After`` in all its forms becomes whole seconds that a person can wait."""

from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoomapp.zoom.limits import LONGEST, is_daily, retry_after_seconds

NOW = datetime(2026, 3, 2, 23, 0, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7),
        (" 7 ", 7),
        ("0", 1),
        ("1.2", 2),
        ("2026-03-03T00:00:00Z", 3600),
        ("2026-03-03T00:00:00", 3600),
        ("2026-03-03T01:00:00+01:00", 3600),
        ("Tue, 03 Mar 2026 00:00:00 GMT", 3600),
        ("2020-01-01T00:00:00Z", 1),
        ("2099-01-01T00:00:00Z", LONGEST),
        ("999999999", LONGEST),
        ("-5", 1),
        ("soon", 1),
        ("", 1),
    ],
)
def test_every_form_is_read(text, seconds):
    assert retry_after_seconds(text, NOW) == seconds


def test_a_daily_limit_without_a_time_ends_at_midnight_utc():
    assert retry_after_seconds("", NOW, daily=True) == 3600


@given(st.text(max_size=60))
def test_whatever_is_sent_the_wait_is_between_a_second_and_a_day(text):
    assert 1 <= retry_after_seconds(text, NOW) <= LONGEST


@given(st.integers(min_value=1, max_value=80_000))
def test_the_three_forms_agree(seconds):
    moment = datetime.fromtimestamp(NOW + seconds, UTC)

    forms = [str(seconds), moment.isoformat(), format_datetime(moment, usegmt=True)]

    assert {retry_after_seconds(form, NOW) for form in forms} == {seconds}


def test_a_day_is_told_from_a_second():
    assert is_daily("Daily-limit", "")
    assert is_daily("", "You have exceeded the daily rate limit (100) of Meeting Create/Update API requests")
    assert not is_daily("QPS", "You have reached the maximum per-second rate limit for this API.")
