"""Polls, their results and the Q&A of past meetings: fields, paths, scopes, plans, refusals."""

import pytest

from offline_zoom.dates import DAY_SECONDS
from offline_zoom.stories.quiet_day import FIXTURES, OFFICE, WEEKLY
from tests.offline_zoom.conftest import caller, refusal
from tests.offline_zoom.test_endpoints import SEGMENTS, once

WEEK_AGO, QUESTIONS_ONLY = FIXTURES[2], FIXTURES[1]
POLL_FIELDS = {"id", "title", "status", "anonymous", "poll_type", "questions"}
ROW_FIELDS = {"name", "email", "question_details"}
POLLS = f"/meetings/{WEEKLY}/polls"


def past(uuid, name):
    return f"/past_meetings/{SEGMENTS[uuid]}/{name}"


def test_polls_have_the_fields_of_zooms_reference(dana):
    body = dana.json(POLLS)

    assert body["total_records"] == len(body["polls"]) == 3
    assert all(set(poll) == POLL_FIELDS for poll in body["polls"])
    types = [question["type"] for poll in body["polls"] for question in poll["questions"]]
    assert types == ["single", "rating_scale", "long_answer", "multiple"]


def test_results_have_the_fields_of_zooms_reference(dana):
    body = dana.json(past(WEEK_AGO, "polls"))

    assert set(body) == {"id", "uuid", "start_time", "questions"}
    assert (body["uuid"], body["id"]) == (WEEK_AGO, WEEKLY)
    assert all(set(row) == ROW_FIELDS for row in body["questions"])
    details = [detail for row in body["questions"] for detail in row["question_details"]]
    assert all(set(detail) == {"polling_id", "question", "answer", "date_time"} for detail in details)


def test_questions_have_neither_status_nor_times(dana):
    rows = dana.json(past(QUESTIONS_ONLY, "qa"))["questions"]

    assert all(set(row) == ROW_FIELDS for row in rows)
    assert all(set(detail) == {"question", "answer"} for row in rows for detail in row["question_details"])


def test_anonymous_answers_have_no_names(dana):
    rows = dana.json(past(WEEK_AGO, "polls"))["questions"]

    nameless = [row for row in rows if not row["name"]]
    assert nameless and not any(row["email"] for row in nameless)
    assert {detail["question"] for row in nameless for detail in row["question_details"]} == {
        "How useful was this meeting?",
        "What should we stop doing?",
    }


def test_number_stands_for_the_latest_meeting(dana):
    assert dana.json(f"/past_meetings/{OFFICE}/polls")["uuid"] == FIXTURES[0]


def test_meeting_without_polls_has_empty_lists(dana):
    assert dana.json(f"/past_meetings/{OFFICE}/polls")["questions"] == []
    assert dana.json(f"/past_meetings/{OFFICE}/qa")["questions"] == []
    assert dana.json(f"/meetings/{OFFICE}/polls")["polls"] == []


def test_unknown_meeting_is_refused(dana):
    nowhere = once("A" * 22 + "==")

    assert refusal(dana.get(f"/past_meetings/{nowhere}/polls")) == (404, 3001)
    assert refusal(dana.get(f"/past_meetings/{nowhere}/qa")) == (404, 3001)
    assert refusal(dana.get("/meetings/99999999999/polls")) == (404, 404)


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        (POLLS, "meeting:read:list_polls"),
        (past(WEEK_AGO, "polls"), "meeting:read:list_poll_results"),
        (past(WEEK_AGO, "qa"), "meeting:read:past_qa"),
    ],
)
def test_each_call_needs_its_scope(world, path, scope):
    for accepted in (scope, f"{scope}:admin", "meeting:read", "meeting:read:admin"):
        assert caller(world, "dana", [accepted]).get(path).status_code == 200

    answer = caller(world, "dana", ["meeting:read:past_meeting"]).get(path)

    assert refusal(answer) == (400, 4711)
    assert f"[{scope}, {scope}:admin]" in answer.json()["message"]


def test_polls_need_a_paid_plan(world):
    finn = caller(world, "finn")

    assert refusal(finn.get("/meetings/87000000401/polls")) == (400, 200)
    assert refusal(finn.get("/past_meetings/87000000401/polls")) == (400, 200)
    assert finn.get("/past_meetings/87000000401/qa").status_code == 200


def test_colleague_reads_neither_and_another_account_is_unauthorized_for_questions(world, jonas):
    assert refusal(jonas.get(past(WEEK_AGO, "polls"))) == (400, 4711)
    assert refusal(jonas.get(past(WEEK_AGO, "qa"))) == (400, 4711)
    priya = caller(world, "priya")
    assert refusal(priya.get(past(WEEK_AGO, "polls"))) == (400, 1010)
    assert refusal(priya.get(past(WEEK_AGO, "qa"))) == (401, 1010)


def test_encrypted_meeting_has_neither(dana, world):
    world.meetings[WEEKLY].settings["encryption_type"] = "e2ee"

    assert dana.json(past(WEEK_AGO, "polls"))["questions"] == []
    assert dana.json(past(WEEK_AGO, "qa"))["questions"] == []


def test_answers_are_there_for_a_year_and_questions_for_fifteen_months(dana, world):
    instance = world.instances[WEEK_AGO]
    instance.started_at -= 400 * DAY_SECONDS
    assert refusal(dana.get(past(WEEK_AGO, "polls"))) == (400, 12702)
    assert dana.json(past(WEEK_AGO, "qa"))["questions"]
    instance.started_at -= 100 * DAY_SECONDS
    assert refusal(dana.get(past(WEEK_AGO, "qa"))) == (400, 12702)


def test_switches_change_what_is_there(dana, world):
    world.switches.change({"polls": "deleted"})
    assert dana.json(POLLS)["polls"] == []
    assert dana.json(past(WEEK_AGO, "polls"))["questions"]
    world.switches.change({"polls": "off", "questions": "missing"})
    assert refusal(dana.get(POLLS)) == (400, 4400)
    assert dana.json(past(WEEK_AGO, "polls"))["questions"] == []
    assert dana.json(past(WEEK_AGO, "qa"))["questions"] == []
    world.switches.change({"polls": "not-shared", "questions": "not-shared"})
    assert refusal(dana.get(past(WEEK_AGO, "polls"))) == (403, 403)
    assert refusal(dana.get(past(WEEK_AGO, "qa"))) == (403, 403)
    with pytest.raises(ValueError, match="polls must be one of missing, off"):
        world.switches.change({"polls": "gone"})


def test_story_of_a_running_meeting_has_a_past_meeting_with_both(dana, world):
    world.load_story("live-meeting")

    assert dana.json(past(WEEK_AGO, "polls"))["questions"]
    assert dana.json(past(WEEK_AGO, "qa"))["questions"]
