"""Participants with values of unexpected types: the page stays, says what is missing, and files do not claim more."""

import csv
import io
import json
import re

import pytest

from offline_zoom.faults import Fault
from tests.web.reading import read

REVIEW, PRIYAS = 85000000102, 87000000302
METRICS = "GET /v2/metrics/meetings/*/participants"
REPORT = "GET /v2/report/meetings/*/participants"
SENTENCE = "entries from Zoom could not be read, so this list is not complete."
ENTRY = SENTENCE.replace("entries", "entry")
LEE = {"user_id": "1", "user_name": "Guest Lee", "email": "", "join_time": "2026-03-02T09:55:00Z"}
PARTS = ["", "/live", ".csv", ".events.csv", ".json"]


@pytest.fixture
def listed(world):
    """Makes Zoom list these rows: ``listed(METRICS, row, …)``."""

    def listed(endpoint, *rows):
        world.faults.append(Fault(endpoint, 200, {}, {"total_records": len(rows), "participants": rows}))

    return listed


@pytest.fixture
def live(dana, world, listed):
    """Returns a page, live part or file of Dana's running meeting, whose dashboard lists these rows."""

    def live(part, *rows):
        world.start_meeting(REVIEW)
        listed(METRICS, *rows)
        return dana.get(f"/participants/{REVIEW}{part}")

    return live


@pytest.mark.parametrize("part", PARTS)
def test_a_row_with_an_empty_leave_time_and_a_duration_of_another_form_breaks_no_page(live, part):
    answer = live(part, LEE | {"leave_time": "", "duration": "10:00"})

    assert answer.status_code == 200
    assert "Guest Lee" in answer.text


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(
    "odd",
    [
        {"user_name": None},
        {"user_name": 12345},
        {"user_name": "x" * 5000},
        {"user_name": "\x00\x1b[2J"},
        {"user_id": 16778240, "device": ["Mac"], "role": {"name": "host"}, "status": 7},
        {"join_time": "0001-01-01T00:00:00Z", "leave_time": "9999-12-31T23:59:59Z"},
        {"join_time": "1975-01-01T00:00:00Z", "leave_time": "2150-01-01T00:00:00Z"},
        {"duration": 10**17},
        {"email": 5, "id": [], "participant_uuid": {}, "customer_key": True, "internal_user": "yes"},
        {"role": "Interpreter", "status": "in_green_room", "device": "Zoom Rooms 9 <b>"},
    ],
    ids=str,
)
def test_no_value_of_a_row_breaks_a_page_or_file(live, part, odd):
    answer = live(part, LEE | odd, LEE | {"user_id": "2", "user_name": "Guest Kim"})

    assert answer.status_code == 200
    assert "Guest Kim" in answer.text


def test_unknown_values_of_a_participant_are_shown_as_text(live, dana):
    page = live("", LEE | {"role": "Interpreter", "status": "in_green_room", "device": "Zoom Rooms 9"})
    opened = re.search(r'href="(/participants/\d+\?open=\w+)"', page.text)[1]

    assert "Zoom Rooms 9" in read(dana.look(opened))
    assert 'data-here="1"' in page.text
    [row] = json.loads(dana.get(f"/participants/{REVIEW}.json").text)["people"]
    assert (row["role"], row["status"]) == ("interpreter", "here")


@pytest.mark.parametrize("part", ["", "/live"])
def test_rows_that_cannot_be_read_are_counted_on_the_live_page(live, part):
    text = live(part, LEE, {"user_name": "Kim"}, {"join_time": []}).text

    assert f"2 {SENTENCE}" in text
    assert "Guest Lee" in text


def test_a_single_unreadable_row_is_reported_in_the_singular(live):
    assert f"1 {ENTRY}" in read(live("", LEE, {}))


def test_a_readable_list_does_not_mention_unreadable_rows(live, dana):
    assert "could not be read" not in live("", LEE).text
    assert json.loads(dana.get(f"/participants/{REVIEW}.json").text)["complete"] is True


