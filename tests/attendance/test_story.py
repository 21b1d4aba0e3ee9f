"""The story of a meeting in sentences, and what is said of one that has just ended."""

from datetime import UTC, datetime, timedelta

import pytest

from zoomapp.attendance import Frame, Record
from zoomapp.attendance.attendance_table import AttendanceTable
from zoomapp.attendance.just_ended import just_ended, may_read_final_list
from zoomapp.attendance.story import arrivals, half_stayed, story
from zoomapp.zoom.models import PastMeeting

START, END = 36_000.0, 38_760.0  # 10:00 to 10:46
FRAME = Frame(END, START, START + 2700, END)


def clock(at):
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M")


def table(*stays, frame=FRAME, source="webhook", **more):
    """People by the minutes after the start at which they came and left."""
    records = [
        Record(source, str(number), joined_at=START + 60 * came, left_at=START + 60 * left, name=f"Guest {number}")
        for number, (came, left) in enumerate(stays)
    ]
    return AttendanceTable.of(records, frame, **more)


@pytest.mark.parametrize(
    ("stays", "expected"),
    [
        ([], "Nobody came."),
        ([(0, 46)], "1 person came, on time."),
        ([(9, 46)], "1 person came, late."),
        ([(0, 46)] * 3, "3 people came, all on time. Everyone stayed to the end."),
        ([(0, 46), (0, 46), (9, 46)], "3 people came, 2 of them on time. Everyone stayed to the end."),
        ([(9, 46), (9, 46)], "2 people came, none of them on time. Everyone stayed to the end."),
        ([(0, 46), (0, 30), (0, 20)], "3 people came, all on time. 2 left before 10:35."),
        ([(0, 46), (0, 30)], "2 people came, all on time."),
        ([(0, 46)] * 36 + [(9, 46)] * 14, "50 people came, 72% on time. Everyone stayed to the end."),
    ],
)
def test_story_counts_arrivals_then_departures(stays, expected):
    assert story(table(*stays), clock) == expected


def test_story_without_a_schedule_or_with_missing_rows_says_no_more_than_is_known():
    unknown = Frame(END, ended_at=END, schedule_known=False)

    assert story(table((0, 46), (9, 20), (9, 20), frame=unknown), clock) == "3 people came."
    assert story(table((0, 46), (9, 20), complete=False), clock) == "Of the 2 people loaded, 1 came on time."
    assert arrivals(table((0, 46), frame=unknown, unreadable=1)) == "1 person loaded."


def test_half_of_the_people_get_a_sentence_from_ten_people_on():
    assert half_stayed(table(*[(0, 46)] * 9)) == ""
    assert half_stayed(table(*[(0, 40 - number) for number in range(11)])) == "Half stayed 35 min or longer."


def at(seconds):
    return datetime.fromtimestamp(seconds, UTC)


def test_meeting_has_just_ended_for_an_hour_and_waits_for_the_report_for_45_minutes():
    people = table((9, 46), (0, 20), (0, 46))
    first = just_ended(people, at(END), None, at(END + 5), may_get_report=True)

    assert (first.ended_at, first.seconds, first.report_by) == (at(END), 46 * 60, at(END + 1800))
    assert [row.person.name for row in first.worth_a_look] == ["Guest 1", "Guest 0"]
    assert first.waits_for_report
    assert not just_ended(people, at(END), None, at(END + 2701), may_get_report=True).waits_for_report
    assert not just_ended(people, at(END), None, at(END), may_get_report=False).waits_for_report
    final = table((0, 46), source="report")
    assert not just_ended(final, at(END), None, at(END), may_get_report=True).waits_for_report
    assert just_ended(people, at(END), None, at(END + 3600), may_get_report=True) is None


def test_final_list_needs_one_of_two_scopes():
    assert may_read_final_list({"meeting:read:list_past_participants"}) and may_read_final_list(())
    assert not may_read_final_list({"meeting:read:meeting"})


def test_end_that_nobody_saw_is_not_later_than_the_last_data():
    # Of a person whose leave was lost, the frame has no end but now.
    open_end, now = Frame(END + 900, START, None, END + 900), at(END + 900)
    past = PastMeeting("u", end_at=at(END) + timedelta(minutes=5))

    assert just_ended(table((0, 46), frame=open_end), at(END), None, now, may_get_report=True).ended_at == at(END)
    assert just_ended(table((0, 46), frame=open_end), at(END - 4000), None, now, may_get_report=True) is None
    assert just_ended(table((0, 46)), at(END), past, now, may_get_report=True).ended_at == past.end_at
