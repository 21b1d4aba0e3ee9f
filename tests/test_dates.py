"""Dates and times are right in every zone and on both days of a clock change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoomapp import dates

BERLIN, KATHMANDU, ST_JOHNS = (ZoneInfo(name) for name in ("Europe/Berlin", "Asia/Kathmandu", "America/St_Johns"))
ZONES = st.sampled_from([BERLIN, KATHMANDU, ST_JOHNS, UTC, ZoneInfo("Australia/Lord_Howe")])
NOW = datetime(2026, 11, 23, 9, 42, 6, tzinfo=UTC)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# --- local time and UTC


@pytest.mark.parametrize(
    ("zone", "typed", "found"),
    [
        (BERLIN, "2026-03-28 02:30", "2026-03-28 01:30"),
        (BERLIN, "2026-03-29 03:00", "2026-03-29 01:00"),
        (BERLIN, "2026-10-25 03:00", "2026-10-25 02:00"),
        (KATHMANDU, "2026-11-23 15:30", "2026-11-23 09:45"),
        (ST_JOHNS, "2026-11-23 06:15", "2026-11-23 09:45"),
        (ST_JOHNS, "2026-07-01 07:15", "2026-07-01 09:45"),
    ],
)
def test_a_plain_local_time_is_found_without_a_word(zone, typed, found):
    resolved = dates.resolve(datetime.fromisoformat(typed), zone)

    assert (resolved.at, resolved.kind, resolved.message) == (utc(found), "plain", "")


@pytest.mark.parametrize(("zone", "typed"), [(BERLIN, "2027-03-28 02:30"), (ST_JOHNS, "2027-03-14 02:30")])
def test_a_local_time_skipped_by_the_clock_change_names_the_next_one(zone, typed):
    resolved = dates.resolve(datetime.fromisoformat(typed), zone)

    assert (resolved.kind, resolved.resumes) == ("gap", time(3))
    assert resolved.at.astimezone(zone).replace(tzinfo=None) == datetime.fromisoformat(typed).replace(hour=3, minute=0)


def test_the_sentence_about_a_gap_is_the_promised_one():
    resolved = dates.resolve(datetime(2027, 3, 28, 2, 30), BERLIN)

    assert resolved.message == (
        "02:30 doesn't exist on March 28 in Berlin, the clocks go forward. Choose 03:00 or later."
    )


@pytest.mark.parametrize(
    ("zone", "typed", "found"),
    [
        (BERLIN, "2026-10-25 02:30", "2026-10-25 00:30"),
        (ST_JOHNS, "2026-11-01 01:15", "2026-11-01 03:45"),
    ],
)
def test_a_local_time_that_occurs_twice_is_the_first_and_is_marked(zone, typed, found):
    resolved = dates.resolve(datetime.fromisoformat(typed), zone)

    assert (resolved.at, resolved.kind) == (utc(found), "overlap")
    assert resolved.message.endswith("the clocks go back. We used the earlier one.")


@given(st.datetimes(datetime(1990, 1, 1), datetime(2035, 1, 1)), ZONES)
def test_every_typed_time_becomes_a_moment_that_reads_back(typed, zone):
    typed = typed.replace(second=0, microsecond=0)

    resolved = dates.resolve(typed, zone)

    back = resolved.at.astimezone(zone).replace(tzinfo=None)
    assert back > typed if resolved.kind == "gap" else back == typed


def test_a_zone_is_only_what_a_person_can_choose():
    assert dates.find_zone("Europe/Berlin") == BERLIN
    assert [dates.find_zone(name) for name in ("../etc/passwd", "Mars/Olympus", "", None)] == [None] * 4
    assert (dates.city(ST_JOHNS), dates.offset(NOW, KATHMANDU)) == ("St Johns", "UTC+05:45")


@pytest.mark.parametrize(
    ("text", "zone", "found"),
    [
        ("2026-03-02T15:04:05Z", BERLIN, "2026-03-02 15:04:05"),
        ("2026-03-02T15:04:05", BERLIN, "2026-03-02 14:04:05"),
        ("2026-03-02T15:04:05.250Z", UTC, "2026-03-02 15:04:05.250"),
    ],
)
def test_zooms_moments_are_read(text, zone, found):
    assert dates.parse(text, zone) == utc(found)


def test_text_that_is_no_moment_is_none():
    assert [dates.parse(text) for text in ("", None, "soon", 7, "0001-01-01T00:00:00+14:00")] == [None] * 5


# --- ranges


def test_the_last_thirty_days_are_one_question():
    assert list(dates.month_ranges(date(2026, 10, 25), date(2026, 11, 23))) == [
        (date(2026, 10, 25), date(2026, 11, 23))
    ]


def test_no_piece_is_longer_than_a_short_february():
    assert next(dates.month_ranges(date(2026, 1, 1), date(2026, 3, 2))) == (date(2026, 2, 2), date(2026, 3, 2))


@given(st.dates(date(2015, 1, 1), date(2030, 1, 1)), st.integers(0, 800))
def test_pieces_cover_each_day_once_newest_first(first, days):
    last = first + timedelta(days=days)

    pieces = list(dates.month_ranges(first, last))

    covered = [start + timedelta(n) for start, end in reversed(pieces) for n in range((end - start).days + 1)]
    assert covered == [first + timedelta(n) for n in range(days + 1)]
    assert all((end - start).days < 30 for start, end in pieces)


EVERYWHERE = st.sampled_from(
    [
        ZoneInfo(name)
        for name in (
            *("Pacific/Pago_Pago", "Pacific/Kiritimati", "Pacific/Apia", "Asia/Kolkata", "America/New_York"),
            *("America/Havana", "America/Asuncion", "Atlantic/Azores", "Europe/Berlin", "Australia/Lord_Howe", "UTC"),
        )
    ]
)


@given(st.datetimes(datetime(2011, 1, 1), datetime(2035, 1, 1)), EVERYWHERE, st.integers(0, 40), st.integers(0, 40))
def test_moments_of_local_days_lie_in_their_days_of_utc(moment, zone, before, after):
    moment = moment.replace(tzinfo=UTC)
    today = moment.astimezone(zone).date()
    first, last = today - timedelta(days=before), today + timedelta(days=after)

    utc_first, utc_last = dates.utc_days(first, last, zone)

    assert utc_first <= moment.date() <= utc_last
    assert first - utc_first in (timedelta(0), timedelta(1))
    assert utc_last - last in (timedelta(-1), timedelta(0), timedelta(1))
    assert (utc_last - utc_first) - (last - first) <= timedelta(1)


def test_days_of_utc_are_the_same_days_for_a_viewer_in_utc():
    assert dates.utc_days(date(2026, 8, 1), date(2026, 8, 31), UTC) == (date(2026, 8, 1), date(2026, 8, 31))


@pytest.mark.parametrize(
    ("first", "last", "at_once"),
    [
        (date(2026, 8, 1), date(2026, 8, 31), True),
        (date(2026, 8, 1), date(2026, 9, 1), False),
        (date(2026, 2, 1), date(2026, 3, 1), True),
        (date(2026, 1, 31), date(2026, 3, 1), False),
        (date(2026, 2, 28), date(2026, 3, 30), True),
    ],
)
def test_zoom_answers_for_thirty_one_days_within_a_month(first, last, at_once):
    assert dates.within_a_month(first, last) == at_once


@given(st.dates(date(2015, 1, 1), date(2030, 1, 1)), st.integers(0, 400))
def test_pieces_by_month_cover_each_day_once_newest_first(first, days):
    last = first + timedelta(days=days)

    pieces = dates.by_month(first, last)

    covered = [start + timedelta(n) for start, end in reversed(pieces) for n in range((end - start).days + 1)]
    assert covered == [first + timedelta(n) for n in range(days + 1)]
    assert all(dates.within_a_month(start, end) for start, end in pieces)


@given(st.dates(date(2015, 1, 1), date(2030, 1, 1)))
def test_six_months_and_the_day_before_are_six_pieces(today):
    count = today.year * 12 + today.month - 6
    first = date(count // 12, count % 12 + 1, 1)

    assert len(dates.by_month(first, today)) == len(dates.by_month(first - timedelta(days=1), today)) == 6


# --- quantities


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "just now"),
        (-6, "6 s ago"),
        (-59, "59 s ago"),
        (-180, "3 min ago"),
        (1080, "in 18 min"),
        (3600, ""),
        (-3600, ""),
    ],
)
def test_how_far_off_is_said_under_an_hour(seconds, words):
    assert dates.relative(NOW + timedelta(seconds=seconds), NOW) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "under 1 min"), (59, "under 1 min"), (119, "1 min"), (2040, "34 min"), (6720, "1 h 52 min"), (7200, "2 h")],
)
def test_durations_are_whole_minutes_rounded_down(seconds, words):
    assert dates.duration(seconds) == words


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("45", 45),
        ("1h", 60),
        ("1:30", 90),
        ("90 min", 90),
        ("1 h 15", 75),
        ("1h15", 75),
        (" 2 Hours ", 120),
        ("1 hour 5 minutes", 65),
        ("0", 0),
        ("", -1),
        ("1 30", -1),
        ("4 5", -1),
        ("1:75", -1),
        ("-5", -1),
        ("1.5 h", -1),
        ("h", -1),
        ("٤٥", -1),
    ],
)
def test_typed_duration_is_read_in_minutes(typed, minutes):
    assert dates.typed_minutes(typed) == minutes


@given(st.integers(1, 1440), st.sampled_from(["", " "]), st.sampled_from(["h", "hr", "hour", "hours", "H"]))
def test_every_way_to_write_a_duration_is_read_alike(minutes, space, unit):
    hours, rest = divmod(minutes, 60)
    ways = [
        str(minutes),
        f"{minutes}{space}min",
        f"{hours}:{rest:02}",
        f"{hours}{space}{unit}{space}{rest}",
        f"{hours}{space}{unit}{space}{rest}{space}minutes",
        dates.duration(60 * minutes),
    ]

    assert {dates.typed_minutes(way) for way in ways} == {minutes}


@given(st.text())
def test_any_text_is_a_duration_or_none(text):
    assert dates.typed_minutes(text) >= -1


def test_a_countdown_never_promises_too_early():
    assert [dates.countdown(seconds) for seconds in (24, 23.2, 60, 0, -3)] == ["0:24", "0:24", "1:00", "0:00", "0:00"]


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 KB"),
        (12, "1 KB"),
        (6_000, "6 KB"),
        (411_900, "412 KB"),
        (999_499, "999 KB"),
        (999_500, "1 MB"),
        (96_000_000, "96 MB"),
        (999_600_000, "1.0 GB"),
        (1_300_000_000, "1.3 GB"),
        (2_500_000_000_000, "2.5 TB"),
    ],
)
def test_sizes_are_decimal_as_in_zoom(count, words):
    assert dates.size(count) == words


def test_meeting_ids_are_grouped_for_reading_aloud():
    numbers = (84211773390, "8114420917", 123456789)

    assert [dates.meeting_id(number) for number in numbers] == ["842 1177 3390", "811 442 0917", "123 456 789"]
