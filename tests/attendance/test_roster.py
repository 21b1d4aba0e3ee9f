"""Rosters: reading a pasted or uploaded list, matching it with the people of a session, and the grade book file."""

import csv
import io

import pytest

from zoomapp.attendance.attendance_table import AttendanceTable
from zoomapp.attendance.figures import Frame
from zoomapp.attendance.people import Person
from zoomapp.attendance.roster import Roster, as_lines, roster_csv, roster_report
from zoomapp.attendance.roster_file import RosterEntry, RosterError, decode, found_sentence, read_roster
from zoomapp.attendance.roster_matching import MAX_SIMILAR, Answer, match_roster, who

MINA = RosterEntry("s1234567", "Mina Park", "m.park@campus.example")
JON = RosterEntry("s2041877", "Jonathan Abara", "j.abara@campus.example")
AICHA = RosterEntry("s2041203", "Aïcha Benali", "a.benali@campus.example")
START, END = 1_760_000_000.0, 1_760_004_500.0


def person(name, email="", user_id="", late=0, minutes=60, key=""):
    ids = frozenset([("user_id", user_id)] if user_id else [("email", email)] if email else [])
    joined = START + 60 * late
    return Person(key or f"key-{name}", name, ((joined, joined + 60 * minutes),), (), email, identities=ids)


def matched(entries, people, answers=(), session="s1"):
    """Entry label -> names, and the questions as pairs with their reason."""
    found = match_roster(entries, people, answers, session)
    pairs = {entries[n].label: [each.name for each in same] for n, same in found.matched.items()}
    return pairs, [(each.person.name, each.entry.label, each.reason) for each in found.questions], found


@pytest.mark.parametrize(
    ("text", "entry", "separator"),
    [
        ("s1234567\tMina Park\tm.park@campus.example", MINA, "tabs"),
        ("m.park@campus.example;Mina Park;s1234567", MINA, "semicolons"),
        ("s1234567,Mina Park,M.Park@campus.example", MINA, "commas"),
        ("s1234567 Mina Park <m.park@campus.example>", MINA, ""),
        ('"s1234567","Mina Park","m.park@campus.example"\r\n', MINA, "commas"),
        ("\ufeffSIS User ID,Student,E-Mail\ns1234567,Mina Park,m.park@campus.example", MINA, "commas"),
        ("First name;Last name;ID;Grade\nMina;Park;s1234567;A", RosterEntry("s1234567", "Mina Park"), "semicolons"),
        ("Nachname\tVorname\nPark\tMina", RosterEntry("", "Mina Park"), "tabs"),
        ("Park, Mina", RosterEntry("", "Park Mina"), "commas"),
        ("Mina Park", RosterEntry("", "Mina Park"), ""),
        ("Mina (Min) Park (she)", RosterEntry("", "Mina (Min) Park (she)"), ""),
        ("Mina (Min) [s1234567]", RosterEntry("s1234567", "Mina (Min)"), ""),
        ("m.park@campus.example", RosterEntry("", "", "m.park@campus.example"), ""),
        ("1234567", RosterEntry("1234567"), ""),
    ],
)
def test_line_is_read_in_any_order_and_with_any_separator(text, entry, separator):
    found = read_roster(text)

    assert found.entries == (entry,)
    assert found.separator == separator


def test_list_says_what_was_found_repeated_and_not_readable():
    found = read_roster("s1\t\ts1234567\tMina Park\n\n--\t--\ns1234567\tMina P.\nJon Abara\n")

    assert [each.name for each in found.entries] == ["s1 Mina Park", "Jon Abara"]
    assert (found.repeated, found.unreadable) == (1, (3,))
    assert found_sentence(found) == "We found: ID, name, separated by tabs."


@pytest.mark.parametrize("text", ["", " \n\t\n", "--\n..", "ID,Name,Email"])
def test_list_without_people_is_refused(text):
    with pytest.raises(RosterError, match=r"We found no names\. Each line needs a name, an email, or an ID\."):
        read_roster(text)


def test_list_of_more_than_ten_thousand_lines_is_refused():
    assert len(read_roster("\n".join(f"Person s{n:05}" for n in range(10_000))).entries) == 10_000
    with pytest.raises(RosterError, match=r"10,000 lines at most\. This list has 10,001\."):
        read_roster("\n".join(f"s{n:05}" for n in range(10_001)))


def test_uploaded_file_is_decoded_and_odd_bytes_cost_no_line():
    text = "s2041203;Aïcha Benali"

    for data in (text.encode(), text.encode("utf-8-sig"), text.encode("latin-1"), text.encode("utf-16")):
        assert read_roster(decode(data)).entries[0].name == "Aïcha Benali"
    assert read_roster('a "quote\x00 Name\n"x;y\nMina Park').entries[-1].name == "Mina Park"


def test_saved_list_is_read_back_the_same():
    entries = (MINA, RosterEntry("", "Jon Abara"), RosterEntry("", "", "x@example.com"))

    assert read_roster(as_lines(entries)).entries == entries


@pytest.mark.parametrize(
    ("name", "email", "how"),
    [
        ("S1234567 Mina", "", "id"),
        ("Mina (s1234567)", "j.abara@campus.example", "id"),
        ("Someone", "M.Park@campus.example", "email"),
        ("park, MINA", "", "name"),
        ("Mína Párk", "", "name"),
    ],
)
def test_person_is_matched_by_id_then_email_then_full_name(name, email, how):
    pairs, questions, found = matched([MINA, JON], [person(name, email)])

    assert (pairs, questions) == ({"Mina Park": [name]}, [])
    assert found.counts == {how: 1}


