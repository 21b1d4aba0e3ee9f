"""Dashboard and reports: live and past meetings, and who may read them."""

from __future__ import annotations

import pytest

from offline_zoom.stories.quiet_day import FOCUS, WEBINAR, WEEKLY
from tests.offline_zoom.conftest import caller, refusal


def test_live_participants_include_people_who_left(dana, world, clock):
    instance = world.start_meeting(WEEKLY)
    world.join(instance, "dana")
    lee = world.join(instance, name="Guest Lee")
    clock.at += 60
    world.leave(instance, lee)

    rows = dana.json(f"/metrics/meetings/{WEEKLY}/participants")["participants"]

    assert [row["user_name"] for row in rows] == ["Dana Okoye", "Guest Lee"]
    assert ["leave_time" in row for row in rows] == [False, True]
    assert [row["role"] for row in rows] == ["host", "attendee"]


def test_dashboard_has_no_live_data_of_a_meeting_that_does_not_run(dana):
    assert refusal(dana.get(f"/metrics/meetings/{WEEKLY}/participants")) == (404, 3001)
    assert refusal(dana.get(f"/metrics/meetings/{WEEKLY}", type="live")) == (404, 3001)
    assert dana.json(f"/metrics/meetings/{WEEKLY}", type="past")["id"] == WEEKLY


def test_running_meeting_is_not_in_past_meetings(dana, world, clock):
    uuid = world.start_meeting(WEEKLY).uuid.replace("/", "%252F").replace("+", "%252B").replace("=", "%253D")

    assert refusal(dana.get(f"/past_meetings/{uuid}")) == (404, 3001)
    assert refusal(dana.get(f"/report/meetings/{uuid}/participants")) == (404, 3001)


def test_report_is_ready_some_time_after_the_meeting(dana, world, clock):
    world.switches.ready_after = 120
    instance = world.start_meeting(85000000101)
    clock.at += 60
    world.end_meeting(instance)

    early = dana.get("/past_meetings/85000000101")
    clock.at += 120

    assert early.json() == {"code": 3001, "message": "Meeting ID is invalid or not end."}
    assert dana.get("/past_meetings/85000000101").status_code == 200


def test_dashboard_requires_both_dates(dana):
    answer = dana.get("/metrics/meetings", from_="2026-03-01")

    assert refusal(answer) == (400, 300)
    assert answer.json()["errors"][0]["field"] == "to"


@pytest.mark.parametrize(
    ("first", "last"), [("2026-01-01", "2026-03-01"), ("2025-06-01", "2025-06-20"), ("2026-03-04", "2026-03-01")]
)
def test_dashboard_range_is_one_month_of_the_last_six(dana, first, last):
    assert refusal(dana.get("/metrics/meetings", from_=first, to=last)) == (400, 300)


def test_dashboard_durations_are_text_and_dates_are_repeated(dana):
    body = dana.json("/metrics/meetings", type="past", from_="2026-02-20", to="2026-03-04")

    assert (body["from"], body["to"]) == ("2026-02-20", "2026-03-04")
    row = next(row for row in body["meetings"] if row["id"] == WEEKLY)
    assert (row["duration"], row["host"], row["email"]) == ("44:00", "Dana Okoye", "dana@example.com")
    assert FOCUS not in {row["id"] for row in body["meetings"]}


def test_a_webinar_has_no_metrics(dana):
    assert dana.get(f"/metrics/meetings/{WEBINAR}").json() == {"code": 300, "message": "Can not access webinar info"}


def test_registrant_ids_are_included_on_request(dana):
    plain = dana.json(f"/report/meetings/{WEEKLY}/participants")["participants"]
    asked = dana.json(f"/report/meetings/{WEEKLY}/participants", include_fields="registrant_id")["participants"]

    assert all("registrant_id" not in row for row in plain)
    assert "rMina01" in {row["registrant_id"] for row in asked}


def test_three_participant_lists_use_different_field_names(dana):
    past = dana.json(f"/past_meetings/{WEEKLY}/participants")["participants"][0]
    report = dana.json(f"/report/meetings/{WEEKLY}/participants")["participants"][0]
    metrics = dana.json(f"/metrics/meetings/{WEEKLY}/participants", type="past")["participants"][0]

    assert past["name"] == report["name"] == metrics["user_name"] == "Dana Okoye"
    assert past["user_email"] == report["user_email"] == metrics["email"] == "dana@example.com"
    assert "duration" in past and "duration" in report and "duration" not in metrics
    assert "internal_user" in past and "internal_user" not in report


def test_report_of_a_meeting_older_than_a_year_is_refused(dana, clock, world):
    clock.at += 366 * 86400

    assert refusal(caller(world, "dana").get(f"/past_meetings/{WEEKLY}")) == (400, 12702)


def test_a_free_plan_has_no_participants_and_no_recordings(world):
    finn = caller(world, "finn")

    assert refusal(finn.get("/past_meetings/87000000401/participants")) == (400, 200)
    assert refusal(finn.get("/users/me/recordings")) == (400, 200)
    assert finn.json("/past_meetings/87000000401")["topic"] == "Catch-up"


def test_a_personal_account_sees_participants_after_the_meeting_only(world):
    priya = caller(world, "priya")

    assert priya.json("/past_meetings/87000000301/participants")["total_records"] == 2
    assert refusal(priya.get("/metrics/meetings/87000000301/participants")) == (400, 4711)
    assert refusal(priya.get("/report/meetings/87000000301/participants")) == (400, 4711)


def test_unknown_meetings_are_not_found(dana):
    for path in (
        "/past_meetings/1",
        "/past_meetings/1/participants",
        "/past_meetings/1/instances",
        "/report/meetings/1",
    ):
        assert refusal(dana.get(path)) == (404, 3001)
    assert refusal(dana.get("/metrics/meetings/1", type="past")) == (404, 3001)
