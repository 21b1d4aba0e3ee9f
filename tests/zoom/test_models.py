"""Zoom's JSON as dataclasses: a value of an unexpected type is missing, and the row stays."""

from datetime import UTC, datetime

import pytest

from zoomapp.errors import UpstreamError
from zoomapp.zoom.models import SCHEDULED, Meeting, Occurrence, Page, PastMeeting, User
from zoomapp.zoom.tolerant_reader import JsonObject

MEETING = {
    "id": 85000000101,
    "uuid": "AAAAAAAAAAAAAAAAAAAAAA==",
    "topic": "Design review",
    "type": 2,
    "host_id": "dana",
    "start_time": "2026-03-02T10:30:00Z",
    "duration": 30,
    "timezone": "Europe/Berlin",
    "agenda": "Three drafts",
    "join_url": "https://zoom.us/j/85000000101",
    "status": "waiting",
    "password": "secret",
    "settings": {"waiting_room": True},
    "recurrence": {"type": 1},
    "occurrences": [{"occurrence_id": "1", "start_time": "2026-03-02T10:30:00Z", "duration": 30, "status": "deleted"}],
}
UNEXPECTED = [
    None,
    True,
    [],
    {},
    ["text"],
    {"a": 1},
    [[1]],
    -1,
    1e300,
    float("inf"),
    10**30,
    "\ufffd" * 3,
    "9999-99-99",
]


def read(fields):
    return Meeting.from_api(JsonObject(fields, "test meeting"))


@pytest.mark.parametrize("name", [name for name in MEETING if name != "id"])
@pytest.mark.parametrize("value", UNEXPECTED)
def test_a_field_of_an_unexpected_type_is_the_only_one_missing(name, value):
    meeting = read({**MEETING, name: value})

    assert meeting.id == 85000000101
    others = {"topic": "Design review", "duration": 30, "agenda": "Three drafts", "password": "secret"}
    others.pop(name, None)
    found = {**vars(meeting), "duration": meeting.duration_minutes}
    assert {field: found[field] for field in others} == others
    assert isinstance(meeting.topic, str)
    assert 0 <= meeting.duration_minutes < 10**6
    assert meeting.start_at is None or meeting.start_at == datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
    assert meeting.end_at is None or meeting.end_at >= meeting.start_at


@pytest.mark.parametrize("name", [name for name in MEETING if name != "id"])
def test_a_meeting_may_lack_any_field_but_its_id(name):
    assert read({key: value for key, value in MEETING.items() if key != name}).id == 85000000101


@pytest.mark.parametrize("value", [None, "", "soon", True, [], {}, -5, 0, 1e300, float("nan")])
def test_a_meeting_without_an_id_is_a_broken_row(value):
    assert read({**MEETING, "id": value}) is None


def test_numbers_may_be_sent_as_text_and_text_as_numbers():
    meeting = read({**MEETING, "id": "85000000101", "type": "8", "duration": "45", "topic": 2026, "extra": [1]})

    assert (meeting.id, meeting.type, meeting.duration_minutes, meeting.topic) == (85000000101, 8, 45, "2026")


@pytest.mark.parametrize("start", ["0001-01-01T00:00:00Z", "2026-02-30T10:00:00Z", "9999-12-31T23:59:59Z", 1772445600])
def test_an_impossible_start_is_no_start(start):
    assert read({**MEETING, "start_time": start}).start_at is None


def test_an_unknown_type_is_neither_planned_nor_recurring():
    meeting = read({**MEETING, "type": 99})

    assert (meeting.planned, meeting.recurring) == (False, False)
    assert read({**MEETING, "type": "?"}).type == SCHEDULED


def test_an_unreadable_occurrence_is_left_out():
    rows = [{"occurrence_id": 7, "start_time": None, "duration": "x"}, "broken", None]

    assert read({**MEETING, "occurrences": rows}).occurrences == (Occurrence("7", None),)


@pytest.mark.parametrize("value", UNEXPECTED)
def test_a_user_needs_only_an_id(value):
    fields = dict.fromkeys(("display_name", "first_name", "email", "timezone", "type", "account_id"), value)

    user = User.from_api(JsonObject({"id": "dana", **fields}, "test user"))

    assert (user.id, user.basic) == ("dana", False)
    assert User.from_api(JsonObject({"id": value if value not in (-1, 10**30) else None}, "test user")) is None or (
        isinstance(value, str)
    )


@pytest.mark.parametrize("value", UNEXPECTED)
def test_a_past_meeting_is_read_as_far_as_possible(value):
    fields = dict.fromkeys(("id", "topic", "start_time", "end_time", "user_name", "host_id"), value)

    meeting = PastMeeting.from_api(JsonObject({"uuid": "u", **fields}, "test past meeting"))

    assert (meeting.uuid, meeting.start_at, meeting.end_at) == ("u", None, None)
    assert meeting.id >= 0


def test_a_page_counts_the_rows_that_it_could_not_read():
    rows = [MEETING, "broken", None, {**MEETING, "id": None}, {**MEETING, "id": "7"}]

    page = Page.of({"meetings": rows, "next_page_token": 7, "total_records": "9"}, "meetings", Meeting.from_api)

    assert ([meeting.id for meeting in page], page.unreadable) == ([85000000101, 7], 3)
    assert (page.page_token, page.total, page[0].topic, len(page)) == ("7", 9, "Design review", 2)


@pytest.mark.parametrize("body", [None, [], "", 7, {}, {"meetings": None}, {"meetings": {}}, {"rows": []}])
def test_a_page_without_the_list_is_a_failure(body):
    with pytest.raises(UpstreamError):
        Page.of(body, "meetings", Meeting.from_api)
