"""Odd data on demand: each oddity of an answer, of a webhook event, and the story that has them all."""

from __future__ import annotations

import json

import pytest

from offline_zoom.client_window.actions import act
from offline_zoom.client_window.client_session import ClientSession
from offline_zoom.faults import Fault
from offline_zoom.oddities import ODDITIES, list_name
from offline_zoom.stories.odd_data import ODD_MEETING
from offline_zoom.stories.quiet_day import TOWN_HALL, WEEKLY
from offline_zoom.webhooks.odd_events import ODD_EVENTS, odd_body
from offline_zoom.webhooks.sender import WebhookSender
from offline_zoom.world import World
from tests.offline_zoom.conftest import caller, refusal

MEETINGS = "/users/me/meetings"
PAST = f"/past_meetings/{WEEKLY}/participants"
LIVE_ROWS = f"/metrics/meetings/{WEEKLY}/participants?type=past"
RECORDING = f"/meetings/{WEEKLY}/recordings"


def odd(dana, world, name, path=MEETINGS):
    """The JSON of an answer before and after an oddity."""
    usual = dana.json(path)
    world.faults.append(Fault("GET /v2/**", mutate=[name]))
    return usual, json.loads(dana.get(path).content.decode(errors="replace"))


def added(dana, world, name, path=MEETINGS):
    """The rows that an oddity added. All usual rows must still be there."""
    usual, changed = odd(dana, world, name, path)
    rows, usual_rows = changed[list_name(usual)], usual[list_name(usual)]
    assert rows[: len(usual_rows)] == usual_rows
    return rows[len(usual_rows) :]


def test_wrong_types_adds_a_row_in_which_each_value_has_another_type(dana, world):
    first = max(dana.json(MEETINGS)["meetings"], key=len)

    (row,) = added(dana, world, "wrong-types")

    assert row.keys() == first.keys()
    assert all(type(row[name]) is not type(first[name]) for name in row)


def test_rows_can_be_something_else_than_objects(dana, world):
    assert added(dana, world, "not-objects") == [None, "text", 7, ["text"]]


@pytest.mark.parametrize(("name", "value"), [("list-null", None), ("list-object", {}), ("list-missing", "missing")])
def test_list_can_be_replaced(dana, world, name, value):
    assert odd(dana, world, name)[1].get("meetings", "missing") == value


def test_numbers_can_be_text_and_text_numbers(dana, world):
    (row,) = added(dana, world, "numbers-as-text")
    world.faults.clear()
    (other,) = added(dana, world, "text-as-numbers")

    assert isinstance(row["id"], str) and isinstance(row["duration"], str)
    assert isinstance(other["topic"], int) and isinstance(other["start_time"], int)


def test_dates_can_be_impossible(dana, world):
    starts = [row["start_time"] for row in added(dana, world, "impossible-dates")]

    assert starts == ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "yesterday"]


@pytest.mark.parametrize("path", [MEETINGS, PAST, f"/meetings/{WEEKLY}"])
def test_names_can_have_bytes_that_are_not_utf8(dana, world, path):
    world.faults.append(Fault("GET /v2/**", mutate=["not-utf8"]))

    body = dana.get(path).content

    assert b' \xf0\x9f"' in body
    with pytest.raises(UnicodeDecodeError):
        body.decode()


def test_names_can_have_a_lone_surrogate(dana, world):
    (row,) = added(dana, world, "lone-surrogate")

    assert row["topic"].endswith(" \ud83d")


def test_enums_can_be_unknown(dana, world):
    (meeting,) = added(dana, world, "unknown-enums")
    world.faults.clear()
    (person,) = added(dana, world, "unknown-enums", PAST)

    assert (meeting["type"], person["status"]) == (99, "quantum")


def test_live_row_can_have_an_empty_leave_time(dana, world):
    (row,) = added(dana, world, "empty-leave-time", LIVE_ROWS)

    assert (row["leave_time"], row["duration"]) == ("", "10:00")


def test_breakout_rows_lose_their_id(dana, world):
    rows = added(dana, world, "breakout-rows", PAST)

    assert {row["name"] for row in rows} == {"Ella Breakout"}
    assert [bool(row["id"]) for row in rows] == [True, False, True]
    assert [row.get("bo_mtg_id", "") for row in rows][1] == "odd-breakout-room"


