"""People in breakout rooms stay in the meeting, count once, and are recognized although Zoom leaves out their ids."""

from dataclasses import dataclass
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.attendance.rows import HOUR, TEN, breakout_event, event, zoom_time
from zoomapp.attendance import from_event, from_metrics, from_report, intervals, merge
from zoomapp.attendance.figures import status

LEE = {"user_id": "1", "user_name": "Lee", "participant_uuid": "U1"}
#: Zoom gives a person in a breakout room another connection id.
LEE_IN_ROOM = {"user_id": "2", "user_name": "Lee", "email": "", "parent_user_id": "1"}


def row(number, start, end=None, *, room="", name="Lee", read=from_report, **ids):
    """A row of a list; seconds after ten."""
    times = {"join_time": zoom_time(start)} | ({} if end is None else {"leave_time": zoom_time(end)})
    return read({"user_id": str(number), "user_name": name, "name": name, "bo_mtg_id": room, **times, **ids})


def records_of(*events):
    return [record for body in events for record in from_event(body, TEN)]


def seconds(stays):
    return [(start - TEN, None if end is None else end - TEN) for start, end in stays]


# --- rows that lost their id


@pytest.mark.parametrize("read", [from_report, from_metrics])
def test_breakout_room_row_without_id_is_the_person_before_and_after_it(read):
    rows = [
        row(1, 0, 10, id="X", read=read),
        row(2, 11, 300, id="", room="b", read=read),
        row(3, 301, 400, id="X", read=read),
    ]

    [lee] = merge(rows)

    assert (seconds(lee.here), lee.connections, lee.by_name) == ([(0, 400)], ("1", "2", "3"), True)
    assert lee.account == "internal"


def test_breakout_room_row_of_a_guest_is_the_guest_before_and_after_it():
    [lee] = merge([row(1, 0, 10), row(2, 11, 300, room="b"), row(3, 301, 400)])

    assert seconds(lee.here) == [(0, 400)]


def test_a_row_without_id_outside_of_breakout_rooms_is_another_person():
    assert len(merge([row(1, 0, 10, id="X"), row(2, 11, 300), row(3, 301, 400, id="X")])) == 2


def test_two_breakout_rooms_one_after_the_other_are_the_same_person():
    rooms = [row(2, 11, 100, room="a"), row(3, 101, 200, room="b")]

    [lee] = merge([row(1, 0, 10, id="X"), *rooms, row(4, 201, 300, id="X")])

    assert seconds(lee.here) == [(0, 300)]


def test_breakout_room_row_goes_to_the_only_person_of_that_name_who_was_not_elsewhere():
    people = merge([row(1, 0, 10, id="X"), row(2, 0, 400, id="Y"), row(3, 11, 300, room="b")])

    assert {person.connections for person in people} == {("1", "3"), ("2",)}


def test_breakout_room_row_that_two_people_could_have_stays_by_itself():
    people = merge([row(1, 0, 10, id="X"), row(2, 0, 10, id="Y"), row(3, 11, 300, room="b")])

    assert {person.connections for person in people} == {("1",), ("2",), ("3",)}


def test_breakout_room_row_of_another_name_or_time_is_another_person():
    assert len(merge([row(1, 0, 10, id="X"), row(2, 11, 300, room="b", name="Kim")])) == 2
    assert len(merge([row(1, 0, 10, id="X"), row(2, 300, 400, room="b")])) == 2
    assert len(merge([row(1, 0, 100, id="X"), row(2, 50, 200, room="b")])) == 2


def test_breakout_room_row_is_never_merged_with_a_person_who_was_elsewhere_at_the_time():
    rows = [row(1, 0, 10, id="X"), row(2, 100, 200, id="X"), row(3, 11, 150, room="b")]

    assert {person.connections for person in merge(rows)} == {("1", "2"), ("3",)}


def test_breakout_room_row_with_another_account_is_another_person():
    assert len(merge([row(1, 0, 10, id="X"), row(2, 11, 300, room="b", id="Y")])) == 2


