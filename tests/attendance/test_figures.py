"""The figures of a meeting: here, waiting, late, left early, peak."""

from dataclasses import replace

import pytest

from tests.attendance.rows import TEN
from zoomapp.attendance import Frame, Person, compare, count, no_shows
from zoomapp.attendance.figures import late_seconds, left_early_seconds, rejoins, status

MINUTE = 60
FRAME = Frame(now=TEN + 42 * MINUTE, starts_at=TEN, ends_at=TEN + 60 * MINUTE)


def person(key, *here, waiting=(), **details):
    """A person who was here during these minutes after ten o'clock."""
    here, waiting = (
        tuple((TEN + start * MINUTE, None if end is None else TEN + end * MINUTE) for start, end in stays)
        for stays in (here, waiting)
    )
    return Person(key, details.pop("name", key), here, waiting, **details)


def test_figures_of_a_meeting_are_counted():
    people = [
        person("Maya", (-3, None)),
        person("Zoë", (1, None), waiting=[(-1, 1)]),
        person("Sofía", (1, 33)),
        person("Hannah", (17, 20), (25, None)),
        person("Tom", waiting=[(39, None)]),
    ]

    figures = count(people, FRAME)

    assert (figures.here, figures.waiting, figures.left, figures.late) == (3, 1, 1, 1)
    assert (figures.on_time_percent, figures.peak, figures.peak_at) == (75, 4, TEN + 17 * MINUTE)


def test_an_empty_meeting_has_figures_too():
    figures = count([], FRAME)

    assert (figures.here, figures.on_time_percent, figures.peak, figures.peak_at, figures.points) == (
        0,
        None,
        0,
        None,
        (),
    )


def test_a_person_with_one_of_two_devices_in_the_waiting_room_is_here():
    assert status(person("Ann", (0, None), waiting=[(5, None)])) == "here"


@pytest.mark.parametrize(("arrives", "late"), [(4, 0), (5, 0), (5.5, 5.5), (17, 17)])
def test_late_is_more_than_five_minutes_after_the_scheduled_start(arrives, late):
    assert late_seconds(person("Ann", (arrives, None)), FRAME) == late * MINUTE


def test_time_in_the_waiting_room_does_not_make_a_person_late():
    assert late_seconds(person("Ann", (20, None), waiting=[(4, 20)]), FRAME) == 0


def test_no_person_is_late_before_joining_or_without_a_scheduled_start():
    assert late_seconds(person("Ann", waiting=[(20, None)]), FRAME) == 0
    assert late_seconds(person("Ann", (20, None)), replace(FRAME, starts_at=None)) == 0
    assert count([person("Ann", (20, None))], replace(FRAME, starts_at=None)).on_time_percent is None


def test_the_late_setting_changes_who_is_late():
    assert late_seconds(person("Ann", (4, None)), replace(FRAME, late_seconds=180)) == 4 * MINUTE


@pytest.mark.parametrize(
    ("leaves", "ended", "early"),
    [(50, 60, 0), (49, 60, 11), (29, 40, 11), (31, 40, 0), (55, 90, 0), (49, None, 0)],
)
def test_left_early_is_more_than_ten_minutes_before_the_scheduled_or_the_real_end(leaves, ended, early):
    frame = replace(FRAME, ended_at=None if ended is None else TEN + ended * MINUTE)

    assert left_early_seconds(person("Ann", (0, leaves)), frame) == early * MINUTE


def test_each_return_counts_as_a_rejoin():
    assert [rejoins(person("Ann", *stays)) for stays in ([], [(0, 5)], [(0, 5), (7, 9), (12, None)])] == [0, 0, 2]


def test_the_peak_is_the_first_time_it_was_reached():
    figures = count([person("a", (0, 5), (10, 15)), person("b", (1, 20))], FRAME)

    assert (figures.peak, figures.peak_at) == (2, TEN + MINUTE)


def test_a_leave_and_a_join_at_the_same_moment_do_not_change_the_curve():
    assert count([person("a", (0, 5)), person("b", (5, None))], FRAME).points == ((TEN, 1),)


# --- two meetings


def registered(key, value):
    return person(key, (0, 5), identities=frozenset({("user_id", value)}))


def test_people_in_both_meetings_are_found_by_id_then_by_unique_name():
    first = [registered("Dana", "d"), person("1", (0, 5), name="Guest Lee"), registered("Ann", "a")]
    second = [registered("Dana O.", "d"), person("2", (0, 5), name="guest lee"), registered("Ben", "b")]

    pairs = compare(first, second)

    names = [(pair.first and pair.first.key, pair.second and pair.second.key, pair.by_name) for pair in pairs]
    assert names == [("Dana", "Dana O.", False), ("1", "2", True), ("Ann", None, False), (None, "Ben", False)]


def test_a_name_that_two_people_share_matches_no_person():
    phones = [person("1", (0, 5), name="iPhone"), person("2", (0, 5), name="iPhone")]

    assert [pair.by_name for pair in compare(phones, [person("3", (0, 5), name="iPhone")])] == [False] * 3


def test_a_no_show_registered_and_never_arrived():
    ann = person("Ann", (0, 5), identities=frozenset({("email", "ann@example.com")}))
    registrants = [{"id": "1", "email": "Ann@example.com"}, {"id": "2", "email": "ben@example.com"}]

    assert no_shows(registrants, [ann]) == registrants[1:]
