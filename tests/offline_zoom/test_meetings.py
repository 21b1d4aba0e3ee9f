"""Scheduled meetings: create, change, delete, list, validation errors."""

from __future__ import annotations

import pytest

from offline_zoom.dates import iso
from offline_zoom.stories.quiet_day import WEEKLY
from tests.offline_zoom.conftest import Caller, caller, refusal

LATER = "2026-03-05T09:00:00Z"


def made(dana: Caller, **body: object) -> dict:
    answer = dana.call("POST", "/users/me/meetings", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_meeting_is_created_and_found_again(dana):
    meeting = made(dana, topic="Plans", start_time=LATER, duration=25)

    found = dana.json(f"/meetings/{meeting['id']}")

    assert {"topic": "Plans", "start_time": LATER, "duration": 25, "status": "waiting"}.items() <= found.items()
    assert meeting["id"] in {row["id"] for row in dana.json("/users/me/meetings")["meetings"]}


@pytest.mark.parametrize("start", [None, "2020-01-01T00:00:00Z"])
def test_missing_or_past_start_becomes_now(dana, world, start):
    assert made(dana, topic="Now", **({"start_time": start} if start else {}))["start_time"] == iso(world.now())


def test_local_start_uses_the_meetings_time_zone(dana):
    meeting = made(dana, start_time="2026-07-01T10:00:00", timezone="Asia/Tokyo")

    assert meeting["start_time"] == "2026-07-01T01:00:00Z"


def test_a_meeting_without_passcode_and_waiting_room_gets_a_passcode(dana):
    meeting = made(dana, settings={"waiting_room": False})

    assert len(meeting["password"]) == 6
    assert "?pwd=" in meeting["join_url"]


def test_a_meeting_with_a_waiting_room_needs_no_passcode(dana):
    meeting = made(dana, settings={"waiting_room": True, "join_before_host": True})

    assert "password" not in meeting and "pwd=" not in meeting["join_url"]
    assert meeting["settings"]["join_before_host"] is False


def test_start_address_opens_nothing(dana):
    start_url = made(dana)["start_url"]

    assert "zak=SANDBOX-" in start_url
    assert "offline Zoom" in dana.session.get(start_url).text


def test_the_same_post_three_times_makes_three_meetings(dana):
    assert len({made(dana, topic="Twin", start_time=LATER)["id"] for _ in range(3)}) == 3


def test_an_instant_meeting_is_never_listed(dana):
    instant = made(dana, type=1)

    assert instant["id"] not in {row["id"] for row in dana.json("/users/me/meetings")["meetings"]}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"topic": "x" * 201}, "topic"),
        ({"type": 4}, "type"),
        ({"agenda": "x" * 2001}, "agenda"),
        ({"password": "elevenchars"}, "password"),
        ({"password": "no space"}, "password"),
        ({"duration": -1}, "duration"),
        ({"duration": "60"}, "duration"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"start_time": "tomorrow"}, "start_time"),
        ({"settings": {"jbh_time": 7}}, "settings.jbh_time"),
        ({"settings": {"waiting_room": "yes"}}, "settings.waiting_room"),
        ({"settings": {"auto_recording": "tape"}}, "settings.auto_recording"),
        ({"type": 8}, "recurrence"),
        ({"type": 8, "recurrence": {"type": 4}}, "recurrence.type"),
        ({"type": 8, "recurrence": {"type": 2, "weekly_days": "8"}}, "recurrence.weekly_days"),
        ({"type": 8, "recurrence": {"type": 1, "repeat_interval": 100}}, "recurrence.repeat_interval"),
        ({"type": 8, "recurrence": {"type": 1, "end_times": 61}}, "recurrence.end_times"),
        ({"schedule_for": "nobody@example.com"}, "schedule_for"),
    ],
)
def test_validation_error_names_the_field(dana, body, field):
    answer = dana.call("POST", "/users/me/meetings", json=body)

    assert refusal(answer) == (400, 300)
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize("body", ["", "{", "[]", "null", "{'topic': 1}"])
def test_body_that_is_not_an_object_is_refused(dana, world, body):
    url = f"{world.base_url}/v2/users/me/meetings"
    answer = dana.session.post(url, data=body, headers={"Authorization": f"Bearer {dana.access_token}"})

    assert answer.json() == {"code": 300, "message": "Request Body should be a valid JSON object."}


