"""Rate limits: the wait of a 429, and the daily quota that a call uses."""

from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoomapp.zoom.rate_limits import LONGEST, daily_label, host_quota_path, is_daily, quota_owner, retry_after_seconds

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
def test_retry_after_is_read_in_every_form(text, seconds):
    assert retry_after_seconds(text, NOW) == seconds


def test_a_daily_limit_without_a_time_ends_at_midnight_utc():
    assert retry_after_seconds("", NOW, daily=True) == 3600


@given(st.text(max_size=60))
def test_the_wait_is_between_a_second_and_a_day_for_any_text(text):
    assert 1 <= retry_after_seconds(text, NOW) <= LONGEST


@given(st.integers(min_value=1, max_value=80_000))
def test_the_three_forms_of_retry_after_agree(seconds):
    moment = datetime.fromtimestamp(NOW + seconds, UTC)

    forms = [str(seconds), moment.isoformat(), format_datetime(moment, usegmt=True)]

    assert {retry_after_seconds(form, NOW) for form in forms} == {seconds}


def test_daily_limits_are_distinguished_from_limits_per_second():
    assert is_daily("Daily-limit", "")
    assert is_daily("", "You have exceeded the daily rate limit (100) of Meeting Create/Update API requests")
    assert not is_daily("QPS", "You have reached the maximum per-second rate limit for this API.")


@pytest.mark.parametrize(
    ("limit_type", "message", "whose"),
    [
        ("Daily-limit", "", "account"),
        ("", "You have reached the maximum daily rate limit for this API.", "account"),
        ("", "You have exceeded the daily rate limit (100) of Meeting Create/Update API requests permitted …", "host"),
        ("Daily-limit", "You have exceeded the daily rate limit (3) of requests permitted for this registrant.", ""),
        ("QPS", "You have reached the maximum per-second rate limit for this API.", ""),
    ],
)
def test_the_owner_of_an_exhausted_quota_is_read_from_zooms_message(limit_type, message, whose):
    assert quota_owner(limit_type, message) == whose


@pytest.mark.parametrize(
    ("method", "path", "label"),
    [
        ("GET", "/v2/users/me", "light"),
        ("HEAD", "/v2/users/me", "light"),
        ("GET", "/v2/users/me/meetings", "medium"),
        ("PATCH", "/v2/meetings/1", "light"),
        ("GET", "/v2/past_meetings/a%252Fb/participants", "medium"),
        ("GET", "/v2/report/meetings/1", "heavy"),
        ("GET", "/v2/metrics/meetings", "heavy"),
        ("GET", "/v2/metrics/meetings/1/participants", "heavy"),
        ("GET", "/v2/groups", ""),
        ("DELETE", "/v2/users/me", ""),
    ],
)
def test_a_call_uses_the_daily_quota_of_its_label(method, path, label):
    assert daily_label(method, path) == label


def test_a_label_that_zoom_sends_overrides_the_table():
    assert daily_label("GET", "/v2/users/me", "Medium") == "medium"
    assert daily_label("GET", "/v2/groups", "Resource-intensive") == "heavy"
    assert daily_label("GET", "/v2/users/me", "Featherweight") == "light"


@given(st.sampled_from(["GET", "HEAD", "POST", "DELETE"]), st.text(), st.text())
def test_a_daily_label_is_one_of_three_or_empty(method, path, category):
    assert daily_label(method, f"/v2/{path}", category) in {"light", "medium", "heavy", ""}


@pytest.mark.parametrize(
    ("method", "path", "address"),
    [
        ("POST", "/v2/users/me/meetings", "/v2/users/dana/meetings"),
        ("POST", "/v2/users/dana/meetings", "/v2/users/dana/meetings"),
        ("PATCH", "/v2/meetings/1", "/v2/meetings/1"),
        ("PATCH", "/v2/meetings/1/status", ""),
        ("GET", "/v2/users/me/meetings", ""),
        ("DELETE", "/v2/meetings/1", ""),
    ],
)
def test_creating_and_updating_a_meeting_count_for_its_host(method, path, address):
    assert host_quota_path(method, path, "dana") == address
