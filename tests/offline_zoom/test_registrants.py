"""Registrants of meetings: fields, paging, changes and their events, scopes, plans, limits, refusals."""

import json

import pytest

from offline_zoom.data_file import DataFile
from offline_zoom.model import Registrant
from offline_zoom.stories.quiet_day import OFFICE, RETRO, WEBINAR, WEEKLY
from offline_zoom.world import World
from tests.offline_zoom.conftest import caller, refusal

LIST, STATUS = f"/meetings/{RETRO}/registrants", f"/meetings/{RETRO}/registrants/status"
MANY = f"/meetings/{RETRO}/batch_registrants"
LEE = {"email": "lee@example.org", "first_name": "Lee", "last_name": "Park"}


def emails(dana, status, **query):
    return [row["email"] for row in dana.json(LIST, status=status, **query)["registrants"]]


def person(world, email):
    return next(each for each in world.meetings[RETRO].registrants if each.email == email)


def decide(dana, action, *people):
    rows = [{"id": each.id, "email": each.email} for each in people]
    return dana.call("PUT", STATUS, json={"action": action, "registrants": rows})


def test_list_has_approved_people_by_default_with_the_fields_of_zooms_reference(dana):
    body = dana.json(LIST)

    assert {"page_count", "page_size", "total_records", "next_page_token", "registrants"} <= set(body)
    row = body["registrants"][0]
    assert {"id", "email", "first_name", "last_name", "status", "create_time", "join_url", "custom_questions"} <= set(
        row
    )
    assert {each["status"] for each in body["registrants"]} == {"approved"}
    assert body["total_records"] == 5
    assert [len(emails(dana, status)) for status in ("pending", "denied")] == [4, 2]
    assert all("join_url" not in each for each in dana.json(LIST, status="pending")["registrants"])


def test_story_of_a_running_meeting_has_a_past_meeting_with_registrants(dana, world):
    world.load_story("live-meeting")

    assert dana.json(f"/meetings/{WEEKLY}/registrants")["registrants"]


def test_pages_have_tokens_and_other_statuses_are_refused(dana, world):
    world.meetings[RETRO].registrants = [Registrant(f"r{n}", f"p{n}@x.example", f"P{n}") for n in range(301)]

    first = dana.json(LIST, status="pending", page_size=300)
    token = first["next_page_token"]
    second = dana.json(LIST, status="pending", page_size=300, next_page_token=token)

    assert [len(page["registrants"]) for page in (first, second)] == [300, 1]
    assert second["next_page_token"] == ""
    assert refusal(dana.get(LIST, status="cancelled")) == (400, 300)


def test_sessions_of_a_series_have_registrants_of_their_own(dana, world):
    path = f"/meetings/{WEEKLY}/registrants"
    last_week = next(each.occurrence_ids[0] for each in world.meetings[WEEKLY].registrants if each.occurrence_ids)
    before = world.meetings[WEEKLY].occurrences[0].id

    names = [
        {row["first_name"] for row in dana.json(path, occurrence_id=date)["registrants"]}
        for date in (last_week, before)
    ]

    assert names[0] - names[1] == {"Victor"}
    assert refusal(dana.get(path, occurrence_id="1")) == (400, 3000)


def test_people_are_added_once_and_the_events_say_so(dana, world):
    events = []
    world.on_event(events.append)

    first = dana.call("POST", LIST, json=LEE)
    again = dana.call("POST", LIST, json={**LEE, "email": "LEE@example.org"})
    approved = dana.call("POST", LIST, json={**LEE, "email": "kim@example.org", "auto_approve": True})

    assert (first.status_code, first.json()["id"]) == (201, RETRO)
    assert again.json()["registrant_id"] == first.json()["registrant_id"]
    assert "/w/" in approved.json()["join_url"] and first.json()["join_url"] == ""
    assert [event["event"] for event in events] == [
        "meeting.registration_created",
        "meeting.registration_created",
        "meeting.registration_approved",
    ]
    created = events[0]["payload"]
    assert created["object"]["registrant"]["status"] == "pending" and "operator" not in created
    assert (created["object"]["id"], created["object"]["host_id"]) == (RETRO, world.user("dana").id)
    assert events[2]["payload"]["operator"] == "dana@example.com"


def test_thirty_people_are_added_at_once_to_a_meeting_that_does_not_repeat(dana, world):
    rows = [{**LEE, "email": f"p{n}@example.org"} for n in range(30)]

    answer = dana.call("POST", MANY, json={"auto_approve": True, "registrants": rows})

    assert answer.status_code == 201
    assert {"email", "registrant_id", "join_url"} == set(answer.json()["registrants"][0])
    assert len(emails(dana, "approved", page_size=300)) == 35
    assert refusal(dana.call("POST", MANY, json={"registrants": [*rows, LEE]})) == (400, 300)
    assert refusal(dana.call("POST", f"/meetings/{WEEKLY}/batch_registrants", json={"registrants": [LEE]})) == (
        400,
        303,
    )
    world.meetings[RETRO].start_at = world.now() - 86400
    assert refusal(dana.call("POST", MANY, json={"registrants": [LEE]})) == (400, 3038)