def test_an_instant_meeting_cannot_be_scheduled_for_another_user(dana):
    answer = dana.call("POST", "/users/me/meetings", json={"type": 1, "schedule_for": "jonas@example.com"})

    assert refusal(answer) == (400, 3000)


def test_a_meeting_can_be_scheduled_for_a_colleague(dana, world):
    assert made(dana, schedule_for="jonas@example.com")["host_id"] == world.user("jonas").id


def test_the_hundred_and_first_change_of_a_day_is_refused_until_midnight(dana, clock):
    for _ in range(100):
        made(dana)

    refused = dana.call("POST", "/users/me/meetings", json={})
    patched = dana.call("PATCH", f"/meetings/{WEEKLY}", json={"topic": "Late"})
    deleted = dana.call("DELETE", f"/meetings/{WEEKLY}")
    clock.at += 13 * 3600

    assert refusal(refused) == refusal(patched) == (429, 429)
    assert refused.json()["message"].startswith("You have exceeded the daily rate limit (100)")
    assert deleted.status_code == 204
    assert made(caller(dana.world, "dana"))["id"]


def test_update_returns_no_content_and_is_visible(dana):
    meeting = made(dana, start_time=LATER)

    answer = dana.call(
        "PATCH", f"/meetings/{meeting['id']}", json={"topic": "Other", "settings": {"waiting_room": False}}
    )

    assert (answer.status_code, answer.content) == (204, b"")
    found = dana.json(f"/meetings/{meeting['id']}")
    assert (found["topic"], found["settings"]["waiting_room"], found["start_time"]) == ("Other", False, LATER)


def test_update_ignores_a_start_in_the_past(dana):
    meeting = made(dana, start_time=LATER)

    dana.call("PATCH", f"/meetings/{meeting['id']}", json={"start_time": "2020-01-01T00:00:00Z"})

    assert dana.json(f"/meetings/{meeting['id']}")["start_time"] == LATER


def test_occurrence_changes_only_its_allowed_fields(dana):
    date = dana.json(f"/meetings/{WEEKLY}")["occurrences"][-1]["occurrence_id"]
    body = {"duration": 15, "topic": "Not this", "settings": {"waiting_room": False, "audio": "voip"}}

    dana.call("PATCH", f"/meetings/{WEEKLY}", json=body, occurrence_id=date)

    changed, series = dana.json(f"/meetings/{WEEKLY}", occurrence_id=date), dana.json(f"/meetings/{WEEKLY}")
    assert (changed["duration"], changed["topic"]) == (15, "Weekly sync")
    assert (changed["settings"]["waiting_room"], changed["settings"]["audio"]) == (False, "both")
    assert (series["duration"], series["settings"]["waiting_room"]) == (45, True)


def test_occurrence_can_be_deleted(dana):
    date = dana.json(f"/meetings/{WEEKLY}")["occurrences"][-1]["occurrence_id"]

    assert dana.call("DELETE", f"/meetings/{WEEKLY}", occurrence_id=date).status_code == 204

    assert dana.json(f"/meetings/{WEEKLY}")["occurrences"][-1]["status"] == "deleted"
    assert refusal(dana.call("DELETE", f"/meetings/{WEEKLY}", occurrence_id=date)) == (400, 3000)
    assert refusal(dana.call("DELETE", f"/meetings/{WEEKLY}", occurrence_id="1")) == (400, 3000)


def test_a_deleted_meeting_is_gone_and_can_be_recovered(dana):
    number = made(dana)["id"]

    assert dana.call("DELETE", f"/meetings/{number}").content == b""
    gone = dana.get(f"/meetings/{number}")
    recovered = dana.call("PUT", f"/meetings/{number}/status", json={"action": "recover"})

    assert gone.json() == {"code": 3001, "message": f"Meeting does not exist: {number}."}
    assert recovered.status_code == 204
    assert dana.get(f"/meetings/{number}").status_code == 200


