"""The schedule form: each invalid field has a message, and a valid form becomes a body for Zoom."""

from datetime import UTC, datetime

import pytest

from zoomapp.meetings.forms import MeetingForm, zoom_faults
from zoomapp.meetings.switches import as_switches, changed_settings

NOW = datetime(2026, 3, 27, 9, 42, tzinfo=UTC)
GOOD = {"topic": "Design review", "date": "2026-03-30", "time": "11:00", "duration": "30", "zone": "Europe/Berlin"}


def validate(weekdays=(), **changes):
    return MeetingForm.parse({**GOOD, **changes}, weekdays).validate(NOW)


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("topic", "  ", "Enter a topic"),
        ("topic", "x" * 212, "Topic is 212 characters, shorten it to 200"),
        ("date", "30.3.2026", "Enter a date, such as 2026-03-27"),
        ("date", "2026-02-30", "Enter a date, such as 2026-03-27"),
        ("date", "2027-06-01", "The start is more than a year away: choose an earlier date"),
        ("time", "25:00", "Enter a time, such as 14:30"),
        ("duration", "0", "Enter a duration between 1 minute and 24 hours"),
        ("duration", "1441", "Enter a duration between 1 minute and 24 hours"),
        ("duration", "½", "Enter a duration such as 45, 1h, or 1:30"),
        ("duration", "1:75", "Enter a duration such as 45, 1h, or 1:30"),
        ("zone", "Mars/Olympus", "Choose a time zone from the list"),
        ("passcode", "has space", "Use up to 10 letters, digits, or @ - _ *"),
        ("passcode", "elevenchars", "Use up to 10 letters, digits, or @ - _ *"),
        ("agenda", "x" * 2001, "The agenda is too long, shorten it to 2000 characters"),
        ("repeat", "yearly", "Choose how the meeting repeats from the list"),
    ],
)
def test_an_invalid_field_has_a_message(field, value, fault):
    assert validate(**{field: value}).faults == {field: fault}


def test_a_start_in_the_past_suggests_the_next_time():
    faults = validate(date="2026-03-27", time="09:00").faults

    assert faults == {"time": "The start is in the past: choose 10:45 or later today"}


def test_a_local_time_that_does_not_exist_is_refused():
    faults = validate(date="2026-03-29", time="02:30").faults

    assert faults["time"].startswith("02:30 doesn't exist on March 29 in Berlin")


def test_an_ambiguous_local_time_means_the_first_with_a_remark():
    validation = validate(date="2026-10-25", time="02:30")

    assert not validation.faults
    assert validation.start_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert "We used the earlier one" in validation.remark


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "America/St_Johns", "Europe/Berlin"])
def test_the_body_has_local_time_and_the_zone_name(zone):
    body = validate(zone=zone).body

    assert (body["start_time"], body["timezone"]) == ("2026-03-30T11:00:00", zone)


def test_waiting_room_and_join_before_host_exclude_each_other():
    both = validate(waiting_room="on", join_before_host="on")

    assert set(both.faults) == {"join_before_host"}
    for switch_on, switch_off in (("waiting_room", "join_before_host"), ("join_before_host", "waiting_room")):
        settings = validate(**{switch_on: "on"}).body["settings"]
        assert (settings[switch_on], settings[switch_off]) == (True, False)


def test_join_before_host_is_off_while_the_waiting_room_is_on():
    assert as_switches({"waiting_room": True, "join_before_host": True}) == {"waiting_room"}


def test_the_body_of_a_weekly_series_has_days_and_count():
    body = validate(["4", "2"], repeat="weekly", interval="2", count="8").body

    assert body["type"] == 8
    assert body["recurrence"] == {"type": 2, "repeat_interval": 2, "end_times": 8, "weekly_days": "2,4"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"interval": "51"}, "interval"), ({"count": "61"}, "count"), ({"count": "x"}, "count"), ({}, "weekdays")],
)
def test_a_series_outside_the_limits_is_refused(changes, field):
    assert field in validate(repeat="weekly", **{"interval": "1", "count": "10", **changes}).faults


def test_a_meeting_without_a_fixed_time_needs_no_start():
    body = validate(repeat="any", date="", time="").body

    assert body["type"] == 3
    assert "start_time" not in body


def test_the_suggested_start_is_not_in_the_hour_that_the_clocks_skip():
    now = datetime(2026, 3, 29, 0, 55, 30, tzinfo=UTC)  # 01:55:30 in Berlin; 02:00 becomes 03:00

    faults = MeetingForm(topic="x", date="2026-03-29", time="01:00", zone="Europe/Berlin").validate(now).faults

    assert faults == {"time": "The start is in the past: choose 03:00 or later today"}


def test_the_default_start_is_the_next_half_hour_at_least_15_minutes_ahead():
    form = MeetingForm.default(NOW, "Europe/Berlin")

    assert (form.date, form.time, form.zone, form.duration) == ("2026-03-27", "11:00", "Europe/Berlin", "30")


def test_only_changed_settings_are_sent():
    shown = as_switches({"waiting_room": True, "mute_upon_entry": True, "auto_recording": "local"})

    assert changed_settings(shown, frozenset({"waiting_room", "mute_upon_entry"})) == {}
    assert changed_settings(shown, frozenset({"waiting_room"})) == {"mute_upon_entry": False}


def test_errors_of_zoom_are_shown_at_the_field_of_the_form():
    assert zoom_faults([("settings.jbh_time", "Odd."), ("start_time", "Late.")], "") == {
        "topic": "Zoom says: Odd.",
        "time": "Zoom says: Late.",
    }
    assert zoom_faults([], "No.") == {"topic": "Zoom says: No."}


def test_a_day_that_is_over_is_a_fault_of_the_date():
    faults = validate(date="2026-03-26", time="12:00").faults

    assert set(faults) == {"date"}


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("45", 45),
        ("45 min", 45),
        ("1h", 60),
        ("1 H", 60),
        ("1:30", 90),
        ("1 h 30 min", 90),
        ("2 hours", 120),
        ("1h5", 65),
    ],
)
def test_a_duration_can_be_typed_in_hours_and_minutes(typed, minutes):
    assert validate(duration=typed).body["duration"] == minutes


@pytest.mark.parametrize(
    ("day", "remark"),
    [("31", "Zoom skips months without a 31st."), ("30", "Zoom skips months without a 30th."), ("28", "")],
)
def test_a_monthly_meeting_says_which_months_are_skipped(day, remark):
    assert validate(date=f"2026-07-{day}", repeat="monthly", interval="1", count="5").remark == remark
