"""Each source is read as it writes, with whatever it leaves out."""

import pytest

from tests.attendance.rows import HOUR, TEN, client_saw, event, zoom_time
from zoomapp.attendance import from_event, from_metrics, from_past, from_report

DANA = {"id": "dana-id", "user_id": "16778240", "user_name": "Dana Okoye", "email": "Dana@Example.com"}
STAY = {"join_time": zoom_time(0), "leave_time": zoom_time(600)}


def test_the_same_person_reads_the_same_from_every_list():
    past = DANA | STAY | {"name": "Dana Okoye", "user_email": "dana@example.com", "internal_user": True}

    records = [from_metrics(DANA | STAY), from_past(past), from_report(past)]

    assert [record.source for record in records] == ["metrics", "past", "report"]
    for record in records:
        assert (record.connection, record.name, record.email) == ("16778240", "Dana Okoye", "dana@example.com")
        assert (record.joined_at, record.left_at, record.account) == (TEN, TEN + 600, "internal")


def test_who_is_still_there_has_no_end():
    assert from_metrics(DANA | {"join_time": zoom_time(0)}, TEN + 60).left_at is None


def test_a_missing_leave_time_is_found_from_the_duration():
    assert from_past(DANA | {"join_time": zoom_time(0), "duration": 981}).left_at == TEN + 981


def test_nobody_leaves_before_joining():
    row = DANA | {"join_time": zoom_time(60), "leave_time": zoom_time(57)}

    assert from_report(row).left_at == TEN + 60


def test_the_waiting_room_is_another_room():
    assert from_metrics(DANA | STAY | {"status": "in_waiting_room"}).room == "waiting"


@pytest.mark.parametrize(
    ("row", "account"),
    [
        ({"id": "u", "user_name": "Dana"}, "internal"),
        ({"id": "", "user_name": "Guest Lee"}, "guest"),
        ({"id": "u", "user_name": "Dana", "internal_user": False}, "guest"),
        ({"id": "", "user_name": "+49 30 ••• 4821"}, "phone"),
        ({"id": "", "user_name": "1415***1234"}, "phone"),
        ({"id": "", "user_name": "Call-In User_1"}, "phone"),
        ({"id": "u", "user_name": "Dana", "device": "Phone"}, "phone"),
        ({"id": "", "user_name": "Agent 007"}, "guest"),
    ],
)
def test_accounts_are_told_apart(row, account):
    assert from_metrics(row).account == account


@pytest.mark.parametrize(
    ("spelt", "role"), [("host", "host"), ("co-host", "co-host"), ("coHost", "co-host"), ("cohost", "co-host"),
                        ("attendee", "participant"), ("", "")]
)  # fmt: skip
def test_every_spelling_of_a_role_is_known(spelt, role):
    assert from_metrics(DANA | {"role": spelt}).role == role


@pytest.mark.parametrize(
    ("kind", "field", "told"),
    [
        ("joined", "join_time", [("meeting", TEN, None)]),
        ("left", "leave_time", [("meeting", None, TEN)]),
        ("joined_waiting_room", "date_time", [("waiting", TEN, None)]),
        ("left_waiting_room", "date_time", [("waiting", None, TEN)]),
        ("admitted", "date_time", [("waiting", None, TEN)]),
        ("put_in_waiting_room", "date_time", [("meeting", None, TEN), ("waiting", TEN, None)]),
        ("role_changed", "date_time", [("meeting", None, None)]),
        ("phone_callout_ringing", "date_time", []),
    ],
)
def test_an_event_tells_one_end_of_a_stay(kind, field, told):
    records = from_event(event(kind, 0, DANA, field), TEN + HOUR)

    assert [(record.room, record.joined_at, record.left_at) for record in records] == told


def test_an_event_without_a_time_happened_when_it_was_sent():
    [record] = from_event(event("left", 5, DANA, "unknown"), TEN + HOUR)

    assert record.left_at == record.seen_at == TEN + 5


@pytest.mark.parametrize("event", [{}, {"event": "meeting.participant_left"}, {"payload": None}, {"payload": []}])
def test_an_event_that_tells_nothing_is_no_record(event):
    assert from_event(event, TEN) == []


ANN, BEN = ({"screenName": name, "participantUUID": f"{name}-1", "role": "attendee"} for name in ("Ann", "Ben"))


def test_who_is_missing_from_the_clients_next_list_has_left():
    records = client_saw((TEN, [ANN, BEN]), (TEN + 60, [ANN]))

    assert [(record.name, record.joined_at, record.left_at) for record in records] == [
        ("Ann", TEN, None),
        ("Ben", TEN, TEN + 60),
    ]


def test_a_list_that_got_lost_is_made_up_for_by_the_next_one():
    kept = client_saw((TEN, [ANN]), (TEN + 60, [ANN, BEN]), (TEN + 90, [BEN]))
    healed = client_saw((TEN, [ANN]), (TEN + 90, [BEN]))

    assert [(one.name, one.left_at) for one in kept] == [(one.name, one.left_at) for one in healed]


def test_the_clients_waiting_room_is_a_place_of_its_own():
    at_door = BEN | {"room": "waiting"}

    records = client_saw((TEN, [ANN, at_door]), (TEN + 60, [ANN, BEN]))

    assert [(record.name, record.room, record.joined_at, record.left_at) for record in records] == [
        ("Ann", "meeting", TEN, None),
        ("Ben", "waiting", TEN, TEN + 60),
        ("Ben", "meeting", TEN + 60, None),
    ]


def test_who_comes_back_begins_another_stay():
    records = client_saw((TEN, [ANN]), (TEN + 60, []), (TEN + 90, [ANN]))

    assert [(record.joined_at, record.left_at) for record in records] == [(TEN, TEN + 60), (TEN + 90, None)]


def test_the_client_may_say_the_same_twice():
    assert client_saw((TEN, [ANN]), (TEN + 60, [ANN])) == client_saw((TEN, [ANN]))


def test_another_role_is_told_and_the_stay_goes_on():
    [ann] = client_saw((TEN, [ANN]), (TEN + 60, [ANN | {"role": "coHost"}]))

    assert (ann.role, ann.joined_at, ann.left_at) == ("co-host", TEN, None)