def test_a_personal_room_and_a_running_meeting_cannot_be_deleted(dana, world):
    world.start_meeting(WEEKLY)

    assert refusal(dana.call("DELETE", "/meetings/4085551234")) == (400, 3018)
    assert refusal(dana.call("DELETE", f"/meetings/{WEEKLY}")) == (400, 3002)


def test_only_a_running_meeting_can_be_ended(dana, world):
    running = world.start_meeting(WEEKLY)

    assert dana.json(f"/meetings/{WEEKLY}")["status"] == "started"
    assert dana.call("PUT", f"/meetings/{WEEKLY}/status", json={"action": "end"}).status_code == 204
    assert running.ended(world.now())
    assert refusal(dana.call("PUT", f"/meetings/{WEEKLY}/status", json={"action": "end"})) == (400, 3000)
    assert refusal(dana.call("PUT", f"/meetings/{WEEKLY}/status", json={"action": "pause"})) == (400, 300)


def test_each_instance_has_a_uuid_of_its_own(dana, world):
    first = world.start_meeting(WEEKLY)
    world.end_meeting(first)

    assert world.start_meeting(WEEKLY).uuid != first.uuid


def test_meeting_list_types(dana, world):
    running = world.start_meeting(WEEKLY)

    live = dana.json("/users/me/meetings", type="live")["meetings"]
    previous = dana.json("/users/me/meetings", type="previous_meetings")["meetings"]
    unknown = dana.json("/users/me/meetings", type="nonsense")

    assert [(row["id"], row["uuid"]) for row in live] == [(WEEKLY, running.uuid)]
    assert {"uuid", "id", "topic", "start_time"} <= set(previous[0])
    assert unknown == dana.json("/users/me/meetings", type="scheduled")


def test_meeting_list_can_be_limited_to_dates(dana, world):
    today = iso(world.now())[:10]

    rows = dana.json("/users/me/meetings", from_=today, to=today)["meetings"]

    assert rows
    assert {row["start_time"][:10] for row in rows} == {today}


def test_upcoming_covers_a_day_and_includes_invitations(dana, world):
    sent = dana.json("/users/me/upcoming_meetings")

    topics = {row["topic"] for row in sent["meetings"]}
    assert sent["total_records"] == len(sent["meetings"])
    assert "Type critique" in topics and "Retrospektive für März" not in topics
    assert all("uuid" not in row for row in sent["meetings"])
    assert "next_page_token" not in sent


def test_a_meeting_number_expires_a_month_after_its_last_use(dana, clock):
    number = made(dana, start_time=LATER)["id"]
    clock.at += 32 * 86400

    dana = caller(dana.world, "dana")
    assert refusal(dana.get(f"/meetings/{number}")) == (404, 3001)
    assert dana.get(f"/meetings/{WEEKLY}").status_code == 200


@pytest.mark.parametrize(
    ("method", "params", "status"),
    [
        ("recording.start", {}, 202),
        ("waiting_room.update", {"waiting_room_title": "Soon"}, 202),
        ("participant.invite", {"contacts": [{"email": "jonas@example.com"}]}, 202),
        ("participant.invite", {"contacts": [{}] * 11}, 400),
        ("participant.mute", {}, 400),
    ],
)
def test_running_meeting_accepts_live_controls(dana, world, method, params, status):
    world.start_meeting(WEEKLY)

    answer = dana.call("PATCH", f"/live_meetings/{WEEKLY}/events", json={"method": method, "params": params})

    assert answer.status_code == status
    assert answer.content == b"" or status == 400


def test_live_controls_need_a_running_meeting_and_its_host(dana, world):
    order = {"method": "recording.start"}
    idle = dana.call("PATCH", f"/live_meetings/{WEEKLY}/events", json=order)
    world.start_meeting(WEEKLY)
    stranger = caller(world, "ada").call("PATCH", f"/live_meetings/{WEEKLY}/events", json=order)

    assert refusal(idle) == refusal(stranger) == (400, 300)


