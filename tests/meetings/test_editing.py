"""What a person changed in the edit form, what someone else changed meanwhile, and the body for Zoom."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoomapp.meetings.editing import changed_fields, form_of
from zoomapp.meetings.form_merge import GROUPS, merge
from zoomapp.meetings.forms import MeetingForm
from zoomapp.meetings.recurrence import changed_rule, month_days, repeat_fields, shift_weekday
from zoomapp.meetings.switches import EDIT_SWITCHES
from zoomapp.zoom.models import FIXED_TIME, Meeting, Occurrence
from zoomapp.zoom.tolerant_reader import JsonObject

START = datetime(2026, 3, 16, 9, tzinfo=UTC)
SERIES = Meeting(
    id=1,
    topic="Weekly sync",
    type=FIXED_TIME,
    start_at=START,
    duration_minutes=45,
    zone_name="Europe/Berlin",
    agenda="Status",
    settings={"waiting_room": True, "alternative_hosts": "maya@example.com;lena@example.com"},
    recurrence={"type": 2, "repeat_interval": 1, "weekly_days": "2", "end_times": 7},
    occurrences=(Occurrence(f"{1000 * START.timestamp():.0f}", START, 45),),
)
NOW = START - timedelta(days=1)
LOADED = form_of(SERIES, "Europe/Berlin", NOW)

texts = st.text(st.characters(codec="ascii", exclude_characters="\r"), max_size=20).map(str.strip)
forms = st.builds(
    MeetingForm,
    topic=texts,
    date=st.sampled_from(["", "2026-03-16", "2026-03-17", "x"]),
    time=st.sampled_from(["", "10:00", "25:00"]),
    duration=st.sampled_from(["", "45", "45 min", "0:45", "1h", "soon"]),
    zone=st.sampled_from(["Europe/Berlin", "Asia/Tokyo", "Mars/Olympus"]),
    agenda=texts,
    alternative_hosts=st.sampled_from(["", "a@example.com", "A@example.com;", "b@example.com, a@example.com"]),
    repeat=st.sampled_from(["", "any", "daily", "weekly", "monthly", "yearly"]),
    weekdays=st.sampled_from([(), ("2",), ("2", "4"), ("9",)]),
    switches=st.frozensets(st.sampled_from(EDIT_SWITCHES)),
)


@given(forms)
def test_form_is_read_again_from_its_fields(form):
    fields = form.as_fields()

    assert MeetingForm.parse(dict(fields), [value for name, value in fields if name == "weekdays"]) == form


@given(forms, forms)
def test_nothing_is_sent_if_nothing_was_changed(loaded, current):
    merged = merge(loaded, loaded, current, occurrence=False)

    assert (merged.form, merged.groups, merged.switches, merged.conflicts) == (current, frozenset(), frozenset(), ())


@given(forms, forms, forms)
def test_group_in_conflict_was_changed_by_both_to_different_values(form, loaded, current):
    merged = merge(form, loaded, current, occurrence=False)

    for group in merged.conflicts:
        # A meeting without a fixed time has no start.
        names = (*GROUPS[group], "repeat") if group == "start" else GROUPS[group]
        values = [[getattr(each, name) for name in names] for each in (form, loaded, current)]
        assert values[0] != values[1] and values[1] != values[2] and values[0] != values[2]
    # Who takes the other's values has no conflict left.
    taken = merge(form, loaded, current, occurrence=False, take=merged.conflicts)
    assert not taken.conflicts
    assert merge(merged.form, current, current, occurrence=False).conflicts == ()


@given(forms)
def test_session_changes_only_what_a_session_may_have(form):
    merged = merge(form, LOADED, LOADED, occurrence=True)

    assert merged.groups <= {"start", "duration", "agenda"}
    assert "registration" not in merged.switches
    assert replace(merged.form, date="", time="", zone="", duration="", agenda="", switches=frozenset()) == replace(
        LOADED, date="", time="", zone="", duration="", agenda="", switches=frozenset()
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [("duration", "0:45"), ("alternative_hosts", "lena@example.com; Maya@example.com"), ("time", "10:00:00")],
)
def test_another_way_to_write_a_value_is_no_change(field, value):
    merged = merge(replace(LOADED, **{field: value}), LOADED, LOADED, occurrence=False)

    assert merged.groups == frozenset()


def test_body_of_a_session_has_its_start_in_utc():
    merged = merge(replace(LOADED, time="11:30"), LOADED, LOADED, occurrence=True)

    assert changed_fields(merged, LOADED, SERIES, occurrence=True) == {"start_time": "2026-03-16T10:30:00Z"}


def test_rule_counts_from_the_next_session():
    rule = changed_rule(LOADED, LOADED, SERIES.recurrence, date(2026, 3, 16), 0)

    assert rule == {"type": 2, "repeat_interval": 1, "weekly_days": "2", "end_times": 1}


def test_fields_of_a_rule_that_the_form_does_not_show_stay():
    current = {"type": 3, "monthly_week": -1, "monthly_week_day": 2, "end_date_time": "2026-12-31T00:00:00Z"}
    form = MeetingForm(**{**vars(LOADED), **repeat_fields(replace(SERIES, recurrence=current), NOW)})

    assert changed_rule(form, form, current, date(2026, 3, 30), 0) == {**current, "repeat_interval": 1}
    ended = changed_rule(replace(form, count="4"), form, current, date(2026, 3, 30), 0)
    assert ended == {"type": 3, "monthly_week": -1, "monthly_week_day": 2, "end_times": 4, "repeat_interval": 1}


def test_monthly_rule_follows_the_day_of_the_start():
    current = {"type": 3, "monthly_day": 16, "end_times": 5}
    form = MeetingForm(**{**vars(LOADED), **repeat_fields(replace(SERIES, recurrence=current), NOW)})

    assert changed_rule(form, form, current, date(2026, 3, 20), 0)["monthly_day"] == 20


@pytest.mark.parametrize("rule", [{}, {"type": 9}, {"type": 2, "weekly_days": "x"}, {"type": "2", "end_times": "many"}])
def test_odd_rule_is_shown_as_far_as_it_can_be_read(rule):
    fields = repeat_fields(replace(SERIES, recurrence=rule), NOW)

    assert fields["repeat"] in ("zoom", "weekly")
    assert fields["interval"] == "1"


def test_type_of_a_rule_that_the_form_does_not_have_stays():
    series = replace(SERIES, recurrence={"type": 9, "repeat_interval": 3, "end_times": 7})
    shown = form_of(series, "Europe/Berlin", NOW)
    assert shown.repeat == "zoom"

    merged = merge(replace(shown, time="11:00"), shown, shown, occurrence=False)
    body = changed_fields(merged, shown, series, occurrence=False)

    assert body["recurrence"] == {"type": 9, "repeat_interval": 3, "end_times": 1}
    chosen = merge(replace(shown, repeat="daily", count="4"), shown, shown, occurrence=False)
    body = changed_fields(chosen, shown, series, occurrence=False)
    assert body["recurrence"] == {"type": 1, "repeat_interval": 3, "end_times": 4}


@pytest.mark.parametrize(
    ("day", "names"),
    [
        (1, {"first Sunday"}),
        (10, {"second Tuesday"}),
        (24, {"fourth Tuesday"}),
        (28, {"fourth Saturday", "last Saturday"}),
        (31, {"last Tuesday"}),
    ],
)
def test_day_has_the_names_that_a_monthly_rule_can_give_it(day, names):
    assert month_days(date(2026, 3, day) if day != 28 else date(2026, 2, 28)) == names


odd = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.lists(st.integers(), max_size=2))
names = st.sampled_from(["type", "weekly_days", "end_times", "repeat_interval", "approval_type", "alternative_hosts"])


@given(
    st.fixed_dictionaries(
        {
            "type": st.sampled_from([2, 3, 8, "8", None]),
            "start_time": st.one_of(odd, st.just("2026-03-16T09:00:00Z")),
            "timezone": st.sampled_from(["Europe/Berlin", "Pacific/Apia", "Mars/Olympus", 7, None]),
            "duration": odd,
            "agenda": odd,
            "settings": st.one_of(odd, st.dictionaries(names, odd)),
            "recurrence": st.one_of(odd, st.dictionaries(names, odd)),
            "occurrences": st.one_of(odd, st.lists(st.fixed_dictionaries({"occurrence_id": odd, "start_time": odd}))),
        }
    )
)
def test_meeting_with_odd_fields_can_be_shown_and_changed(fields):
    meeting = Meeting.from_api(JsonObject({"id": 1, **fields}, "meeting"))
    shown = form_of(meeting, "Asia/Kathmandu", NOW)

    assert MeetingForm.parse(dict(shown.as_fields()), shown.weekdays) == shown
    merged = merge(replace(shown, topic="Other"), shown, shown, occurrence=False)
    assert changed_fields(merged, shown, meeting, occurrence=False) == {"topic": "Other"}


@given(st.integers(1, 7), st.integers(-1, 1))
def test_shifted_weekday_can_be_shifted_back(number, days):
    assert shift_weekday(shift_weekday(number, days), -days) == number
