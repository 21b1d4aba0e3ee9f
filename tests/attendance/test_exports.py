"""Exports open in a spreadsheet, contain no formulas, and agree with the page."""

import csv
import json
from datetime import date
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.http import parse_options_header

from tests.attendance.rows import TEN, Visit
from zoomapp import csv_export
from zoomapp.attendance import Frame, Person, exports, from_event, from_report, merge

BERLIN, KATHMANDU = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kathmandu")
MINUTE = 60
FRAME = Frame(now=TEN + 90 * MINUTE, starts_at=TEN, ends_at=TEN + 60 * MINUTE, ended_at=TEN + 60 * MINUTE)
SHEET = exports.Sheet("84211773390", "Weekly product sync", BERLIN, FRAME)
DANA = Visit(1, "Dana Okoye", "dana-id", "dana@example.com", came=6 * MINUTE, entered=8 * MINUTE, left=40 * MINUTE)
PEOPLE = merge(from_report(row) for row in DANA.report())


def read(pieces):
    """What a spreadsheet sees: a list of rows, each a dict."""
    text = "".join(pieces)
    assert text.startswith("\ufeff") and text.endswith("\r\n")
    return list(csv.DictReader(StringIO(text.removeprefix("\ufeff"), newline="")))


def test_a_person_is_one_row():
    [row] = read(exports.people_csv(PEOPLE, SHEET))

    assert row == {
        "name": "Dana Okoye",
        "email": "dana@example.com",
        "account": "internal",
        "role": "",
        "status": "left",
        "arrived": "2026-11-23T10:06:00+01:00",
        "first_joined": "2026-11-23T10:08:00+01:00",
        "last_left": "2026-11-23T10:40:00+01:00",
        "minutes_here": "32",
        "minutes_waiting": "2",
        "rejoins": "0",
        "late_minutes": "6",
        "left_early_minutes": "20",
        "connections_merged": "1",
        "source": "report",
        "matched_by_name": "no",
        "complete": "yes",
        "meeting_id": "84211773390",
        "topic": "Weekly product sync",
    }


def test_a_present_person_has_no_leave_time_and_counts_until_now():
    ann = Person("k", "Ann", ((TEN, None),), ())

    [row] = read(exports.people_csv([ann], exports.Sheet("1", "", KATHMANDU, Frame(now=TEN + 119))))

    assert (row["status"], row["last_left"], row["minutes_here"]) == ("here", "", "1")
    assert row["first_joined"] == "2026-11-23T14:45:00+05:45"


def test_every_row_of_partial_data_says_that_it_is_partial():
    sheet = exports.Sheet("1", "", BERLIN, FRAME, complete=False)

    assert [row["complete"] for row in read(exports.people_csv(PEOPLE * 2, sheet))] == ["no", "no"]


def test_every_join_and_leave_is_a_row_oldest_first_and_once():
    records = [record for event in DANA.events() * 2 for record in from_event(event, TEN)]

    rows = read(exports.events_csv(records[::-1], SHEET))

    assert [(row["event"], row["at"][11:16], row["record_id"]) for row in rows] == [
        ("waiting", "10:06", "1"),
        ("joined", "10:08", "1"),
        ("left waiting room", "10:08", "1"),
        ("left", "10:40", "1"),
    ]


def test_a_long_export_is_streamed_in_pieces():
    pieces = list(exports.people_csv(PEOPLE * 500, SHEET))

    assert len(pieces) == 4 and len(read(pieces)) == 500


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", " =1", "\u00a0=1", "＝1", "＋49", "－1", "＠x"]
)
def test_no_text_is_a_formula(text):
    assert csv_export.escape_formula(text) == f"'{text}"


@pytest.mark.parametrize("cell", ["Dana", "2026-11-23T10:06:00+01:00", "a=b", "", -1, 0])
def test_text_that_is_no_formula_is_unchanged(cell):
    assert csv_export.escape_formula(cell) == cell


@given(st.lists(st.text(), min_size=1))
def test_any_text_can_be_read_back_from_the_csv(cells):
    columns = [f"column {n}" for n in range(len(cells))]

    [row] = read(csv_export.csv_pieces(columns, [cells]))

    assert [text.removeprefix("'") for text in row.values()] == [cell.removeprefix("'") for cell in cells]


def test_a_lone_surrogate_becomes_a_question_mark():
    [row] = read(csv_export.csv_pieces(["name"], [["Ann \ud83d"]]))

    assert row == {"name": "Ann ?"}


@pytest.mark.parametrize("people", [(), PEOPLE, PEOPLE * 3])
def test_json_has_the_same_people_with_all_stays(people):
    whole = json.loads("".join(exports.people_json(people, SHEET)))

    assert (whole["complete"], whole["topic"]) == (True, "Weekly product sync")
    assert len(whole["people"]) == len(people)
    for person in whole["people"]:
        assert (person["name"], person["minutes_here"], person["late_minutes"]) == ("Dana Okoye", 32, 6)
        assert person["here"] == [["2026-11-23T10:08:00+01:00", "2026-11-23T10:40:00+01:00"]]


DAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("topic", "name"),
    [
        ("Weekly product sync", "attendance_2026-11-23_weekly-product-sync.csv"),
        ("  Zoë & Müller: “Straße”  ", "attendance_2026-11-23_zoe-muller-strasse.csv"),
        ("../../etc/passwd", "attendance_2026-11-23_etc-passwd.csv"),
        ("週次", "attendance_2026-11-23_meeting.csv"),
        ("", "attendance_2026-11-23_meeting.csv"),
    ],
)
def test_a_file_is_named_after_the_day_and_the_topic(topic, name):
    assert csv_export.file_name(DAY, topic) == name


def test_the_name_of_a_partial_file_says_that_it_is_partial():
    assert (
        csv_export.file_name(DAY, "Sync", ".events.csv", partial=True)
        == "attendance_2026-11-23_sync_partial.events.csv"
    )


@given(st.text())
def test_every_name_is_short_and_plain(topic):
    name = csv_export.file_name(DAY, topic, partial=True)

    assert len(name) <= 60 and name.isascii() and name == name.lower()
    assert name.startswith("attendance_2026-11-23_") and name.endswith("_partial.csv")
    assert not set(name) & set('/\\"; \r\n')


@given(st.text())
def test_the_header_holds_one_line_and_both_names(topic):
    header = csv_export.disposition(DAY, topic)

    kind, options = parse_options_header(header)
    assert header.isascii() and header.isprintable()
    assert (kind, header.count('"')) == ("attachment", 2)
    assert options["filename"].endswith(".csv")


def test_a_topic_keeps_its_own_script_for_browsers_that_read_it():
    _, options = parse_options_header(csv_export.disposition(DAY, "週次 Sync"))

    assert options["filename"] == "attendance_2026-11-23_週次-sync.csv"
