"""Calendar files, read back by the rules of RFC 5545."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from offline_zoom.faults import Fault
from tests.web.reading import read
from zoomapp.meetings.ics import calendar
from zoomapp.meetings.ics.rule import rule
from zoomapp.zoom.models import Meeting, Occurrence

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
START = datetime(2026, 3, 9, 10, tzinfo=UTC)


def meeting(**changes):
    given = {
        "id": 85512340987,
        "topic": "Review; of, all\\ things",
        "start_at": START,
        "duration_minutes": 45,
        "zone_name": "Europe/Berlin",
        "join_url": "https://zoom.example/j/85512340987?pwd=abc",
        "agenda": "One\nTwo",
        "password": "7Qk2Lm",
    }
    return Meeting(**{**given, **changes})


SERIES = {"type": 8, "recurrence": {"type": 2, "repeat_interval": 1, "weekly_days": "2", "end_times": 6}}


def unfolded(text):
    return text.replace("\r\n ", "").split("\r\n")


def repeats(lines):
    """The parts of the RRULE, in any order."""
    return next(set(line.removeprefix("RRULE:").split(";")) for line in lines if line.startswith("RRULE:"))


def test_lines_end_with_crlf_and_have_75_octets_at_most():
    text = calendar(meeting(topic="Ünïcödé " * 40), NOW)

    assert "\n" not in text.replace("\r\n", "")
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert "SUMMARY:" + ("Ünïcödé " * 40) in unfolded(text)


def test_text_is_escaped():
    lines = unfolded(calendar(meeting(), NOW))

    assert r"SUMMARY:Review\; of\, all\\ things" in lines
    assert any(line.startswith(r"DESCRIPTION:One\nTwo\n\n") for line in lines)


def test_a_topic_cannot_add_a_line():
    lines = unfolded(calendar(meeting(topic="x\r\nATTENDEE:mailto:a@b"), NOW))

    assert not [line for line in lines if line.startswith("ATTENDEE")]


def test_a_single_meeting_is_in_utc():
    lines = unfolded(calendar(meeting(), NOW))

    assert "DTSTART:20260309T100000Z" in lines
    assert "DTEND:20260309T104500Z" in lines
    assert "BEGIN:VTIMEZONE" not in lines


def test_a_series_keeps_its_hour_when_the_clocks_change():
    lines = unfolded(calendar(meeting(**SERIES), NOW))

    assert "DTSTART;TZID=Europe/Berlin:20260309T110000" in lines
    assert repeats(lines) == {"FREQ=WEEKLY", "INTERVAL=1", "BYDAY=MO", "COUNT=6"}
    change = lines.index("DTSTART:20260329T020000")
    assert {"TZOFFSETFROM:+0100", "TZOFFSETTO:+0200"} <= set(lines[change : change + 4])
    assert lines[change - 1] == "BEGIN:DAYLIGHT"


def test_zone_offsets_are_written_to_the_minute():
    lines = unfolded(calendar(meeting(**SERIES, zone_name="Asia/Kathmandu"), NOW))

    assert "TZOFFSETTO:+0545" in lines


def test_a_deleted_occurrence_is_excluded():
    gone = Occurrence("1773655200000", datetime(2026, 3, 16, 10, tzinfo=UTC), 45, deleted=True)

    assert "EXDATE;TZID=Europe/Berlin:20260316T110000" in unfolded(
        calendar(meeting(**SERIES, occurrences=(gone,)), NOW)
    )


def test_a_moved_occurrence_is_identified_by_its_planned_start():
    moved = Occurrence("1773655200000", datetime(2026, 3, 17, 14, tzinfo=UTC), 30)

    lines = unfolded(calendar(meeting(**SERIES, occurrences=(moved,)), NOW))

    event = lines[len(lines) - 1 - lines[::-1].index("BEGIN:VEVENT") :]
    assert {
        "RECURRENCE-ID;TZID=Europe/Berlin:20260316T110000",
        "DTSTART;TZID=Europe/Berlin:20260317T150000",
        "DTEND;TZID=Europe/Berlin:20260317T153000",
    } <= set(event)
    assert len([line for line in lines if line.startswith("UID:85512340987@")]) == 2


def test_an_unchanged_occurrence_has_no_event_of_its_own():
    usual = Occurrence("1773655200000", datetime(2026, 3, 16, 10, tzinfo=UTC), 45)

    assert "RECURRENCE-ID" not in calendar(meeting(**SERIES, occurrences=(usual,)), NOW)


@pytest.mark.parametrize(
    ("recurrence", "expected"),
    [
        ({"type": 1, "repeat_interval": 2, "end_times": 3}, "FREQ=DAILY;INTERVAL=2;COUNT=3"),
        ({"type": 1, "weekly_days": "2"}, "FREQ=DAILY;INTERVAL=1"),
        ({"type": 2, "repeat_interval": 2, "weekly_days": "1,3,7"}, "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,TU,SA;WKST=SU"),
        ({"type": 3, "monthly_day": 31, "end_times": 0}, "FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=31"),
        ({"type": 3, "monthly_week": -1, "monthly_week_day": 6}, "FREQ=MONTHLY;INTERVAL=1;BYDAY=-1FR"),
        (
            {"type": 3, "repeat_interval": 3, "monthly_week": 2, "monthly_week_day": 3},
            "FREQ=MONTHLY;INTERVAL=3;BYDAY=2TU",
        ),
        (
            {"type": 2, "weekly_days": "2", "end_date_time": "2026-06-01T09:00:00Z"},
            "FREQ=WEEKLY;INTERVAL=1;BYDAY=MO;UNTIL=20260601T090000Z",
        ),
    ],
)
def test_a_zoom_recurrence_becomes_an_rrule(recurrence, expected):
    assert rule(recurrence) == expected


MONDAYS_AND_WEDNESDAYS = "FREQ=WEEKLY;INTERVAL=1;BYDAY=MO,WE"


@pytest.mark.parametrize("days", ["2,4", "4, 2", [2, 4], ["2", "4"], ["4", 2, 2], "2,4,9,x,", [2, 4, None, 0, "8", {}]])
def test_weekdays_are_read_from_text_and_lists(days):
    assert rule({"type": 2, "weekly_days": days}) == MONDAYS_AND_WEDNESDAYS


@pytest.mark.parametrize(
    ("days", "expected"), [(2, ";BYDAY=MO"), (24, ""), ("mon", ""), ({}, ""), (2.5, ""), (True, "")]
)
def test_one_weekday_is_a_number_and_nonsense_is_none(days, expected):
    assert rule({"type": 2, "weekly_days": days}) == f"FREQ=WEEKLY;INTERVAL=1{expected}"


@pytest.mark.parametrize(
    ("recurrence", "expected"),
    [
        ({"type": "2", "repeat_interval": "3", "end_times": "5"}, "FREQ=WEEKLY;INTERVAL=3;WKST=SU;COUNT=5"),
        ({"type": "3", "monthly_day": "15"}, "FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=15"),
        ({"type": "3", "monthly_week": "-1", "monthly_week_day": "6"}, "FREQ=MONTHLY;INTERVAL=1;BYDAY=-1FR"),
        ({"type": "often", "weekly_days": "2,4"}, MONDAYS_AND_WEDNESDAYS),
        ({"monthly_day": 15}, "FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=15"),
        ({"type": 9, "repeat_interval": 2}, ""),
        ({"type": 1, "repeat_interval": "x", "end_times": "y"}, "FREQ=DAILY;INTERVAL=1"),
        ({"type": 1, "repeat_interval": -2, "end_times": -1}, "FREQ=DAILY;INTERVAL=1"),
        ({"type": 1, "repeat_interval": [2], "end_times": {"a": 1}}, "FREQ=DAILY;INTERVAL=1"),
        ({"type": 3, "monthly_day": 45}, "FREQ=MONTHLY;INTERVAL=1"),
        ({"type": 3, "monthly_day": "\r\nATTENDEE:x"}, "FREQ=MONTHLY;INTERVAL=1"),
        ({"type": 3, "monthly_week_day": 9, "monthly_day": 4}, "FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=4"),
        ({"type": 3, "monthly_week": 7, "monthly_week_day": 2}, "FREQ=MONTHLY;INTERVAL=1;BYDAY=1MO"),
        ({"type": 1, "end_date_time": "never", "end_times": 4}, "FREQ=DAILY;INTERVAL=1;COUNT=4"),
        ({"type": 1, "end_date_time": 20260601, "end_times": 4}, "FREQ=DAILY;INTERVAL=1;COUNT=4"),
        ({"type": 1, "end_date_time": "0001-01-01T00:00:00Z"}, "FREQ=DAILY;INTERVAL=1"),
        ({"type": 1, "end_date_time": "9999-12-31"}, "FREQ=DAILY;INTERVAL=1"),
    ],
)
def test_an_unreadable_value_of_a_recurrence_is_the_only_one_missing(recurrence, expected):
    assert rule(recurrence) == expected


@pytest.mark.parametrize(
    ("zone", "end", "until"),
    [
        ("America/New_York", "2026-06-01", "20260602T035959Z"),
        ("Pacific/Kiritimati", "2026-06-01", "20260601T095959Z"),
        ("America/New_York", "2026-06-01T09:00:00", "20260601T130000Z"),
        ("America/New_York", "2026-06-01T09:00:00Z", "20260601T090000Z"),
        ("America/New_York", "2026-12-01T09:00:00+02:00", "20261201T070000Z"),
    ],
)
def test_the_end_of_a_series_is_read_in_its_zone(zone, end, until):
    assert rule({"type": 1, "end_date_time": end}, ZoneInfo(zone)) == f"FREQ=DAILY;INTERVAL=1;UNTIL={until}"


def test_a_series_in_its_zone_ends_after_its_last_day():
    series = {"type": 8, "zone_name": "America/New_York", "recurrence": {"type": 1, "end_date_time": "2026-03-20"}}

    lines = unfolded(calendar(meeting(**series), NOW))

    assert repeats(lines) == {"FREQ=DAILY", "INTERVAL=1", "UNTIL=20260321T035959Z"}


def test_a_series_that_does_not_say_how_it_repeats_is_one_event():
    lines = unfolded(calendar(meeting(type=8, recurrence={"repeat_interval": 1}), NOW))

    assert "DTSTART:20260309T100000Z" in lines
    assert not [line for line in lines if line.startswith("RRULE")]


@pytest.mark.parametrize("number", ["²", "soon", "9" * 18, "12", ""])
def test_an_occurrence_without_a_readable_id_was_planned_for_its_start(number):
    gone = Occurrence(number, datetime(2026, 3, 16, 10, tzinfo=UTC), 45, deleted=True)

    assert "EXDATE;TZID=Europe/Berlin:20260316T110000" in unfolded(
        calendar(meeting(**SERIES, occurrences=(gone,)), NOW)
    )


@pytest.mark.parametrize("minutes", [0, -5, 10**12])
def test_an_event_without_a_possible_length_has_no_end(minutes):
    text = calendar(meeting(duration_minutes=minutes), NOW)

    assert "DTSTART:20260309T100000Z" in text
    assert "DTEND" not in text


def observed(lines, local):
    """What a calendar believes: the offset of the last change of the VTIMEZONE before a local time (3.6.5)."""
    changes = [line.removeprefix("DTSTART:") for line in lines if re.fullmatch(r"DTSTART:\d{8}T\d{6}", line)]
    offsets = [line.removeprefix("TZOFFSETTO:") for line in lines if line.startswith("TZOFFSETTO")]
    began = {
        datetime.strptime(change, "%Y%m%dT%H%M%S"): offset for change, offset in zip(changes, offsets, strict=True)
    }
    return began[max(change for change in began if change <= local)]


@pytest.mark.parametrize("name", ["Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe"])
def test_a_calendar_app_finds_every_occurrence_of_the_series(name):
    zone = ZoneInfo(name)

    lines = unfolded(calendar(meeting(**SERIES, zone_name=name), NOW))

    for day in range(3 * 365):
        local = datetime(2026, 3, 9, 12) + timedelta(days=day)
        assert observed(lines, local) == f"{local.replace(tzinfo=zone):%z}", local


def test_the_passcode_is_included_only_on_request():
    assert "7Qk2Lm" not in calendar(meeting(), NOW)
    assert "7Qk2Lm" in calendar(meeting(), NOW, with_passcode=True)


def test_a_later_file_of_the_same_meeting_replaces_the_earlier_one():
    first, later = calendar(meeting(), NOW), calendar(meeting(), NOW.replace(hour=11))

    def value(text, name):
        return re.search(rf"^{name}:(.*)\r$", text, re.M)[1]

    assert value(first, "UID") == value(later, "UID")
    assert int(value(first, "SEQUENCE")) < int(value(later, "SEQUENCE"))


def test_the_meeting_page_serves_the_calendar_file(dana, world):
    weekly = next(each for each in world.meetings.values() if each.topic == "Weekly sync")

    answer = dana.get(f"/meetings/{weekly.id}.ics")

    assert answer.content_type == "text/calendar; charset=utf-8"
    name = "meeting_2026-03-16_weekly-sync.ics"
    assert answer.headers["Content-Disposition"] == f"attachment; filename=\"{name}\"; filename*=UTF-8''{name}"
    assert "RRULE:" in answer.text


UNTIMED = {"id": 85512340987, "topic": "Open room", "settings": {}, "duration": 30, "timezone": "Europe/Berlin"}
NO_START = [
    {"type": 3},
    {"type": 3, "recurrence": {"type": 1}},
    {"type": 8, "recurrence": {"type": 2, "weekly_days": "2"}, "start_time": ""},
    {"type": 2, "start_time": "soon"},
    {"type": 2, "start_time": "0001-01-01T00:00:00Z"},
]


@pytest.mark.parametrize("fields", NO_START)
def test_a_meeting_without_a_start_has_no_calendar_file(dana, world, fields):
    world.faults.append(Fault("GET /v2/meetings/*", 200, {}, {**UNTIMED, **fields}))

    page, refusal = dana.look("/meetings/85512340987.ics"), dana.get("/meetings/85512340987.ics")

    assert "This meeting has no fixed time, so there is no calendar file" in read(page, 404)
    assert (refusal.status_code, refusal.json["error"]) == (404, "not_found")
    assert refusal.json["message"].startswith("This meeting has no fixed time")
    assert ".ics" not in dana.look("/meetings/85512340987").text


@pytest.mark.parametrize(("zone", "day"), [("Pacific/Kiritimati", "2026-03-10"), ("Pacific/Pago_Pago", "2026-03-08")])
def test_a_calendar_file_is_named_after_the_viewers_day(anyone, world, zone, day):
    world.user("dana").timezone = zone
    assert anyone.connect().status_code == 302
    start = "2026-03-09T10:30:00Z" if zone == "Pacific/Kiritimati" else "2026-03-09T10:00:00Z"
    world.faults.append(Fault("GET /v2/meetings/*", 200, {}, {**UNTIMED, "type": 2, "start_time": start}))

    assert f"meeting_{day}_open-room.ics" in anyone.get("/meetings/85512340987.ics").headers["Content-Disposition"]


def test_a_partly_held_series_has_its_remaining_occurrences_only():
    # Weekly, ten times from 2 March. Zoom lists the last seven; the first two of these were deleted, and one later one.
    starts = [datetime(2026, 3, 2, 10, tzinfo=UTC) + timedelta(weeks=week) for week in range(3, 10)]
    occurrences = tuple(
        Occurrence(str(int(at.timestamp()) * 1000), at, 45, deleted=index in (0, 1, 4))
        for index, at in enumerate(starts)
    )
    recurrence = {"type": 2, "repeat_interval": 1, "weekly_days": "2", "end_times": 10}
    given = meeting(zone_name="UTC", start_at=starts[0], type=8, recurrence=recurrence, occurrences=occurrences)

    lines = unfolded(calendar(given, NOW))

    assert "DTSTART:20260406T100000Z" in lines
    assert repeats(lines) == {"FREQ=WEEKLY", "INTERVAL=1", "BYDAY=MO", "COUNT=5"}
    assert [line for line in lines if line.startswith("EXDATE")] == ["EXDATE:20260420T100000Z"]
    assert "BEGIN:VTIMEZONE" not in lines
