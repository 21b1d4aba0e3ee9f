"""Who came to which session of a series: matching over sessions, decisions, order, and the CSV file."""

import csv
import io
from zoneinfo import ZoneInfo

import pytest

from zoomapp.attendance.series import FILTERS, Session, Visit, averages, chosen, match_people
from zoomapp.attendance.series_exports import series_csv

WEEK, DAY = 7 * 86400, 86400
BERLIN = ZoneInfo("Europe/Berlin")
LATE = 300.0


def visit(name, identity="", minutes=45, late=0, early=0, email=""):
    ids = (("user_id", identity),) if identity else ()
    return Visit(f"key-{name}", name, email, ids, 60.0 * minutes, 60.0 * late, 60.0 * early)


def sessions(*visits, no_data=()):
    return [
        Session(f"uuid-{n}", 1_760_000_000 + n * WEEK, "no data" if n in no_data else "loaded", 2700.0, 2700.0, each)
        for n, each in enumerate(visits)
    ]


def weeks(**rows):
    """Sessions from rows such as ``lena="x.x"``: x came, l came late, e left early, a dot did not come."""
    kinds = {"x": {}, "l": {"late": 6}, "e": {"early": 15}}
    count = len(next(iter(rows.values())))
    columns = [
        tuple(visit(name, name, **kinds[row[n]]) for name, row in rows.items() if row[n] != ".") for n in range(count)
    ]
    return sessions(*columns)


def people(found, late_after=LATE):
    return {person.name: person for person in match_people(found, late_after)}


@pytest.mark.parametrize(
    ("row", "filters"),
    [
        ("xxxxx", {"", "none"}),
        ("xx.xx", {""}),
        ("xxx..", {"", "two"}),
        ("xxxx.", {""}),
        ("...xx", {"", "none", "new"}),
        ("....x", {"", "none", "new"}),
        ("x....", {"once"}),
        ("..x..", {"once"}),
        ("llxlx", {"", "none", "late"}),
        ("llxxx", {"", "none"}),
        ("..lll", {"", "none", "new", "late"}),
    ],
)
def test_filters_of_a_person_follow_from_the_sessions(row, filters):
    found = people(weeks(person=row, always="xxxxx"))["person"]

    assert {name for name, is_in in FILTERS.items() if is_in(found)} == filters


def test_sessions_before_the_first_visit_and_without_data_do_not_count():
    columns = [(), (visit("Lena", "1"),), (), (visit("Lena", "1"),), ()]

    found = people(sessions(*columns, no_data={2}))["Lena"]

    assert (found.came, found.of, found.first, found.last) == (2, 3, 1, 3)


def test_people_are_matched_by_any_shared_identity_also_through_a_third_visit():
    by_id, by_email = (("user_id", "1"),), (("email", "lena@example.com"),)
    first, second = Visit("a", "Lena", identities=by_id), Visit("b", "L. F.", identities=by_email)
    third = Visit("c", "Lena Fischer", "lena@example.com", (*by_id, *by_email), 60.0)

    found = match_people(sessions((first,), (second,), (third,)), LATE)

    assert [(person.name, person.email, person.came) for person in found] == [("Lena Fischer", "lena@example.com", 3)]


def test_guests_are_matched_by_a_name_that_is_unique_in_each_session():
    twins = (visit("iPhone"), Visit("key-2", "iPhone"))
    found = match_people(sessions((visit("Mia  Wu"), *twins), (visit("mia wu"), visit("iPhone"))), LATE)

    assert sorted((person.name, person.came) for person in found) == [("iPhone", 1)] * 3 + [("mia wu", 2)]


def test_guest_is_the_person_of_that_name_unless_both_were_in_one_session():
    signed_in, guest = visit("Lena", "1"), visit("Lena")

    assert [p.came for p in match_people(sessions((signed_in,), (guest,)), LATE)] == [2]
    assert sorted(p.came for p in match_people(sessions((signed_in, guest), (guest,)), LATE)) == [1, 2]
    namesakes = sessions((signed_in, visit("Lena", "2")), (guest,))
    assert sorted(p.came for p in match_people(namesakes, LATE)) == [1, 1, 1]


def test_late_follows_the_viewers_preference_and_needs_a_schedule():
    found = weeks(person="lll")

    assert people(found, 300)["person"].late == 3
    assert people(found, 600)["person"].late == 0
    unplanned = [Session("u", 1.0, visits=(Visit("k", "person"),))]
    assert (people(unplanned)["person"].late, people(unplanned)["person"].left_early) == (0, 0)


def test_order_is_by_share_of_sessions_then_number_then_name():
    found = match_people(weeks(zoe="xxxx", ada="x.xx", new="..xx", Änne="xxxx", late="lllx"), LATE)

    assert [person.name for person in chosen(found)] == ["Änne", "late", "zoe", "new", "ada"]
    assert [person.name for person in chosen(found, sort="name")][:2] == ["ada", "Änne"]
    assert chosen(found, sort="late")[0].name == "late"
    assert [person.name for person in chosen(found, query="anne")] == ["Änne"]
    assert chosen(found, sort="odd", show="odd") == chosen(found)


def test_averages_leave_out_sessions_without_data():
    found = sessions((visit("a", "1", 40), visit("b", "2", 44)), (), (visit("a", "1", 42),), no_data={1})

    assert averages(found).people == 1.5
    assert (averages(found).stay_seconds, averages(found).planned_seconds) == (42 * 60, 2700)
    assert averages([]).people == 0


def test_file_has_a_column_per_session_and_no_formula():
    columns = [(visit("a", "1", 40.9),), (visit("=b", "2", 44, email="b@example.com"),), (visit("a", "1", 42),), ()]
    found = sessions(*columns, no_data={3})

    rows = list(csv.reader(io.StringIO("".join(series_csv(match_people(found, LATE), found, BERLIN))[1:])))

    days = ["2025-10-09", "2025-10-16", "2025-10-23", "2025-10-30"]
    assert rows == [
        ["name", "email", *days, "sessions", "of", "minutes"],
        ["a", "", "40", "0", "42", "", "2", "3", "82"],
        ["'=b", "b@example.com", "", "44", "0", "", "1", "2", "44"],
    ]


def test_two_sessions_of_one_day_have_their_time_in_the_file():
    found = [Session("a", 1_760_000_000.0), Session("b", 1_760_000_000.0 + 3600)]

    header = "".join(series_csv([], found, BERLIN))

    assert "2025-10-09 10:53,2025-10-09 11:53" in header