def test_a_name_that_more_than_a_hundred_share_identifies_no_breakout_room_row():
    elsewhere = [row(number, 0, 400, id=f"{number}", name="iPhone") for number in range(2, 102)]

    people = merge([row(1, 0, 10, id="1", name="iPhone"), *elsewhere, row(200, 11, 300, room="b", name="iPhone")])

    assert len(people) == 102


def test_a_person_in_a_breakout_room_without_id_keeps_the_account():
    [lee] = merge([row(1, 0, 10, id="X", read=from_metrics), row(2, 11, room="b", read=from_metrics)])

    assert (lee.account, status(lee)) == ("internal", "here")


# --- events


def test_a_person_in_a_breakout_room_is_present_and_counts_once():
    [lee] = merge(records_of(event("joined", 0, LEE, "join_time"), breakout_event("joined", 60, LEE_IN_ROOM)))

    assert (seconds(lee.here), status(lee), lee.connections) == ([(0, None)], "here", ("1", "2"))


@pytest.mark.parametrize(
    "ids", [{"parent_user_id": "1"}, {"participant_uuid": "u1"}, {"user_id": "1"}, {"participant_user_id": "lee-id"}]
)
def test_a_breakout_room_event_belongs_to_the_person_by_any_id(ids):
    lee = LEE | {"id": "lee-id"}
    in_room = {"user_id": "2", "user_name": "Lee (renamed)", "email": ""} | ids
    events = [event("joined", 0, lee, "join_time"), breakout_event("joined", 60, in_room)]

    [person] = merge(records_of(*events, breakout_event("left", 90, in_room), event("left", 120, lee, "leave_time")))

    assert seconds(person.here) == [(0, 120)]


def test_a_move_that_zoom_reports_as_leaving_does_not_count_as_leaving():
    moved = LEE | {"leave_reason": "Lee left the meeting to join a breakout room."}

    [lee] = merge(records_of(event("joined", 0, LEE, "join_time"), event("left", 300, moved, "leave_time")))

    assert (seconds(lee.here), status(lee)) == ([(0, None)], "here")


def test_a_person_who_leaves_the_breakout_room_and_the_meeting_has_left():
    moved = LEE | {"leave_reason": "Lee left the meeting to join a breakout room."}
    events = [
        event("joined", 0, LEE, "join_time"),
        event("left", 300, moved, "leave_time"),
        breakout_event("joined", 302, LEE_IN_ROOM),
        breakout_event("left", 500, LEE_IN_ROOM),
    ]

    [lee] = merge(records_of(*events))

    assert (seconds(lee.here), status(lee)) == ([(0, 500)], "left")


def test_a_breakout_room_that_closes_without_events_ends_with_the_next_leave_or_join():
    joined = [event("joined", 0, LEE, "join_time"), breakout_event("joined", 60, LEE_IN_ROOM)]
    back = LEE | {"user_id": "3"}

    [left] = merge(records_of(*joined, event("left", 600, LEE, "leave_time")))
    [returned] = merge(
        records_of(*joined, event("left", 61, LEE, "leave_time"), event("joined", 500, back, "join_time"),
                   event("left", 600, back, "leave_time"))
    )  # fmt: skip

    assert seconds(left.here) == seconds(returned.here) == [(0, 600)]


def test_an_open_breakout_room_ends_with_the_meeting():
    [lee] = merge(
        records_of(event("joined", 0, LEE, "join_time"), breakout_event("joined", 60, LEE_IN_ROOM)), ended_at=TEN + HOUR
    )

    assert seconds(lee.here) == [(0, HOUR)]


# --- laws


@dataclass(frozen=True)
class Stay:
    person: int
    start: int
    end: int
    room: str


