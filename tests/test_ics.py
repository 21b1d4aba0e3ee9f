"""Calendar files, read back by the rules of RFC 5545."""

import re
from datetime import UTC, datetime

from zoomapp.ics import calendar, file_name
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


def test_lines_end_with_crlf_and_have_75_octets_at_most():
    text = calendar(meeting(topic="Ünïcödé " * 40), NOW)

    assert "\n" not in text.replace("\r\n", "")
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert "SUMMARY:" + ("Ünïcödé " * 40) in unfolded(text)


def test_text_is_escaped():
    lines = unfolded(calendar(meeting(), NOW))

    assert r"SUMMARY:Review\; of\, all\\ things" in lines
    assert any(line.startswith(r"DESCRIPTION:One\nTwo\n\n") for line in lines)


def test_a_topic_cannot_smuggle_a_line_in():
    lines = unfolded(calendar(meeting(topic="x\r\nATTENDEE:mailto:a@b"), NOW))

    assert not [line for line in lines if line.startswith("ATTENDEE")]


def test_a_single_meeting_is_in_utc():
    lines = unfolded(calendar(meeting(), NOW))

    assert "DTSTART:20260309T100000Z" in lines
    assert "DTEND:20260309T104500Z" in lines
    assert "BEGIN:VTIMEZONE" not in lines


def test_a_series_keeps_its_hour_over_the_change_of_clocks():
    lines = unfolded(calendar(meeting(**SERIES), NOW))

    assert "DTSTART;TZID=Europe/Berlin:20260309T110000" in lines
    assert "RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=MO;COUNT=6" in lines
    change = lines.index("DTSTART:20260329T020000")
    assert lines[change + 1 : change + 3] == ["TZOFFSETFROM:+0100", "TZOFFSETTO:+0200"]
    assert lines[change - 1] == "BEGIN:DAYLIGHT"


def test_zones_off_the_hour_are_written_to_the_minute():
    lines = unfolded(calendar(meeting(**SERIES, zone_name="Asia/Kathmandu"), NOW))

    assert "TZOFFSETTO:+0545" in lines


def test_a_deleted_date_is_left_out():
    gone = Occurrence("1", datetime(2026, 3, 16, 10, tzinfo=UTC), 45, deleted=True)

    assert "EXDATE;TZID=Europe/Berlin:20260316T110000" in unfolded(
        calendar(meeting(**SERIES, occurrences=(gone,)), NOW)
    )


def test_the_passcode_is_there_only_when_asked_for():
    assert "7Qk2Lm" not in calendar(meeting(), NOW)
    assert "7Qk2Lm" in calendar(meeting(), NOW, with_passcode=True)


def test_the_same_meeting_keeps_its_name_and_a_later_file_wins():
    first, later = calendar(meeting(), NOW), calendar(meeting(), NOW.replace(hour=11))

    def value(text, name):
        return re.search(rf"^{name}:(.*)\r$", text, re.M)[1]

    assert value(first, "UID") == value(later, "UID")
    assert int(value(first, "SEQUENCE")) < int(value(later, "SEQUENCE"))


def test_the_file_name_is_plain():
    assert file_name(meeting(topic="Müller & Sohn: Q3")) == "2026-03-09_muller-sohn-q3.ics"


def test_the_page_serves_it(dana, world):
    weekly = next(each for each in world.meetings.values() if each.topic == "Weekly sync")

    answer = dana.get(f"/meetings/{weekly.id}.ics")

    assert answer.content_type == "text/calendar; charset=utf-8"
    assert re.fullmatch(r'attachment; filename="[\w.-]+\.ics"', answer.headers["Content-Disposition"])
    assert "RRULE:" in answer.text
