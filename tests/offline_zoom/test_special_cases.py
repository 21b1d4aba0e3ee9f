"""Special cases of Zoom's data, all in the story ``quiet-day``."""

from __future__ import annotations

from collections import Counter

from offline_zoom.stories.quiet_day import FIXTURES, FOCUS, OFFICE, TOWN_HALL, WEBINAR, WEEKLY
from tests.offline_zoom.conftest import refusal

SYNC = f"/past_meetings/{WEEKLY}/participants"


def test_a_guest_has_neither_id_nor_email(dana):
    rows = [row for row in dana.json(SYNC)["participants"] if row["name"] == "Guest Lee"]

    assert [(row["id"], row["user_email"], row["internal_user"]) for row in rows] == [("", "", False)] * 2
    assert rows[0]["user_id"] != rows[1]["user_id"]


def test_one_person_has_three_joins_two_of_them_at_once(dana):
    rows = [row for row in dana.json(SYNC)["participants"] if row["name"] == "Jonas Weber"]

    assert len(rows) == 3
    assert rows[1]["join_time"] < rows[0]["leave_time"]
    assert rows[2]["join_time"] > rows[0]["leave_time"]


def test_an_admitted_guest_has_a_waiting_room_row_and_a_meeting_row(dana):
    rows = [row for row in dana.json(SYNC)["participants"] if row["name"] == "Mina Park"]

    assert [row["status"] for row in rows] == ["in_waiting_room", "in_meeting"]
    assert rows[0]["leave_time"] == rows[1]["join_time"]


def test_a_town_hall_has_more_people_than_fit_a_page(dana):
    page = dana.json(f"/past_meetings/{TOWN_HALL}/participants", page_size=300)

    assert page["total_records"] > 300
    assert page["next_page_token"]


def test_one_participant_alone_is_an_empty_list_and_a_past_one(dana):
    alone = f"/metrics/meetings/{FOCUS}/participants"

    assert dana.json(f"/past_meetings/{FOCUS}/participants")["participants"] == []
    assert dana.json(f"/report/meetings/{FOCUS}/participants")["participants"] == []
    assert dana.json(alone, type="pastOne")["total_records"] == 1
    assert refusal(dana.get(alone, type="past")) == (404, 3001)


def test_a_recurring_meeting_without_a_time_has_no_start(dana):
    row = next(row for row in dana.json("/users/me/meetings")["meetings"] if row["id"] == OFFICE)

    assert row["type"] == 3
    assert "start_time" not in row
    assert "start_time" not in dana.json(f"/meetings/{OFFICE}")


def test_a_series_has_a_deleted_occurrence(dana):
    dates = dana.json(f"/meetings/{WEEKLY}")["occurrences"]

    assert Counter(date["status"] for date in dates)["deleted"] == 1
    assert all(date["occurrence_id"].endswith("000") for date in dates)


def test_a_series_stands_once_in_scheduled_and_once_per_date_in_upcoming(dana):
    def count(kind: str) -> int:
        return sum(row["id"] == WEEKLY for row in dana.json("/users/me/meetings", type=kind)["meetings"])

    assert count("scheduled") == 1
    assert count("upcoming") == 2


def test_a_timeline_file_has_no_id_size_or_status(dana):
    files = dana.json(f"/meetings/{WEEKLY}/recordings")["recording_files"]
    timeline = next(file for file in files if file["file_type"] == "TIMELINE")

    assert not {"id", "file_size", "status", "recording_type", "play_url"} & set(timeline)
    assert {"meeting_id", "download_url", "recording_start", "recording_end"} <= set(timeline)


def test_topics_of_the_default_story_have_no_markup(dana):
    topics = [row["topic"] for row in dana.json("/users/me/meetings")["meetings"]]

    assert not any("<" in topic for topic in topics)


def test_topics_of_the_attacking_story_have_markup(dana, world):
    world.load_story("attacking-names")

    topics = [row["topic"] for row in dana.json("/users/me/meetings", page_size=300)["meetings"]]

    assert any("<script>" in topic for topic in topics)


def test_names_are_not_ascii(dana):
    assert any(not row["name"].isascii() for row in dana.json(SYNC)["participants"])


def test_a_leave_reason_has_markup(dana):
    rows = dana.json(f"/metrics/meetings/{WEEKLY}/participants", type="past")["participants"]

    assert any("<br>" in row.get("leave_reason", "") for row in rows)


def test_devices_of_guests_are_not_listed(dana):
    rows = dana.json(f"/metrics/meetings/{WEEKLY}/participants", type="past")["participants"]

    assert not any("device" in row for row in rows if not row["id"])
    assert {row["device"] for row in rows if row["id"]} == {"Mac", "iOS"}


def test_a_webinar_is_not_a_meeting(dana):
    assert dana.get(f"/meetings/{WEBINAR}").json() == {"code": 3000, "message": "Cannot access webinar info."}
    assert WEBINAR not in {row["id"] for row in dana.json("/users/me/meetings")["meetings"]}


def test_the_latest_instance_answers_for_the_number(dana):
    uuids = [row["uuid"] for row in dana.json(f"/past_meetings/{WEEKLY}/instances")["meetings"]]

    assert uuids[:3] == [FIXTURES[1], FIXTURES[3], FIXTURES[2]]
    assert dana.json(f"/past_meetings/{WEEKLY}")["uuid"] == uuids[-1]


def test_durations_cover_one_row_each(dana):
    body = dana.json(f"/past_meetings/{WEEKLY}")
    rows = [row for row in dana.json(SYNC)["participants"] if row["status"] == "in_meeting"]

    assert body["participants_count"] == len(rows)
    assert body["total_minutes"] == round(sum(row["duration"] for row in rows) / 60)