@st.composite
def truths(draw):
    """Up to four people of one or two names. They enter breakout rooms within a minute, and may leave and come back."""
    stays, names = [], [draw(st.sampled_from(["Lee", "Kim"])) for _ in range(draw(st.integers(1, 4)))]
    for person in range(len(names)):
        at = draw(st.integers(0, 120))
        for place in range(draw(st.integers(1, 5))):
            is_back = draw(st.booleans())
            at += draw(st.integers(0, 59)) if not is_back else draw(st.integers(0, 600))
            room = "" if place == 0 or is_back else draw(st.sampled_from(["", "a", "b"]))
            end = at + draw(st.integers(1, 300))
            stays.append(Stay(person, at, end, room))
            at = end
    return names, stays


@given(truths(), st.randoms())
def test_breakout_room_rows_without_ids_never_join_a_person_of_another_name(truth, random):
    names, stays = truth
    rows = [
        row(
            number,
            stay.start,
            stay.end,
            room=stay.room,
            name=names[stay.person],
            id="" if stay.room else f"{stay.person}",
        )
        for number, stay in enumerate(stays)
    ]
    random.shuffle(rows)

    for person in merge(rows):
        assert len({stays[int(connection)].person for connection in person.connections}) == 1


@given(truths())
def test_people_who_were_present_at_the_same_time_are_never_merged_by_name(truth):
    names, stays = truth
    rows = [row(n, stay.start, stay.end, room=stay.room, name=names[stay.person]) for n, stay in enumerate(stays)]

    for person in merge(rows):
        times = [[(stays[int(n)].start, stays[int(n)].end)] for n in person.connections]
        assert not any(intervals.overlap(first, second) for first, second in combinations(times, 2))


@given(truths())
def test_a_person_of_a_unique_name_is_one_person_in_all_rooms(truth):
    names, stays = truth
    unique = [place for place, name in enumerate(names) if names.count(name) == 1]
    rows = [
        row(
            number,
            stay.start,
            stay.end,
            room=stay.room,
            name=names[stay.person],
            id="" if stay.room else f"{stay.person}",
        )
        for number, stay in enumerate(stays)
    ]

    people = merge(rows)

    for place in unique:
        assert sum(1 for person in people if person.name == names[place]) == 1


@given(truths(), st.data())
def test_the_order_of_breakout_room_events_does_not_matter(truth, data):
    names, stays = truth
    events = []
    for number, stay in enumerate(stays):
        who = {
            "user_id": str(number),
            "participant_uuid": f"U{stay.person}",
            "user_name": names[stay.person],
            "email": "",
        }
        make = breakout_event if stay.room else event
        fields = [] if stay.room else ["join_time"], [] if stay.room else ["leave_time"]
        events += [make("joined", stay.start, who, *fields[0]), make("left", stay.end, who, *fields[1])]
    arrived = data.draw(st.lists(st.sampled_from(events), unique_by=str))

    people = merge(records_of(*arrived))

    assert people == merge(records_of(*data.draw(st.permutations(arrived)), *arrived))
    assert len(people) <= len(names)


# --- spelling


def test_the_webhooks_spelling_of_a_name_with_a_comma_is_shown():
    lee = {"user_id": "1", "user_name": "Doe, Jane", "email": ""}
    listed = from_metrics({"user_id": "1", "user_name": "Doe# Jane", "join_time": zoom_time(0)}, TEN + 60)

    [jane] = merge([*records_of(event("joined", 0, lee, "join_time")), listed])

    assert jane.name == "Doe, Jane"


def test_the_two_spellings_of_a_name_with_a_comma_are_one_guest():
    rows = [row(1, 0, 10, name="Doe, Jane"), row(2, 100, 200, name="Doe# Jane")]

    assert len(merge(rows)) == 1


def test_a_new_name_in_the_dashboard_is_shown():
    lee = {"user_id": "1", "user_name": "iPhone", "email": ""}
    listed = from_metrics({"user_id": "1", "user_name": "Jane #2", "join_time": zoom_time(0)}, TEN + 60)

    [jane] = merge([*records_of(event("joined", 0, lee, "join_time")), listed])

    assert jane.name == "Jane #2"