def test_dashboard_spells_a_comma_as_a_hash(world, clock):
    world.load_story("odd-data")
    dana = caller(world, "dana")
    heard: list[dict] = []
    world.on_event(heard.append)
    instance = world.live_instance(ODD_MEETING)
    jane = next(row for row in instance.joins if row.name == "Doe, Jane")
    clock.at += 60
    world.leave(instance, jane)

    rows = json.loads(dana.get(f"/metrics/meetings/{ODD_MEETING}/participants").content.decode(errors="replace"))

    people = [row for row in rows["participants"] if isinstance(row, dict)]
    spelled = {row["user_name"] for row in people if row.get("user_id") == jane.user_id}
    assert heard[0]["payload"]["object"]["participant"]["user_name"] == "Doe, Jane"
    assert "Doe# Jane" in spelled and "Doe, Jane" not in spelled


def test_recording_can_have_odd_files(dana, world):
    usual, changed = odd(dana, world, "odd-files", RECORDING)

    in_progress, caption, translation, unknown = changed["recording_files"][len(usual["recording_files"]) :]
    empty = {"recording_end": "", "file_type": "", "file_extension": "", "file_size": 0, "status": ""}
    assert empty.items() <= in_progress.items()
    assert caption["file_type"] == translation["file_type"] == "CC"
    assert "id" not in caption and "id" not in translation
    assert unknown["file_type"] == "AIC_CONVERSATION"


def test_weekly_days_can_be_a_list(dana, world):
    assert odd(dana, world, "list-of-days", f"/meetings/{WEEKLY}")[1]["recurrence"]["weekly_days"] == [4]


def test_day_of_deletion_is_a_date(dana, world):
    assert len(odd(dana, world, "date-only", RECORDING)[1]["auto_delete_date"]) == len("2026-12-01")


def test_meeting_can_have_no_start_time(dana, world):
    (row,) = added(dana, world, "no-start-time")

    assert row["type"] == 3
    assert "start_time" not in row


@pytest.mark.parametrize("name", ODDITIES)
@pytest.mark.parametrize("path", [MEETINGS, PAST, RECORDING, "/users/me", f"/meetings/{WEEKLY}", "/meetings/1"])
def test_each_oddity_applies_to_any_answer(dana, world, name, path):
    world.faults.append(Fault("GET /v2/**", mutate=[name]))

    assert dana.get(path).status_code in (200, 404)


def test_refusal_can_be_broken_json(dana, world):
    world.faults.add("broken-json")

    answer = dana.get("/users/me")

    assert answer.status_code == 400
    assert answer.text.endswith('does not contain scopes:["meeting:read","meeting:read:admin"]."}')
    with pytest.raises(ValueError, match="Expecting"):
        answer.json()


def test_stale_token_is_refused_until_it_is_refreshed(dana, world):
    world.faults.add("stale-token")

    assert [refusal(dana.get("/users/me")) for _ in range(2)] == [(400, 124)] * 2
    dana.access_token = world.grants.grant(world.user("dana").id, world.scopes("dana")).access_token
    assert dana.get("/users/me").status_code == 200


def test_one_endpoint_can_always_refuse_the_token(dana, world):
    world.faults.add("refused-endpoint")

    assert [refusal(dana.get(RECORDING)) for _ in range(2)] == [(401, 124)] * 2
    assert dana.get("/users/me").status_code == 200


def test_error_can_have_no_body_and_an_answer_can_redirect(dana, world):
    world.faults.add("empty-error")
    world.faults.add("redirect")

    empty, redirect = dana.get("/users/me"), dana.get("/users/me")

    assert (empty.status_code, empty.content) == (503, b"")
    assert (redirect.status_code, redirect.headers["Location"]) == (302, "https://elsewhere.example/")


def test_download_can_answer_with_a_refusal_of_unknown_length(dana, world):
    timeline = next(f for f in dana.json(RECORDING)["recording_files"] if f["file_type"] == "TIMELINE")
    world.faults.add("refused-download")

    answer = dana.session.get(timeline["download_url"])

    assert answer.json()["errorCode"] == 124
    assert (answer.status_code, "Content-Length" in answer.headers) == (200, False)


