"""Registrants and the people who came: matched by id, then email, then a name that only one of each has."""

from datetime import UTC, datetime

from zoomapp.attendance import Person
from zoomapp.attendance.series import Session, Visit
from zoomapp.registration.hand_matches import HandMatch
from zoomapp.registration.matching import MatchRule, match_registrants
from zoomapp.registration.missed_sessions import MissedSessions, count_missed_sessions
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


def test_a_match_by_hand_counts_after_id_and_email_and_before_the_name():
    mina, ben, tom = registrant("Mina Park", id="r1"), registrant("Ben Carter"), registrant("Tom Becker")
    people = [came("Phone", registrant_id="r1"), came("B.", email="ben@x.example"), came("Tom Becker"), came("T.")]
    said = [
        HandMatch("registrant_id r1", ben.identity, "now"),
        HandMatch("name t.", tom.identity, "now"),
        HandMatch("name nobody", mina.identity, "now"),
    ]

    found = match_registrants([mina, ben, tom], people, hand_matches=said, session="now")

    assert [(match.registrant.first_name, match.person.name, match.rule) for match in found.came] == [
        ("Mina", "Phone", MatchRule.ID),
        ("Ben", "B.", MatchRule.EMAIL),
        ("Tom", "T.", MatchRule.HAND),
    ]
    assert [person.name for person in found.walk_ins] == ["Tom Becker"]


def test_a_device_name_that_was_matched_by_hand_is_somebody_else_in_another_session():
    tom, said = registrant("Tom Becker"), ["iPhone", "Galaxy S 21", "Tom B", "Thomas Bäcker", "Guest"]
    matches = [HandMatch(f"name {name.casefold()}", tom.identity, "last week") for name in said]

    def is_tom(*people, session="now"):
        return bool(match_registrants([tom], people, hand_matches=matches, session=session).came)

    assert is_tom(came("iPhone"), session="last week")
    assert not is_tom(came("iPhone")) and not is_tom(came("Galaxy S 21"))
    assert is_tom(came("Tom B")) and is_tom(came("Thomas Bäcker"))
    assert not is_tom(came("Guest"), came("guest"), session="last week")


def test_a_person_who_registered_twice_with_an_address_counts_once():
    twice = [registrant("Lee Park", "lee@x.example", id) for id in ("r1", "r2")]

    by_email = match_registrants(twice, [came("L", email="lee@x.example")])
    by_id = match_registrants(twice, [came("L", registrant_id="r2")])
    neither = match_registrants(twice, [came("Somebody")])

    assert (len(by_email.came), by_email.no_shows) == (1, ())
    assert (len(by_id.came), by_id.no_shows) == (1, ())
    assert (len(neither.no_shows), neither.registered) == (1, 1)


def test_missed_sessions_are_counted_back_to_the_last_visit_or_the_registration():
    def session(at, *visits):
        return Session(f"s{at}", at, visits=tuple(visits))

    lee, ada = registrant("Lee Park"), registrant("Ada", "ada@x.example")
    new = Registrant("n", "new@x.example", "New", registered_at=datetime.fromtimestamp(25, UTC))
    earlier = [
        session(40.0),
        Session("no list", 35.0, "no data"),
        session(30.0, Visit("k1", "L.", identities=(("email", "Lee@x.example"),))),
        session(20.0, Visit("k2", "A guest")),
    ]

    found = count_missed_sessions([lee, ada, new], earlier, [HandMatch("name a guest", "ada@x.example")])

    assert found == {
        lee: MissedSessions(2, "s30.0", "k1"),
        ada: MissedSessions(3, "s20.0", "k2"),
        new: MissedSessions(3),
    }
    # A device name that was matched by hand may be somebody else in another session.
    phones = [session(40.0, Visit("k3", "iPhone"), Visit("k4", "Lee’s phone")), session(30.0, Visit("k5", "iPhone"))]
    said = [HandMatch("name iphone", ada.identity, "s30.0"), HandMatch("name lee’s phone", lee.identity, "s30.0")]
    assert count_missed_sessions([lee, ada], phones, said) == {
        lee: MissedSessions(1, "s40.0", "k4"),
        ada: MissedSessions(2, "s30.0", "k5"),
    }
    assert count_missed_sessions([lee], []) == {lee: MissedSessions(1)}