def test_files_with_unreadable_rows_do_not_claim_to_be_complete(live, dana):
    table = live(".csv", LEE, {})
    document = json.loads(dana.get(f"/participants/{REVIEW}.json").text)
    events = dana.get(f"/participants/{REVIEW}/events.csv")

    assert document["complete"] is False
    for answer in (table, events):
        assert {row["complete"] for row in csv.DictReader(io.StringIO(answer.text[1:]))} == {"no"}
        assert "partial" in answer.headers["Content-Disposition"]


def test_unreadable_rows_of_a_report_are_counted_on_its_page_and_in_a_comparison(dana, listed):
    past = re.search(r'href="(/participants/[\w-]{22})"', dana.look("/meetings?show=past").text)[1]
    listed(REPORT, LEE | {"leave_time": "2026-03-02T09:58:00Z"}, {"name": "Kim"}, {})

    assert f"2 {SENTENCE}" in read(dana.look(past))
    assert f"4 {SENTENCE}" in read(dana.look(f"{past}/with/{past.rpartition('/')[2]}"))


# --- webhooks


@pytest.fixture
def post(priya, parts, world, clock):
    """Hands an event of Priya's running meeting to the app: ``post("participant_joined", participant)``."""
    instance = world.start_meeting(PRIYAS)

    def post(name, participant, uuid=instance.uuid, **body):
        thing = {"id": str(PRIYAS), "uuid": uuid, "host_id": priya.id, "topic": "Review", "participant": participant}
        thing |= body.pop("thing", {})
        event = {"event": f"meeting.{name}", "event_ts": int(clock() * 1000), "payload": {"object": thing}} | body
        parts.webhook_queue.add(event)
        parts.webhook_queue.process()

    return post


@pytest.mark.parametrize("event_ts", [None, "soon", -1, [], 1.5])
def test_a_person_whose_event_has_no_time_came_when_the_event_arrived(post, priya, event_ts):
    post("participant_joined", {"user_id": "1", "user_name": "Guest Lee"}, event_ts=event_ts)

    page = read(priya.look(f"/participants/{PRIYAS}"))

    assert "Joined 15:30" in page
    assert "1970" not in priya.look(f"/participants/{PRIYAS}").text


def test_a_person_in_a_breakout_room_is_shown_as_present_once(post, priya, clock):
    lee = {"user_id": "1", "user_name": "Guest Lee"}
    post("participant_joined", lee)
    clock.tick(60)
    post("participant_left", lee | {"leave_reason": "Guest Lee left the meeting to join a breakout room."})
    post(
        "participant_joined_breakout_room",
        {"user_id": "2", "parent_user_id": "1", "user_name": "Guest Lee"},
        thing={"breakout_room_uuid": "room-1"},
    )
    clock.tick(60)

    page = priya.look(f"/participants/{PRIYAS}")

    assert 'data-here="1" data-waiting="0" data-left="0" data-came="1"' in page.text
    events = priya.get(f"/participants/{PRIYAS}/events.csv").text
    assert "joined breakout room" in events


@pytest.mark.parametrize(
    "order",
    [
        ["participant_left", "participant_joined"],
        ["participant_joined", "participant_joined", "participant_left"],
        ["ended", "participant_left", "participant_joined"],
    ],
    ids="-".join,
)
def test_events_in_any_order_give_the_same_stay(post, priya, order):
    times = {"join_time": "2026-03-02T10:00:00Z", "leave_time": "2026-03-02T10:10:00Z"}
    for number, name in enumerate(order):
        post(name, {"user_id": "1", "user_name": "Guest Lee"} | times, thing={"duration": number} | end_time(name))

    [row] = json.loads(priya.get(f"/participants/{PRIYAS}.json").text)["people"]

    assert (row["minutes_here"], row["status"], row["rejoins"]) == (10, "left", 0)


def end_time(name):
    return {"end_time": "2026-03-02T10:15:00Z"} if name == "ended" else {}


@pytest.mark.parametrize("start_time", ["2026-03-02T08:00:00Z", None], ids=["with start", "without start"])
def test_a_late_event_of_an_earlier_instance_does_not_hide_the_running_one(post, priya, clock, start_time):
    kim = {"user_id": "9", "user_name": "Earlier Kim"}
    earlier = {"uuid": "earlier==", "thing": {"start_time": start_time, "end_time": "2026-03-02T08:30:00Z"}}
    post("participant_joined", kim | {"join_time": "2026-03-02T08:00:00Z"}, **earlier)
    post("ended", None, **earlier)
    post("participant_joined", {"user_id": "1", "user_name": "Guest Lee"}, thing={"start_time": "2026-03-02T09:50:00Z"})
    clock.tick(60)

    post("participant_left", kim | {"leave_time": "2026-03-02T08:30:00Z"}, **earlier)

    page = priya.look(f"/participants/{PRIYAS}").text
    assert "Guest Lee" in page
    assert "Earlier Kim" not in page


