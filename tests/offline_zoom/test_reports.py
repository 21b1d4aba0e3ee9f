"""Reports of an account, analytics of a recording, settings of a user: what they say, and whom they refuse."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from offline_zoom.polls import QUIZ, RELEASE
from offline_zoom.stories.quiet_day import FIXTURES, FOCUS, TOWN_HALL, WEEKLY
from tests.offline_zoom.conftest import caller, refusal

MONTH = {"from_": "2026-02-04", "to": "2026-03-04"}
SYNC = quote(quote(FIXTURES[2], safe=""), safe="")
READS = {
    "account": [
        *("/report/daily", "/report/history_meetings", "/report/users/me/meetings", "/report/upcoming_events"),
        *(f"/report/meetings/{SYNC}/{name}" for name in ("polls", "qa", "survey")),
        *("/meetings/meeting_summaries", "/users/summary"),
    ],
    "own": [
        *(f"/users/me/{name}" for name in ("settings", "permissions", "presence_status", "meeting_templates")),
        *(f"/meetings/{SYNC}/recordings/{name}" for name in ("settings", "registrants", "analytics_summary")),
        *(f"/meetings/{WEEKLY}/survey", f"/meetings/{WEEKLY}/polls/{RELEASE}"),
    ],
}


@pytest.fixture
def classic(world):
    """An admin who uses an app with classic scopes."""
    return caller(world, "dana", ["report:read:admin"])


@pytest.mark.parametrize("path", READS["account"])
def test_reports_of_the_account_need_an_admin_scope(jonas, path):
    assert refusal(jonas.get(path, **MONTH)) == (400, 4711)


@pytest.mark.parametrize("path", READS["own"])
def test_data_of_a_colleague_needs_an_admin_scope(dana, jonas, path):
    assert dana.get(path).status_code == 200
    if "/users/me" not in path:
        assert refusal(jonas.get(path)) == (400, 4711)


def test_figures_of_a_month_agree_with_the_list_of_its_meetings(classic):
    days = classic.json("/report/daily", year="2026", month="2")["dates"]
    listed = classic.json("/report/history_meetings", from_="2026-02-01", to="2026-02-28", page_size="300")

    meetings = listed["history_meetings"]
    assert len(days) == 28
    assert sum(day["meetings"] for day in days) == len(meetings) > 3
    assert sum(day["participants"] for day in days) == sum(meeting["participants"] for meeting in meetings)
    assert "total_records" not in listed
    (sync,) = [meeting for meeting in meetings if meeting["meeting_uuid"] == FIXTURES[2]]
    assert (sync["type"], sync["feature_used"]["poll"], sync["host_email"]) == ("Meeting", True, "dana@example.com")


@pytest.mark.parametrize("query", [{"year": "2025", "month": "6"}, {"month": "13"}, {"month": "4"}])
def test_daily_report_is_refused_for_a_month_out_of_range(classic, query):
    assert refusal(classic.get("/report/daily", **query)) == (400, 300)


def test_report_of_a_user_has_meetings_of_two_people_or_on_request_of_one(dana):
    several = dana.json("/report/users/me/meetings", **MONTH)
    alone = dana.json("/report/users/me/meetings", type="pastOne", **MONTH)

    assert FOCUS not in {meeting["id"] for meeting in several["meetings"]}
    assert [meeting["id"] for meeting in alone["meetings"]] == [FOCUS]
    assert dana.json("/report/history_meetings", search_key="town", **MONTH)["history_meetings"][0]["meeting_id"] == (
        TOWN_HALL
    )


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/report/history_meetings", {}),
        ("/report/history_meetings", {"from_": "2026-01-01", "to": "2026-03-04"}),
        ("/report/users/me/meetings", {"from_": "2025-06-01", "to": "2025-06-20"}),
        ("/report/upcoming_events", {"from_": "2026-03-05", "to": "2026-03-04"}),
        ("/users/email", {"email": "dana"}),
        ("/meetings/meeting_summaries", {"from_": "yesterday"}),
    ],
)
def test_range_that_is_missing_too_long_or_too_old_is_refused(dana, path, query):
    assert refusal(dana.get(path, **query)) == (400, 300)


def test_upcoming_events_have_each_occurrence_of_a_series(dana):
    events = dana.json("/report/upcoming_events", from_="2026-03-04", to="2026-04-04", page_size="300")

    starts = [event["start_time"] for event in events["upcoming_events"] if event["id"] == str(WEEKLY)]
    assert starts == sorted(set(starts)) and len(starts) == 2


def test_reports_of_a_meeting_have_names_questions_and_survey_answers(dana):
    polls, questions, survey = (dana.json(f"/report/meetings/{SYNC}/{name}") for name in ("polls", "qa", "survey"))

    assert (polls["questions"][0]["first_name"], polls["questions"][0]["last_name"]) == ("Dana", "Okoye")
    details = [detail for person in questions["questions"] for detail in person["question_details"]]
    assert [detail["question_status"] for detail in details] == ["answered", "open", "answered"]
    assert [len(detail["answer_details"]) for detail in details] == [1, 0, 1]
    assert survey["survey_answers"][-1]["name"] == ""
    assert refusal(dana.get(f"/report/meetings/{TOWN_HALL}/survey")) == (404, 3001)


def test_list_of_summaries_has_no_text_and_is_refused_as_the_switch_says(dana, world):
    summaries = dana.json("/meetings/meeting_summaries", page_size="2")
    created = dana.json("/meetings/meeting_summaries", from_="2026-02-25T00:00:00Z", time_filter_field="x")

    assert len(summaries["summaries"]) == 2 and summaries["next_page_token"]
    assert "summary_content" not in summaries["summaries"][0]
    assert [row["meeting_uuid"] for row in created["summaries"]] == [FIXTURES[2]]
    for state, expected in (("off", (400, 3000)), ("ip-range", (403, 2305))):
        world.switches.change({"summary": state})
        assert refusal(dana.get("/meetings/meeting_summaries")) == expected


def test_one_poll_and_the_survey_of_a_meeting_are_read_alone(dana, world):
    assert dana.json(f"/meetings/{WEEKLY}/polls/{QUIZ}")["poll_type"] == 3
    assert dana.json(f"/meetings/{WEEKLY}/survey")["custom_survey"]["questions"][0]["type"] == "single"
    assert dana.json("/meetings/85000000101/survey") == {"show_in_the_browser": True}
    assert refusal(dana.get(f"/meetings/{WEEKLY}/polls/unknown")) == (404, 404)
    world.switches.change({"polls": "deleted"})
    assert refusal(dana.get(f"/meetings/{WEEKLY}/polls/{QUIZ}")) == (404, 404)
    world.switches.change({"polls": "off"})
    assert refusal(dana.get(f"/meetings/{WEEKLY}/polls/{QUIZ}")) == (400, 4400)


def test_analytics_of_a_recording_count_views_and_downloads_apart(dana):
    path = f"/meetings/{SYNC}/recordings"
    days = dana.json(f"{path}/analytics_summary", **MONTH)["analytics_summary"]
    views, downloads = (
        dana.json(f"{path}/analytics_details", type=kind, **MONTH) for kind in ("by_view", "by_download")
    )

    assert [(day["views_total_count"], day["downloads_total_count"]) for day in days if day["views_total_count"]] == [
        (2, 1)
    ]
    assert ([row["name"] for row in views["analytics_details"]], downloads["total_records"]) == (["Jonas", "Mina"], 1)
    assert refusal(dana.get(f"{path}/analytics_summary", from_="2025-01-01", to="2026-01-01")) == (400, 300)
    assert [person["first_name"] for person in dana.json(f"{path}/registrants")["registrants"]] == ["Mina"]
    assert dana.json(f"{path}/registrants", status="pending")["total_records"] == 1


def test_trashed_recording_is_recovered_and_each_step_is_an_event(dana, world):
    events: list[dict] = []
    world.on_event(events.append)
    path = f"/meetings/{SYNC}/recordings"

    refused = dana.call("PUT", f"{path}/status", json={"action": "recover"})
    dana.call("DELETE", path)
    recovered = dana.call("PUT", f"{path}/status", json={"action": "recover"})
    dana.call("DELETE", path, action="delete")

    assert refusal(refused) == (404, 3301)
    assert recovered.status_code == 200
    assert [event["event"].removeprefix("recording.") for event in events] == ["trashed", "recovered", "deleted"]
    assert {event["payload"]["operator"] for event in events} == {"dana@example.com"}
    assert refusal(dana.get(path)) == (404, 3301)


def test_settings_depend_on_the_plan_and_on_the_requested_part(dana, world):
    paid, free = (user.json("/users/me/settings") for user in (dana, caller(world, "finn")))

    assert (paid["recording"]["cloud_recording"], free["recording"]["cloud_recording"]) == (True, False)
    assert paid["feature"]["meeting_capacity"] > free["feature"]["meeting_capacity"]
    assert list(dana.json("/users/me/settings", option="meeting_security")) == ["meeting_security"]
    assert dana.json("/users/me/permissions")["permissions"]
    assert caller(world, "jonas").json("/users/me/permissions") == {"permissions": []}


def test_users_are_counted_found_by_email_and_present_in_meetings(dana, world):
    counts = dana.json("/users/summary")

    assert (counts["licensed_users_count"], counts["total_users_count"]) == (3, 3)
    assert dana.json("/users/email", email="finn@example.org") == {"existed_email": True}
    assert dana.json("/users/email", email="nobody@example.org") == {"existed_email": False}
    assert dana.json("/users/me/presence_status") == {"status": "Available"}
    world.join(world.start_meeting(85000000101), "dana")
    assert dana.json("/users/me/presence_status") == {"status": "In_A_Zoom_Meeting"}


def test_change_of_a_meeting_is_announced_with_the_old_and_the_new_values(dana, world):
    events: list[dict] = []
    world.on_event(events.append)
    body = {
        "topic": "New",
        "start_time": "2026-03-10T09:00:00",
        "settings": {"waiting_room": False, "focus_mode": True},
    }

    dana.call("PATCH", "/meetings/85000000101", json=body)

    payload = events[0]["payload"]
    assert payload["scope"] == "all"
    assert (payload["object"]["topic"], payload["old_object"]["topic"]) == ("New", "Stand-up")
    assert payload["object"]["start_time"] == "2026-03-10T08:00:00Z"
    assert (payload["object"]["settings"], payload["old_object"]["settings"]) == (
        {"waiting_room": False},
        {"waiting_room": True},
    )


def test_change_and_deletion_of_one_occurrence_name_it(dana, world):
    events: list[dict] = []
    world.on_event(events.append)
    dates = dana.json(f"/meetings/{WEEKLY}")["occurrences"]
    one = next(date["occurrence_id"] for date in dates if date["status"] == "available")

    dana.call("PATCH", f"/meetings/{WEEKLY}", json={"duration": 15}, occurrence_id=one)
    dana.call("DELETE", f"/meetings/{WEEKLY}", occurrence_id=one)

    changed, deleted = (event["payload"] for event in events)
    assert (changed["scope"], changed["object"]["duration"], changed["old_object"]["duration"]) == ("single", 15, 45)
    assert (deleted["operation"], deleted["object"]["id"]) == ("single", WEEKLY)
    assert [payload["object"]["occurrences"][0]["occurrence_id"] for payload in (changed, deleted)] == [one, one]


def test_day_of_a_range_may_be_given_as_a_time(dana):
    listed = dana.json("/users/me/recordings", from_="2026-02-05T00:00:00Z", to="2026-03-04T23:59:59Z")

    assert (listed["from"], listed["to"]) == ("2026-02-05", "2026-03-04")