def test_download_can_be_shorter_than_its_declared_size(dana, world):
    video = dana.json(RECORDING)["recording_files"][0]
    world.faults.add("short-download")

    answer = dana.session.get(video["download_url"], headers={"Authorization": f"Bearer {dana.access_token}"})

    assert (len(answer.content), answer.headers["Content-Length"]) == (10, "10")
    assert video["file_size"] > 10


def participant_joined(world):
    heard: list[dict] = []
    world.on_event(heard.append)
    world.join(world.start_meeting(WEEKLY), None, "Guest Lee")
    return heard[-1]


def test_event_can_have_no_time(world):
    body = json.loads(odd_body(participant_joined(world), "no-times"))

    assert "event_ts" not in body
    assert "join_time" not in body["payload"]["object"]["participant"]


def test_event_timestamp_can_be_text_or_missing(world):
    event = participant_joined(world)

    assert json.loads(odd_body(event, "timestamp-as-text"))["event_ts"] == str(event["event_ts"])
    assert "event_ts" not in json.loads(odd_body(event, "no-timestamp"))


def test_event_can_have_bytes_that_are_not_utf8(world):
    event = participant_joined(world)

    assert b'"Guest Lee \xf0\x9f"' in odd_body(event, "not-utf8")
    assert rb'"Guest Lee \ud83d"' in odd_body(event, "lone-surrogate")


@pytest.mark.parametrize("name", ODD_EVENTS)
def test_oddity_leaves_the_event_itself_unchanged(world, name):
    event = participant_joined(world)
    before = json.dumps(event)

    assert odd_body(event, name) != odd_body(event, "")
    assert json.dumps(event) == before


def test_webhook_sender_sends_odd_events_but_a_usual_validation(world, clock):
    sender = WebhookSender("http://127.0.0.1:9/", "secret", clock)
    sender.faults.change({"odd": "no-timestamp"})

    sender.enqueue(participant_joined(world))
    sender.run_due()

    bodies = {delivery.event["event"]: json.loads(delivery.body) for delivery in sender.deliveries()}
    assert "event_ts" not in bodies["meeting.participant_joined"]
    assert "event_ts" in bodies["endpoint.url_validation"]


def test_breakout_rooms_are_announced(world):
    heard: list[dict] = []
    instance = world.start_meeting(WEEKLY)
    guest = world.join(instance, None, "Guest Lee")
    world.on_event(heard.append)

    world.join_breakout_room(instance, guest, "Room 1")
    world.leave_breakout_room(instance, guest, "Room 1")

    joined, left = (event["payload"]["object"] for event in heard)
    assert [event["event"] for event in heard] == [
        "meeting.participant_joined_breakout_room",
        "meeting.participant_left_breakout_room",
    ]
    assert joined["breakout_room_uuid"] == left["breakout_room_uuid"] != joined["uuid"]
    assert "join_time" in joined["participant"] and "leave_time" in left["participant"]


def test_meeting_window_announces_the_breakout_room_that_a_participant_leaves(world):
    heard: list[dict] = []
    instance = world.start_meeting(WEEKLY)
    guest = world.join(instance, None, "Guest Lee")
    session = ClientSession.of({"meeting": WEEKLY}, "dana")
    world.on_event(heard.append)

    act(world, session, "join_breakout", {"participantId": guest.user_id, "room": "Room 2"})
    act(world, session, "leave_breakout", {"participantId": guest.user_id})

    joined, left = (event["payload"]["object"] for event in heard)
    assert joined["breakout_room_uuid"] == left["breakout_room_uuid"]


def test_odd_story_has_its_oddities_until_another_story(clock):
    world = World("odd-data", clock=clock, sleep=clock.sleep)
    dana = caller(world, "dana")

    odd_meetings = dana.get(MEETINGS).content
    world.faults.clear()
    still_odd = dana.get(MEETINGS).content
    world.load_story("quiet-day")

    assert b"\xf0\x9f" in odd_meetings and b"\xf0\x9f" in still_odd
    assert None not in dana.json(MEETINGS)["meetings"]


def test_oddity_keeps_a_page_of_a_long_list(dana, world):
    usual, changed = odd(dana, world, "not-objects", f"/past_meetings/{TOWN_HALL}/participants?page_size=100")

    assert changed["next_page_token"] == usual["next_page_token"] != ""