@pytest.mark.parametrize("participant", [None, [], {"user_id": {}}, "Lee"], ids=str)
def test_an_event_without_a_readable_participant_is_reported_on_the_page_and_in_files(post, priya, clock, participant):
    post("participant_joined", {"user_id": "1", "user_name": "Guest Kim"})
    clock.tick(1)
    post("participant_joined", participant)

    page = read(priya.look(f"/participants/{PRIYAS}"))

    assert f"1 {ENTRY}" in page
    assert "Guest Kim" in page
    assert json.loads(priya.get(f"/participants/{PRIYAS}.json").text)["complete"] is False


def test_a_meeting_with_only_unreadable_events_is_not_shown_as_empty(post, priya):
    post("participant_joined", None)

    assert f"1 {ENTRY}" in read(priya.look(f"/participants/{PRIYAS}"))


def test_events_of_which_none_can_be_read_do_not_count_as_live_events(post, priya, clock):
    """The page says what is missing without them, and asks no more often than without them."""
    post("participant_joined", None)

    page, live = read(priya.look(f"/participants/{PRIYAS}")), priya.get(f"/participants/{PRIYAS}/live")
    clock.tick(1)
    post("participant_joined", {"user_id": "1", "user_name": "Guest Kim"})
    with_one = read(priya.look(f"/participants/{PRIYAS}")), priya.get(f"/participants/{PRIYAS}/live")

    assert "One permission is missing" in page and f"1 {ENTRY}" in page
    assert live.headers["X-Poll-Interval"] == "15"
    assert "One permission is missing" not in with_one[0]
    assert with_one[1].headers["X-Poll-Interval"] == "1.2"


def test_an_unreadable_event_that_is_repeated_is_counted_once(post, priya):
    post("participant_joined", None)
    post("participant_joined", None, repeated=True)

    assert f"1 {ENTRY}" in read(priya.look(f"/participants/{PRIYAS}"))


def test_the_live_part_changes_with_an_unreadable_event(post, priya, clock):
    post("participant_joined", {"user_id": "1", "user_name": "Guest Kim"})
    etag = priya.get(f"/participants/{PRIYAS}/live").headers["ETag"]
    clock.tick(1)
    post("participant_joined", None)

    answer = priya.get(f"/participants/{PRIYAS}/live", headers={"If-None-Match": etag})

    assert (answer.status_code, ENTRY in answer.text) == (200, True)


def test_unreadable_events_are_reported_after_the_meeting_until_zooms_list_is_there(post, priya, clock, world):
    post("participant_joined", {"user_id": "1", "user_name": "Guest Kim"})
    clock.tick(1)
    post("participant_joined", None)
    world.end_meeting(world.start_meeting(PRIYAS))
    clock.tick(1)
    post("ended", None, thing={"end_time": "2026-03-02T10:00:00Z"})
    for endpoint in (REPORT, "GET /v2/past_meetings/*/participants"):
        world.faults.append(Fault(endpoint, 200, {}, {"total_records": 0, "participants": []}))

    page = read(priya.look(f"/participants/{PRIYAS}"))

    assert f"1 {ENTRY}" in page
    assert "Guest Kim" in page


def test_unreadable_entries_of_a_client_report_are_reported_until_the_next_report(priya, world):
    world.start_meeting(PRIYAS)
    page = f"/participants/{PRIYAS}"
    kim = {"participantUUID": "A1", "screenName": "Guest Kim", "role": "attendee"}
    priya.post(f"{page}/sighted", json={"participants": [kim, {"role": "attendee"}, "Lee"]})
    before = read(priya.look(page))
    priya.post(f"{page}/sighted", json={"participants": [kim]})

    assert f"2 {SENTENCE}" in before
    assert "could not be read" not in read(priya.look(page))
