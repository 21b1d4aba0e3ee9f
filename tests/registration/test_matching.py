"""Registrants and the people who came: matched by id, then email, then a name that only one of each has."""

from zoomapp.attendance import Person
from zoomapp.registration.matching import MatchRule, match_registrants
from zoomapp.zoom.registrants import Registrant


def registrant(name, email="", id=""):
    first, _, last = name.partition(" ")
    return Registrant(id or f"id of {name}", email or f"{first}@x.example".lower(), first, last)


def came(name, role="", here=((0.0, 60.0),), **identities):
    return Person(name, name, here, (), role=role, identities=frozenset(identities.items()))


def test_the_surest_rule_that_fits_decides():
    mina, ben, lee = registrant("Mina Park", id="r1"), registrant("Ben Carter"), registrant("Guest Lee")

    found = match_registrants(
        [mina, ben, lee],
        [came("iPhone", registrant_id="r1"), came("B.", email="ben@x.example"), came("guest  LEE"), came("Mina Park")],
    )

    assert {match.registrant.first_name: match.rule for match in found.came} == {
        "Mina": MatchRule.ID,
        "Ben": MatchRule.EMAIL,
        "Guest": MatchRule.NAME,
    }
    assert found.matched_by == {MatchRule.ID: 1, MatchRule.EMAIL: 1, MatchRule.NAME: 1}
    assert (found.no_shows, [person.name for person in found.walk_ins]) == ((), ["Mina Park"])


def test_a_name_that_two_people_have_matches_nobody():
    two_came = match_registrants([registrant("Lee Park")], [came("Lee Park", email="1"), came("lee park", email="2")])
    two_registered = match_registrants(
        [registrant("Lee Park"), registrant("Lee Park", "b@x.example", "2")], [came("Lee Park")]
    )

    assert (len(two_came.came), len(two_came.no_shows), len(two_came.walk_ins)) == (0, 1, 2)
    assert (len(two_registered.came), len(two_registered.no_shows), len(two_registered.walk_ins)) == (0, 2, 1)


def test_hosts_are_no_walk_ins_and_people_who_only_waited_did_not_come():
    people = [
        came("Dana", role="host"),
        came("Jonas", role="co-host"),
        came("Ada", user_id="ada"),
        came("Lee Park", here=()),
        came("Tom"),
    ]

    found = match_registrants([registrant("Lee Park")], people, host_id="ada")

    assert [person.name for person in found.walk_ins] == ["Tom"]
    assert [person.first_name for person in found.no_shows] == ["Lee"]


def test_a_registrant_without_a_name_is_not_matched_by_the_address_as_a_name():
    nameless = Registrant("1", "lee@x.example", "")

    assert match_registrants([nameless], [came("lee@x.example")]).no_shows == (nameless,)
