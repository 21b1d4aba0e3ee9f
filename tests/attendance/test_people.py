"""Merging into people: one row per person, from any mixture of sources, in any order."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.attendance.rows import HOUR, TEN, Visit, client_saw, event, meetings, zoom_time
from zoomapp.attendance import from_event, from_metrics, from_report, merge
from zoomapp.attendance.figures import concurrency, here_seconds, status, waiting_seconds
from zoomapp.attendance.people import REJOIN_SECONDS

MINUTE = 60


def reported(visits):
    return [from_report(row) for visit in visits for row in visit.report()]


def records_of(events):
    return [record for event in events for record in from_event(event, TEN)]


def row(number, joined, left=None, **who):
    """A row of the dashboard; minutes after ten."""
    times = {"join_time": zoom_time(joined * MINUTE)} | ({"leave_time": zoom_time(left * MINUTE)} if left else {})
    return from_metrics({"user_id": str(number), "user_name": "Guest", "participant_uuid": f"U{number}"} | times | who)


def minutes(stays):
    return [((start - TEN) / MINUTE, None if end is None else (end - TEN) / MINUTE) for start, end in stays]


# --- laws


@given(meetings(), st.data())
def test_lost_late_repeated_and_reordered_webhooks_do_not_change_the_report(visits, data):
    report = reported(visits)
    events = [event for visit in visits for event in visit.events()]
    arrived = data.draw(st.lists(st.sampled_from(events), max_size=2 * len(events)))

    mixture = data.draw(st.permutations([*records_of(arrived), *report]))

    assert merge(mixture) == merge(report)


@given(meetings(), st.data())
def test_the_order_of_events_does_not_matter(visits, data):
    events = [event for visit in visits for event in visit.events()]
    arrived = data.draw(st.lists(st.sampled_from(events), unique_by=str))

    assert merge(records_of(arrived)) == merge(records_of(data.draw(st.permutations(arrived))))


@given(meetings(), st.data())
def test_merging_twice_changes_nothing(visits, data):
    events = [event for visit in visits for event in visit.events()]
    records = records_of(data.draw(st.lists(st.sampled_from(events))))

    assert merge(records * 2) == merge(records)


@given(meetings())
def test_all_webhooks_together_give_the_same_result_as_the_report(visits):
    events = [event for visit in visits for event in visit.events()]

    live, final = merge(records_of(events)), merge(reported(visits))

    assert [(one.name, one.here, one.waiting) for one in live] == [(one.name, one.here, one.waiting) for one in final]


@given(meetings(), st.data())
def test_no_minute_is_counted_twice(visits, data):
    events = [event for visit in visits for event in visit.events()]
    people = merge(records_of(data.draw(st.lists(st.sampled_from(events), min_size=1))), ended_at=TEN + HOUR)

    for person in people:
        stays = sorted([*person.here, *person.waiting])
        assert all(one[1] <= other[0] for one, other in pairwise(stays))
        assert here_seconds(person, 0) + waiting_seconds(person, 0) <= HOUR


@given(meetings())
def test_a_person_is_here_while_any_of_their_connections_is(visits):
    people = merge(reported(visits))

    by_id = [visit for visit in visits if visit.user_id]
    seconds = {at for visit in by_id for at in range(visit.entered, visit.left)}
    dana = [person for person in people if ("user_id", "dana-id") in person.identities]
    bridged = sum(max(0, len(person.here) + len(by_id)) * REJOIN_SECONDS for person in dana)
    assert len(dana) == bool(by_id)
    assert len(seconds) <= sum(here_seconds(person, 0) for person in dana) <= len(seconds) + bridged


@given(meetings())
def test_merging_loses_no_connection_and_no_name(visits):
    people = merge(reported(visits))

    assert sum(len(person.connections) for person in people) == len(visits)
    assert {visit.name for visit in visits} == {person.name for person in people}


@given(meetings())
def test_the_area_under_the_curve_is_the_time_of_all_people(visits):
    people = merge(reported(visits))

    points = concurrency(people)
    area = sum((later - at) * count for (at, count), (later, _) in pairwise(points))
    assert area == sum(here_seconds(person, 0) for person in people)
    assert not points or points[-1][1] == 0


@given(meetings())
def test_people_are_in_order_of_arrival_and_have_different_keys(visits):
    people = merge(reported(visits))

    assert [person.arrived_at for person in people] == sorted(person.arrived_at for person in people)
    assert len({person.key for person in people}) == len(people)


# --- who is one person


def test_a_rejoin_is_one_row_with_two_stays():
    [dana] = merge([row(1, 0, 10, id="dana"), row(2, 15, 20, id="dana")])

    assert (minutes(dana.here), len(dana.connections), dana.by_name) == ([(0, 10), (15, 20)], 2, False)


def test_a_rejoin_within_a_minute_is_one_stay():
    [dana] = merge([row(1, 0, 10, id="dana"), row(2, 11, 20, id="dana"), row(3, 21.1, 30, id="dana")])

    assert minutes(dana.here) == [(0, 20), (21.1, 30)]


def test_two_devices_count_once():
    [dana] = merge([row(1, 0, 20, id="dana", device="Mac"), row(2, 5, 25, id="dana", device="iOS")])

    assert (minutes(dana.here), dana.devices) == ([(0, 25)], ("Mac", "iOS"))


@pytest.mark.parametrize("key", ["id", "registrant_id", "customer_key", "email", "participant_uuid"])
def test_rows_with_any_id_in_common_are_one_person(key):
    same = {"participant_uuid": "", key: "the-same"}

    [person] = merge([row(1, 0, 10, **same), row(2, 5, 15, **same | {"user_name": "Renamed"})])

    assert (minutes(person.here), person.by_name) == ([(0, 15)], False)


def test_one_person_is_found_over_two_kinds_of_id():
    first, second, third = {"id": "dana"}, {"id": "dana", "email": "d@x.example"}, {"email": "d@x.example"}

    assert len(merge([row(1, 0, 10, **first), row(2, 20, 30, **third), row(3, 40, 50, **second)])) == 1


def test_a_forwarded_link_does_not_make_two_users_one():
    people = merge([row(1, 0, 10, id="dana", registrant_id="r"), row(2, 0, 10, id="lee", registrant_id="r")])

    assert [len(person.connections) for person in people] == [1, 1]


def test_rows_with_empty_ids_are_not_merged_by_them():
    assert len(merge([row(1, 0, 10, user_name="Ann"), row(2, 0, 10, user_name="Ben")])) == 2


def test_guests_of_one_name_one_after_the_other_are_matched_by_name():
    [lee] = merge([row(1, 0, 10, user_name="Guest Lee"), row(2, 12, 20, user_name=" guest  LEE")])

    assert (minutes(lee.here), lee.by_name) == ([(0, 10), (12, 20)], True)


def test_two_iphones_at_the_same_time_stay_two_rows():
    people = merge([row(1, 0, 10, user_name="iPhone"), row(2, 9, 20, user_name="iPhone")])

    assert [(minutes(person.here), person.by_name) for person in people] == [([(0, 10)], False), ([(9, 20)], False)]


def test_a_person_with_an_id_is_not_matched_by_name():
    people = merge([row(1, 0, 10, user_name="Dana", id="dana"), row(2, 12, 20, user_name="Dana")])

    assert len(people) == 2


def test_people_without_a_name_are_never_matched_by_it():
    assert len(merge([row(1, 0, 10, user_name=""), row(2, 12, 20, user_name="")])) == 2


def test_rows_without_any_id_stay_apart_when_they_overlap():
    people = merge([row("", 0, 10, participant_uuid=""), row("", 5, 10, participant_uuid="")])

    assert [minutes(person.here) for person in people] == [[(0, 10)], [(5, 10)]]


# --- the waiting room


def test_the_waiting_room_is_arriving_but_not_being_here():
    [lee] = merge([row(1, 0, 3, status="in_waiting_room"), row(2, 3, 10)])

    assert (minutes(lee.waiting), minutes(lee.here), lee.arrived_at) == ([(0, 3)], [(3, 10)], TEN)


def test_joining_the_meeting_ends_a_wait_whose_end_event_was_lost():
    [lee] = merge([row(1, 0, status="in_waiting_room"), row(1, 3)])

    assert (minutes(lee.waiting), status(lee)) == ([(0, 3)], "here")


def test_a_person_put_back_into_the_waiting_room_waits():
    guest = {"user_id": "1", "user_name": "Lee"}
    events = [event("joined", 0, guest, "join_time"), event("put_in_waiting_room", 600, guest, "date_time")]

    [lee] = merge(records_of(events))

    assert (minutes(lee.here), minutes(lee.waiting), status(lee)) == ([(0, 10)], [(10, None)], "waiting")


# --- sources


def test_webhook_times_are_preferred_to_those_of_the_snapshot():
    guest = {"user_id": "1", "user_name": "Lee"}

    [lee] = merge([*records_of([event("joined", 5 * MINUTE, guest, "join_time")]), row(1, 4, 20, user_name="Lee")])

    assert (minutes(lee.here), lee.sources) == ([(5, 20)], ("webhook", "metrics"))


def test_a_lost_join_event_is_completed_from_the_snapshot():
    guest = {"user_id": "1", "user_name": "Lee"}

    [lee] = merge([*records_of([event("left", 20 * MINUTE, guest, "leave_time")]), row(1, 4, user_name="Lee")])

    assert minutes(lee.here) == [(4, 20)]


def test_a_newer_snapshot_ends_stays_that_an_older_one_left_open():
    assert merge([row(1, 4), row(1, 4, 20)]) == merge([row(1, 4, 20)])


def test_a_client_report_adds_no_person_known_from_webhooks():
    guest = {"user_id": "1", "user_name": "Lee", "participant_uuid": "abc-1"}
    heard = records_of([event("joined", 0, guest, "join_time"), event("left", 600, guest, "leave_time")])
    seen = client_saw((TEN + 300, [{"screenName": "Lee", "participantUUID": "ABC-1", "role": "coHost"}]))

    [lee] = merge([*heard, *seen])

    assert (minutes(lee.here), lee.role) == ([(0, 10)], "co-host")


def test_two_people_of_one_name_in_a_client_report_stay_two_beside_one_from_webhooks():
    phone = {"user_id": "1", "user_name": "iPhone", "participant_uuid": "abc-1"}
    list_of_two = [{"screenName": "iPhone", "participantUUID": uuid} for uuid in ("ABC-0", "ABC-1")]

    people = merge([*records_of([event("joined", 0, phone, "join_time")]), *client_saw((TEN + 300, list_of_two))])

    assert [(minutes(one.here), one.sources) for one in people] == [
        ([(0, None)], ("webhook", "sdk")),
        ([(5, None)], ("sdk",)),
    ]


def test_two_people_of_one_name_in_a_client_report_match_the_two_rows_of_a_source_without_ids():
    known = [row(number, number, user_name="iPhone", participant_uuid="") for number in (1, 2)]
    list_of_two = [{"screenName": "iPhone", "participantUUID": uuid} for uuid in ("A", "B")]

    people = merge([*known, *client_saw((TEN + 300, list_of_two))])

    assert [minutes(one.here) for one in people] == [[(1, None)], [(2, None)]]


def test_a_new_id_after_a_role_change_makes_no_second_person():
    lee = {"user_id": "1", "user_name": "Lee", "participant_uuid": "U1", "id": "lee-id"}
    first, second = ({"screenName": "Lee", "participantUUID": uuid} for uuid in ("U1", "U2"))

    [one] = merge(
        [*records_of([event("joined", 0, lee, "join_time")]), *client_saw((TEN + 60, [first]), (TEN + 90, [second]))]
    )

    assert minutes(one.here) == [(0, None)]


def test_a_stay_that_only_the_client_reported_belongs_to_the_right_person():
    lee = {"user_id": "1", "user_name": "Lee", "participant_uuid": "U1", "id": "lee-id"}
    heard = records_of([event("joined", 0, lee, "join_time"), event("left", 600, lee, "leave_time")])
    seen = client_saw((TEN + 1200, [{"screenName": "Lee", "participantUUID": "U1"}]))

    [one] = merge([*heard, *seen])

    assert minutes(one.here) == [(0, 10), (20, None)]


def test_client_reports_alone_show_people_from_the_first_report_on():
    [lee] = merge(client_saw((TEN, [{"screenName": "Lee", "participantUUID": "1"}])))

    assert (minutes(lee.here), lee.sources) == ([(0, None)], ("sdk",))


def test_the_report_replaces_times_but_keeps_the_role_it_does_not_know():
    visit = Visit(1, "Dana", "dana-id", "", 0, 0, 600)
    seen = row(1, 3, 20, user_name="Dana", id="dana-id", role="host", device="Mac")

    [dana] = merge([seen, *reported([visit])])

    assert (minutes(dana.here), dana.role, dana.devices, dana.sources) == ([(0, 10)], "host", ("Mac",), ("report",))


def test_a_host_who_hands_over_is_no_longer_the_host():
    dana = {"user_id": "1", "user_name": "Dana"}
    changes = [event("role_changed", at, dana | {"new_role": role}, "date_time") for at, role in
               ((0, "host"), (60, "attendee"))]  # fmt: skip

    [person] = merge(records_of([*changes[::-1], event("joined", 0, dana, "join_time")]))

    assert person.role == "participant"


def test_after_the_end_of_the_meeting_no_person_is_here():
    [lee] = merge([row(1, 4)], ended_at=TEN + 30 * MINUTE)

    assert (minutes(lee.here), status(lee)) == ([(4, 30)], "left")