def test_each_change_is_announced_as_an_event(dana, world):
    sent: list[dict] = []
    world.on_event(sent.append)

    number = made(dana, topic="Plans")["id"]
    dana.call("PATCH", f"/meetings/{number}", json={"topic": "Other"})
    dana.call("DELETE", f"/meetings/{number}")

    assert [event["event"] for event in sent] == ["meeting.created", "meeting.updated", "meeting.deleted"]
    assert sent[1]["payload"]["object"]["topic"] == "Other"
    assert sent[1]["payload"]["old_object"]["id"] == number


def test_users_and_me(dana):
    me = dana.json("/users/me")

    assert (me["email"], me["display_name"], me["type"], me["timezone"]) == (
        "dana@example.com",
        "Dana Okoye",
        2,
        "Europe/Berlin",
    )
    assert {user["email"] for user in dana.json("/users")["users"]} == {
        "dana@example.com",
        "jonas@example.com",
        "ada@example.com",
    }
    assert dana.json("/users/me/token", type="zak")["token"].startswith("SANDBOX-zak-")
    assert dana.json("/users/me/zak")["token"].startswith("SANDBOX-zak-")
    assert refusal(dana.get("/users/nobody")) == (404, 1001)


def test_chatbot_message_is_accepted(world, dana):
    robot = Caller(world, dana.session, world.grants.grant_app("", ["imchat:bot"], "app").access_token)
    user = world.user("dana")
    message = {
        "robot_jid": "v1bot@xmpp.zoom.example",
        "to_jid": user.jid,
        "account_id": user.account_id,
        "content": {"head": {"text": "Hello"}},
    }

    def refused(**changes: object) -> tuple[int, int]:
        return refusal(robot.call("POST", "/im/chat/messages", json={**message, **changes}))

    sent = robot.call("POST", "/im/chat/messages", json=message)

    assert sent.status_code == 200
    assert set(sent.json()) == {"message_id", "robot_jid", "to_jid", "user_jid", "sent_time"}
    assert robot.call("POST", "/im/chat/messages", json={**message, "content": {"body": []}}).status_code == 200
    assert refused(content="x") == refused(content={}) == (400, 7001)
    assert refused(robot_jid="x") == (404, 7002)
    assert refused(robot_jid="x@y") == (403, 7003)
    assert refused(to_jid="x@y") == (403, 7004)
    robot.access_token = ""
    assert refused() == (401, 7010)
    assert refusal(dana.call("POST", "/im/chat/messages", json=message)) == (400, 4711)


def test_moved_occurrence_is_listed_at_its_new_start_and_keeps_its_id(dana):
    date = dana.json(f"/meetings/{WEEKLY}")["occurrences"][-1]["occurrence_id"]

    dana.call("PATCH", f"/meetings/{WEEKLY}", json={"start_time": "2026-03-20T09:00:00Z"}, occurrence_id=date)

    assert dana.json(f"/meetings/{WEEKLY}")["occurrences"][-1]["occurrence_id"] == date
    assert dana.json(f"/meetings/{WEEKLY}", occurrence_id=date)["start_time"] == "2026-03-20T09:00:00Z"
    rows = dana.json("/users/me/meetings", type="upcoming")["meetings"]
    assert "2026-03-20T09:00:00Z" in [row["start_time"] for row in rows if row["id"] == WEEKLY]


def test_local_start_of_an_occurrence_is_in_the_zone_of_the_meeting(dana, world):
    date = dana.json(f"/meetings/{WEEKLY}")["occurrences"][-1]["occurrence_id"]
    world.meetings[WEEKLY].timezone = "Asia/Tokyo"

    dana.call("PATCH", f"/meetings/{WEEKLY}", json={"start_time": "2026-03-20T09:00:00"}, occurrence_id=date)

    assert dana.json(f"/meetings/{WEEKLY}", occurrence_id=date)["start_time"] == "2026-03-20T00:00:00Z"