def test_id_counts_only_as_a_whole_word():
    pairs, _, found = matched([MINA], [person("s12345678"), person("xs1234567")])

    assert pairs == {} and len(found.others) == 2


def test_two_candidates_are_a_question_and_never_a_match():
    twins = [RosterEntry("1001", "Mina Park"), RosterEntry("1002", "Mina Park")]

    assert matched(twins, [person("Mina Park")])[:2] == ({}, [("Mina Park", "Mina Park", "Same name.")])
    pairs, questions, _ = matched([MINA], [person("Mina Park", user_id="1"), person("Mina Park", user_id="2")])
    assert pairs == {} and len(questions) == 2
    assert matched(twins, [person("1001 1002")])[:2] == ({}, [("1001 1002", "Mina Park", "Same ID or email.")])


def test_second_device_with_the_same_id_counts_for_the_same_entry_once():
    people = [person("s1234567 Mina", minutes=40), person("s1234567 phone", late=20, minutes=30)]
    table = AttendanceTable(tuple(people), Frame(END, START, END, END))

    row = roster_report(Roster((MINA,)), table, "s1").rows[0]

    assert (row.status, row.minutes) == ("present", 50)


@pytest.mark.parametrize(
    ("name", "label", "reason"),
    [
        ("Jon A", "Jonathan Abara", "Same first letters."),
        ("Jonathan", "Jonathan Abara", "Same first letters."),
        ("Nadia Benali", "Aïcha Benali", "Same last name."),
    ],
)
def test_similar_name_is_asked_with_its_reason(name, label, reason):
    assert matched([MINA, JON, AICHA], [person(name)])[:2] == ({}, [(name, label, reason)])


def test_initials_and_device_names_are_no_suggestion():
    assert matched([MINA, JON], [person("J A"), person("iPhone (3)"), person("")])[1] == []


def test_no_leads_to_the_next_suggestion_and_then_to_not_on_it():
    other = RosterEntry("", "Jonas Adler")
    no_jon = Answer("name jon a", JON.key, False)
    no_jonas = Answer("name jon a", other.key, False)

    first = matched([JON, other], [person("Jon A")])[1][0][1]
    second = matched([JON, other], [person("Jon A")], [no_jonas if first == "Jonas Adler" else no_jon])[1]
    _, questions, found = matched([JON, other], [person("Jon A")], [no_jon, no_jonas])

    assert {first, second[0][1]} == {"Jonathan Abara", "Jonas Adler"}
    assert questions == [] and [each.name for each in found.others] == ["Jon A"]


def test_answer_is_remembered_for_the_series_but_a_device_name_is_asked_again():
    jon = Answer("name jon a", JON.key, True, "s1")
    phone = Answer("name iphone (3)", MINA.key, True, "s1")
    signed_in = Answer("user_id 7", AICHA.key, True, "s1")
    people = [person("Jon A"), person("iPhone (3)"), person("Zoom user", user_id="7")]
    answers = [jon, phone, signed_in]

    here, _, _ = matched([MINA, JON, AICHA], people, answers, "s1")
    later, questions, found = matched([MINA, JON, AICHA], people, answers, "s2")

    assert here == {"Mina Park": ["iPhone (3)"], "Jonathan Abara": ["Jon A"], "Aïcha Benali": ["Zoom user"]}
    assert later == {"Jonathan Abara": ["Jon A"], "Aïcha Benali": ["Zoom user"]}
    assert questions == [("iPhone (3)", "Mina Park", "You said so for another session.")]
    assert found.counts == {"answer": 2}


def test_answer_never_overrules_an_id_and_one_person_has_one_entry():
    wrong = Answer("name s1234567 mina", JON.key, True, "s1")
    roster = Roster((MINA, JON)).answered(Answer("w", MINA.key, True)).answered(Answer("w", JON.key, True))

    assert matched([MINA, JON], [person("s1234567 Mina")], [wrong])[0] == {"Mina Park": ["s1234567 Mina"]}
    assert [each.entry for each in roster.answers] == [JON.key]
    assert roster.without_answer("w", JON.key).answers == ()


def test_file_for_a_grade_book_has_minutes_and_no_formula():
    entries = (MINA, JON, RosterEntry("", "=cmd()", "x@example.com"))
    people = (person("Mina Park", minutes=60.9), person("s2041877", late=12, minutes=40))
    table = AttendanceTable(people, Frame(END, START, END, END))

    rows = list(csv.reader(io.StringIO("".join(roster_csv(roster_report(Roster(entries), table, "s1")))[1:])))

    assert rows == [
        ["id", "name", "email", "present", "minutes", "late_minutes"],
        ["s1234567", "Mina Park", "m.park@campus.example", "1", "60", "0"],
        ["s2041877", "Jonathan Abara", "j.abara@campus.example", "1", "40", "12"],
        ["", "'=cmd()", "x@example.com", "0", "0", ""],
    ]


def test_person_has_at_most_a_few_suggestions_in_a_long_list():
    entries = [RosterEntry(f"s{n:07}", f"Given{n:04} Family{n:04}") for n in range(3000)]
    answers = [Answer("name given f", entry.key, False) for entry in entries[:MAX_SIMILAR]]

    assert matched(entries, [person("Given F")])[1][0][1] == "Given0000 Family0000"
    assert matched(entries, [person("Given F")], answers)[1] == []
    assert matched(entries, [person("s0002999 Given")])[0] == {"Given2999 Family2999": ["s0002999 Given"]}


def test_person_without_an_id_is_known_by_name_in_other_sessions():
    assert who(person("Jon  A")) == "name jon a"
    assert who(person("Jon A", user_id="7")) == "user_id 7"
    assert who(person("Jon A", email="j@example.com")) == "email j@example.com"