def test_status_changes_send_events_and_cancelled_people_leave_the_lists(dana, world):
    camille, hugo = person(world, "camille@atelier.example"), person(world, "hugo@delta.example")
    events = []
    world.on_event(events.append)

    answers = [decide(dana, "approve", camille), decide(dana, "deny", camille), decide(dana, "cancel", hugo)]
    decide(dana, "cancel", hugo)

    assert [answer.status_code for answer in answers] == [204, 204, 204]
    assert [event["event"].rpartition("_")[2] for event in events] == ["approved", "denied", "cancelled"]
    assert "join_url" not in events[1]["payload"]["object"]["registrant"]
    assert camille.email in emails(dana, "denied")
    assert not any(hugo.email in emails(dana, status) for status in ("pending", "approved", "denied"))
    assert dana.call("POST", LIST, json={**LEE, "email": hugo.email}).status_code == 201
    assert hugo.email in emails(dana, "pending")


def test_unknown_people_and_wrong_bodies_are_refused(dana, world):
    camille = person(world, "camille@atelier.example")
    unknown = Registrant("nobody", "nobody@x.example", "No")

    assert refusal(decide(dana, "approve", camille, unknown)) == (400, 3000)
    assert camille.status == "pending"
    assert refusal(decide(dana, "keep", camille)) == (400, 300)
    assert refusal(decide(dana, "approve", *[camille] * 31)) == (400, 300)
    for wrong in ({"email": "x"}, {**LEE, "email": "lee@mail"}, {**LEE, "first_name": ""}, {**LEE, "last_name": 7}):
        assert refusal(dana.call("POST", LIST, json=wrong)) == (400, 300)


def test_limits_of_a_day_are_those_of_one_registrant(dana, world):
    camille, oscar = person(world, "camille@atelier.example"), person(world, "oscar@fjord.example")
    for _ in range(5):
        assert decide(dana, "approve", camille).status_code == decide(dana, "deny", camille).status_code == 204

    refused = decide(dana, "approve", camille, oscar)

    assert refused.status_code == 429 and "permitted for this particular registrant" in refused.json()["message"]
    assert decide(dana, "approve", oscar).status_code == 204
    added = [dana.call("POST", LIST, json=LEE).status_code for _ in range(4)]
    assert added == [201, 201, 201, 429]


def test_questions_of_the_form_are_listed(dana):
    body = dana.json(f"/meetings/{RETRO}/registrants/questions")

    assert [row["field_name"] for row in body["questions"]] == ["last_name", "org", "job_title"]
    assert [row["type"] for row in body["custom_questions"]] == ["short", "single"]
    assert dana.json(f"/meetings/{OFFICE}/registrants/questions") == {"questions": [], "custom_questions": []}


def test_meetings_without_registration_are_refused(dana, world):
    office = f"/meetings/{OFFICE}/registrants"

    assert refusal(dana.get(office)) == (400, 300)
    assert refusal(dana.call("POST", office, json=LEE)) == (400, 3000)
    assert refusal(dana.call("PUT", f"{office}/status", json={"action": "deny", "registrants": []})) == (400, 3000)
    assert refusal(dana.get(f"/meetings/{WEBINAR}/registrants")) == (400, 300)
    assert refusal(dana.get("/meetings/99999999999/registrants")) == (404, 3001)
    assert refusal(dana.call("POST", "/meetings/99999999999/registrants", json=LEE)) == (404, 1001)
    world.meetings[RETRO].type, world.meetings[RETRO].settings["approval_type"] = 2, 2
    assert refusal(dana.call("POST", MANY, json={"registrants": [LEE]})) == (400, 404)


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", LIST, "meeting:read:list_registrants"),
        ("GET", f"{LIST}/questions", "meeting:read:list_registration_questions"),
        ("POST", LIST, "meeting:write:registrant"),
        ("POST", MANY, "meeting:write:batch_registrants"),
        ("PUT", STATUS, "meeting:update:registrant_status"),
    ],
)
def test_each_call_needs_its_scope_and_a_paid_plan(world, method, path, scope):
    refused = caller(world, "dana", ["meeting:read:meeting"]).call(method, path, json={})

    assert refusal(refused) == (400, 4711)
    assert f"[{scope}, {scope}:admin]" in refused.json()["message"]
    assert refusal(caller(world, "finn").call(method, path, json={})) == (400, 200)
    assert "scopes" not in caller(world, "dana", [scope]).call(method, path, json={}).text


def test_registrants_survive_a_restart(tmp_path, clock):
    world = World("quiet-day", clock=clock, data=tmp_path)
    world.meetings[RETRO].edited = True
    world.meetings[RETRO].registrants[0].status = "denied"
    world.save()

    restarted = World(clock=clock, data=tmp_path)

    assert restarted.meetings[RETRO].registrants == world.meetings[RETRO].registrants
    assert json.loads(DataFile(tmp_path).path.read_text())["meetings"]