def test_start_of_an_occurrence_in_the_past_is_ignored(dana):
    date = dana.json(f"/meetings/{WEEKLY}")["occurrences"][-1]
    body = {"start_time": "2020-01-01T00:00:00Z"}

    answer = dana.call("PATCH", f"/meetings/{WEEKLY}", json=body, occurrence_id=date["occurrence_id"])

    assert answer.status_code == 204
    assert dana.json(f"/meetings/{WEEKLY}")["occurrences"][-1] == date


def test_waiting_room_of_an_occurrence_turns_off_join_before_host(dana):
    date = dana.json(f"/meetings/{WEEKLY}")["occurrences"][-1]["occurrence_id"]
    dana.call("PATCH", f"/meetings/{WEEKLY}", json={"settings": {"waiting_room": False, "join_before_host": True}})

    dana.call("PATCH", f"/meetings/{WEEKLY}", json={"settings": {"waiting_room": True}}, occurrence_id=date)

    assert dana.json(f"/meetings/{WEEKLY}", occurrence_id=date)["settings"]["join_before_host"] is False


def test_unknown_occurrence_is_refused(dana):
    assert refusal(dana.call("PATCH", f"/meetings/{WEEKLY}", json={"duration": 5}, occurrence_id="1")) == (400, 3000)


def test_new_start_of_a_series_needs_its_recurrence(dana):
    start = {"start_time": "2026-03-10T15:00:00", "timezone": "Europe/Berlin"}

    refused = dana.call("PATCH", f"/meetings/{WEEKLY}", json=start)

    assert refused.json()["errors"] == [{"field": "recurrence", "message": "Invalid field."}]
    rule = {"type": 2, "weekly_days": "3", "end_times": 3}
    assert dana.call("PATCH", f"/meetings/{WEEKLY}", json={**start, "recurrence": rule}).status_code == 204
    dates = [date["start_time"] for date in dana.json(f"/meetings/{WEEKLY}")["occurrences"]]
    assert dates == ["2026-03-10T14:00:00Z", "2026-03-17T14:00:00Z", "2026-03-24T14:00:00Z"]


def test_past_occurrences_stay_when_the_series_moves(dana):
    before = dana.json(f"/meetings/{WEEKLY}", show_previous_occurrences="true")["occurrences"]
    past = [date for date in before if date["start_time"] < "2026-03-05"]
    body = {"start_time": "2026-03-10T15:00:00Z", "recurrence": {"type": 2, "end_times": 2}}

    dana.call("PATCH", f"/meetings/{WEEKLY}", json=body)

    after = dana.json(f"/meetings/{WEEKLY}", show_previous_occurrences="true")["occurrences"]
    assert past and after[: len(past)] == past
    assert len(after) == len(past) + 2


def test_new_duration_of_a_series_is_that_of_its_occurrences_to_come(dana):
    dana.call("PATCH", f"/meetings/{WEEKLY}", json={"duration": 20})

    assert {date["duration"] for date in dana.json(f"/meetings/{WEEKLY}")["occurrences"]} == {20}


def test_type_of_a_meeting_can_change(dana):
    meeting = made(dana, start_time=LATER)
    path = f"/meetings/{meeting['id']}"

    assert refusal(dana.call("PATCH", path, json={"type": 8})) == (400, 300)
    dana.call("PATCH", path, json={"type": 8, "recurrence": {"type": 1, "end_times": 2}})
    assert len(dana.json(path)["occurrences"]) == 2
    dana.call("PATCH", path, json={"type": 3})
    assert not {"start_time", "recurrence", "occurrences"} & dana.json(path).keys()
    dana.call("PATCH", path, json={"type": 2, "start_time": LATER})
    assert (dana.json(path)["type"], dana.json(path)["start_time"]) == (2, LATER)


@pytest.mark.parametrize("duration", [0, 1441, "30", 30.5])
def test_impossible_duration_is_named(dana, duration):
    answer = dana.call("PATCH", f"/meetings/{WEEKLY}", json={"duration": duration})

    assert answer.json()["errors"] == [{"field": "duration", "message": "Invalid field."}]
