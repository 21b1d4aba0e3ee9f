"""Rows and events of each source are read, also with missing fields."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.attendance.rows import HOUR, TEN, breakout_event, client_saw, event, zoom_time
from zoomapp import metrics
from zoomapp.attendance import Record, from_event, from_metrics, from_past, from_report, merge
from zoomapp.attendance.records import EVENTS, MAX_TEXT, ROLE_CHANGED, is_readable, read_list
from zoomapp.zoom.tolerant_reader import Rows

DANA = {"id": "dana-id", "user_id": "16778240", "user_name": "Dana Okoye", "email": "Dana@Example.com"}
STAY = {"join_time": zoom_time(0), "leave_time": zoom_time(600)}


def test_the_same_person_reads_the_same_from_every_list():
    past = DANA | STAY | {"name": "Dana Okoye", "user_email": "dana@example.com", "internal_user": True}

    records = [from_metrics(DANA | STAY), from_past(past), from_report(past)]

    assert [record.source for record in records] == ["metrics", "past", "report"]
    for record in records:
        assert (record.connection, record.name, record.email) == ("16778240", "Dana Okoye", "dana@example.com")
        assert (record.joined_at, record.left_at, record.account) == (TEN, TEN + 600, "internal")


def test_the_stay_of_a_present_person_has_no_end():
    assert from_metrics(DANA | {"join_time": zoom_time(0)}, TEN + 60).left_at is None


def test_a_missing_leave_time_is_found_from_the_duration():
    assert from_past(DANA | {"join_time": zoom_time(0), "duration": 981}).left_at == TEN + 981


def test_a_stay_never_ends_before_it_starts():
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
def test_the_account_of_a_participant_is_read_from_a_row(row, account):
    assert from_metrics(row).account == account


@pytest.mark.parametrize(
    ("spelt", "role"), [("host", "host"), ("co-host", "co-host"), ("coHost", "co-host"), ("cohost", "co-host"),
                        ("attendee", "participant"), ("", "")]
)  # fmt: skip
def test_every_spelling_of_a_role_is_known(spelt, role):
    assert from_metrics(DANA | {"role": spelt}).role == role


@pytest.mark.parametrize(
    ("kind", "field", "expected"),
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
def test_an_event_is_the_start_or_the_end_of_a_stay(kind, field, expected):
    records = from_event(event(kind, 0, DANA, field), TEN + HOUR)

    assert [(record.room, record.joined_at, record.left_at) for record in records] == expected


def test_an_event_without_a_time_happened_when_it_was_sent():
    [record] = from_event(event("left", 5, DANA, "unknown"), TEN + HOUR)

    assert record.left_at == record.seen_at == TEN + 5


@pytest.mark.parametrize("event", [{}, {"payload": None}, {"payload": []}, {"event": "meeting.sharing_started"}])
def test_an_event_that_reports_no_participant_is_no_record(event):
    assert from_event(event, TEN) == Rows(())


ANN, BEN = ({"screenName": name, "participantUUID": f"{name}-1", "role": "attendee"} for name in ("Ann", "Ben"))


def test_a_person_missing_from_the_next_client_report_has_left():
    records = client_saw((TEN, [ANN, BEN]), (TEN + 60, [ANN]))

    assert [(record.name, record.joined_at, record.left_at) for record in records] == [
        ("Ann", TEN, None),
        ("Ben", TEN, TEN + 60),
    ]


def test_a_lost_client_report_changes_nothing_after_the_next_one():
    kept = client_saw((TEN, [ANN]), (TEN + 60, [ANN, BEN]), (TEN + 90, [BEN]))
    healed = client_saw((TEN, [ANN]), (TEN + 90, [BEN]))

    assert [(one.name, one.left_at) for one in kept] == [(one.name, one.left_at) for one in healed]


def test_the_waiting_room_of_a_client_report_is_a_separate_room():
    at_door = BEN | {"room": "waiting"}

    records = client_saw((TEN, [ANN, at_door]), (TEN + 60, [ANN, BEN]))

    assert [(record.name, record.room, record.joined_at, record.left_at) for record in records] == [
        ("Ann", "meeting", TEN, None),
        ("Ben", "waiting", TEN, TEN + 60),
        ("Ben", "meeting", TEN + 60, None),
    ]


def test_a_person_who_rejoins_has_another_stay():
    records = client_saw((TEN, [ANN]), (TEN + 60, []), (TEN + 90, [ANN]))

    assert [(record.joined_at, record.left_at) for record in records] == [(TEN, TEN + 60), (TEN + 90, None)]


def test_a_repeated_client_report_changes_nothing():
    assert client_saw((TEN, [ANN]), (TEN + 60, [ANN])) == client_saw((TEN, [ANN]))


def test_a_new_role_is_recorded_and_does_not_end_the_stay():
    [ann] = client_saw((TEN, [ANN]), (TEN + 60, [ANN | {"role": "coHost"}]))

    assert (ann.role, ann.joined_at, ann.left_at) == ("co-host", TEN, None)


# --- values of unexpected types

ODD_VALUES = [
    None,
    "",
    5,
    -5,
    1e300,
    10**30,
    True,
    "10:00",
    "x" * 5000,
    "\ud83d",
    "a\x00b\n",
    [],
    ["2026"],
    {},
    {"a": 1},
]
TIMES = ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1970-01-01T00:00:00Z", zoom_time(0), 1795424400]
FIELDS = [
    *("id", "user_id", "user_name", "name", "participant_uuid", "participant_user_id", "email", "user_email", "device"),
    *("role", "status", "join_time", "leave_time", "duration", "registrant_id", "customer_key", "phone_number"),
    *("internal_user", "bo_mtg_id", "parent_user_id", "date_time", "leave_reason", "screenName", "room", "new_role"),
]
odd = st.sampled_from(ODD_VALUES + TIMES)
odd_rows = st.dictionaries(st.sampled_from(FIELDS), odd)


@given(odd_rows)
def test_a_row_with_values_of_any_type_is_read_by_every_source(row):
    records = [from_metrics(row, TEN), from_past(row), from_report(row), *client_saw((TEN, [row]))]

    for record in records:
        assert all(len(value) <= MAX_TEXT for value in texts(record))
        assert msgspec.json.decode(msgspec.json.encode(record), type=Record) == record
        assert all(0 < at < 2**33 for at in (record.joined_at, record.left_at) if at is not None)


@given(
    st.sampled_from([*EVENTS, ROLE_CHANGED, "meeting.started", "x", None, 5]),
    st.one_of(odd_rows, odd),
    odd,
    st.sampled_from(["payload", "object", "participant", ""]),
    odd,
)
def test_an_event_with_values_of_any_type_is_read(name, participant, event_ts, broken_part, broken):
    body = {"event": name, "event_ts": event_ts, "payload": {"object": {"participant": participant}}}
    if broken_part == "payload":
        body["payload"] = broken
    elif broken_part:
        body["payload"]["object"] = broken if broken_part == "object" else {"participant": broken}

    records = from_event(body, TEN)

    merge(records, ended_at=TEN + HOUR)
    assert all(record.seen_at > 0 for record in records)


def texts(record):
    return [value for value in msgspec.structs.asdict(record).values() if isinstance(value, str)]


def test_a_row_with_an_empty_leave_time_and_a_duration_of_another_form_has_no_end():
    record = from_metrics(DANA | {"join_time": zoom_time(0), "leave_time": "", "duration": "10:00"})

    assert (record.joined_at, record.left_at) == (TEN, None)


@pytest.mark.parametrize("duration", [-60, 10**17, 0, "", None, [60], "1e3"])
def test_a_duration_that_no_stay_has_is_no_end(duration):
    assert from_past(DANA | {"join_time": zoom_time(0), "duration": duration}).left_at is None


@pytest.mark.parametrize("event_ts", ["soon", -5, 0, 1.5, [1], {}, None, True, 10**17, "absent"])
def test_an_event_without_any_readable_time_happened_when_it_arrived(event_ts):
    body = event("joined", 0, {"user_id": "1", "user_name": "Lee"}, "unknown") | {"event_ts": event_ts}
    if event_ts == "absent":
        del body["event_ts"]

    [record] = from_event(body, TEN + 60)

    assert (record.joined_at, record.seen_at) == (TEN + 60, TEN + 60)


@pytest.mark.parametrize("event_ts", [int(TEN * 1000), TEN * 1000, str(int(TEN * 1000)), f"{TEN * 1000}"])
def test_the_time_of_an_event_may_be_a_number_or_text(event_ts):
    [record] = from_event(event("left", 0, DANA, "unknown") | {"event_ts": event_ts}, TEN + 60)

    assert record.left_at == TEN


@pytest.mark.parametrize(
    "join_time", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59+14:00", "2026-02-30T10:00:00Z", 5, []]
)
def test_an_event_with_an_impossible_time_happened_when_it_was_sent(join_time):
    body = event("joined", 0, {"user_id": "1", "user_name": "Lee"}, "unknown")
    body["payload"]["object"]["participant"]["join_time"] = join_time

    assert [record.joined_at for record in from_event(body, TEN + 60)] == [TEN]


@pytest.mark.parametrize("user_id", [16778240, "16778240", " 16778240 "])
def test_a_connection_id_may_be_a_number_or_text(user_id):
    assert from_metrics(STAY | {"user_id": user_id}).connection == "16778240"


def unreadable_values():
    """How many values could not be read so far."""
    metrics.start()
    lines = metrics.exposition().decode().splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith("zoomapp_unreadable_values_total{"))


@pytest.mark.parametrize("participant", [[], ["Lee"], "Lee", 5, None, {}, {"email": "lee@example.com"}])
def test_an_event_whose_participant_cannot_be_read_is_counted(participant):
    body = event("joined", 0, {}, "join_time")
    body["payload"]["object"]["participant"] = participant

    assert from_event(body, TEN) == Rows((), unreadable=1)
    counted = unreadable_values()
    assert not is_readable(body) and unreadable_values() == counted
    from_event(body, TEN)
    assert unreadable_values() > counted


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        (12345, "12345"),
        (None, ""),
        (["Lee"], ""),
        ("x" * 5000, "x" * MAX_TEXT),
        ("Lee\r\n\x00\x1b[2J\u2028Miller", "Lee [2J Miller"),
        ("Lee \ud83d", "Lee \ufffd"),
        ("می\u200cخواهم 👩\u200d💻", "می\u200cخواهم 👩\u200d💻"),
    ],
)
def test_a_name_is_a_short_line_of_valid_text(sent, name):
    assert from_metrics(STAY | {"user_id": "1", "user_name": sent}).name == name


def test_unreadable_rows_are_left_out_and_counted():
    rows = [DANA | STAY, "row", None, ["row"], {"user_name": "Lee", "join_time": "soon"}, STAY | {"user_name": 5}]

    listed = read_list("metrics", rows, TEN)

    assert [record.name for record in listed] == ["Dana Okoye", "5"]
    assert listed.unreadable == 4


def test_unknown_roles_statuses_and_devices_are_stored_unchanged():
    record = from_metrics(DANA | STAY | {"role": "Interpreter", "status": "in_green_room", "device": "Zoom Rooms 9"})

    assert (record.role, record.room, record.device) == ("interpreter", "meeting", "Zoom Rooms 9")


# --- breakout rooms


def test_breakout_room_events_are_ends_of_stays_in_that_room():
    who = {"user_id": "2", "parent_user_id": "1", "user_name": "Lee", "email": ""}
    events = [breakout_event("joined", 60, who), breakout_event("left", 120, who)]

    records = [record for body in events for record in from_event(body, TEN)]

    assert [(record.joined_at, record.left_at) for record in records] == [(TEN + 60, None), (None, TEN + 120)]
    for record in records:
        assert (record.room, record.breakout_room, record.parent_connection) == ("meeting", "room-1", "1")


def test_a_registrants_id_in_a_breakout_room_is_no_user_id():
    who = {"user_id": "2", "user_name": "Lee", "id": "registrant", "registrant_id": "registrant"}

    [record] = from_event(breakout_event("joined", 0, who), TEN)

    assert (record.user_id, record.registrant_id) == ("", "registrant")


@pytest.mark.parametrize(
    ("reason", "is_move"),
    [
        ("Lee left the meeting to join a breakout room.", True),
        ("Lee left the meeting.<br>Reason: Joined breakout room.", True),
        ("Lee left the meeting.", False),
        ("Breakout Bob left the meeting.", False),
        ("Breakout Bob left the meeting.<br>Reason: Host ended the meeting.", False),
    ],
)
def test_leaving_for_a_breakout_room_begins_a_stay_there(reason, is_move):
    name = "Breakout Bob" if "Bob" in reason else "Lee"
    who = {"user_id": "1", "user_name": name, "leave_reason": reason}

    records = from_event(event("left", 60, who, "leave_time"), TEN)

    assert [bool(record.breakout_room) for record in records] == [False, True][: 1 + is_move]
