"""Dates and times are written in English as people of each region write them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from zoomapp import dates
from zoomapp.regions import REGIONS, DateFormats, choose_region
from zoomapp.regions.choice import region_of

BERLIN, KATHMANDU, ST_JOHNS = (ZoneInfo(name) for name in ("Europe/Berlin", "Asia/Kathmandu", "America/St_Johns"))
NOW = datetime(2026, 11, 23, 9, 42, 6, tzinfo=UTC)
US, GB = DateFormats("en_US"), DateFormats("en_GB")


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("region", "clock", "short_day", "long_day", "days", "first_weekday"),
    [
        ("en_US", "3:42\u00a0PM", "Sun, Nov 22", "Monday, November 23", "Oct 25 – Nov 23, 2026", 6),
        ("en_GB", "15:42", "Sun 22 Nov", "Monday 23 November", "25 Oct – 23 Nov 2026", 0),
        ("en_DE", "15:42", "Sun, 22 Nov", "Monday 23 November", "25 Oct – 23 Nov 2026", 0),
        ("en_FR", "15:42", "Sun, 22 Nov", "Monday 23 November", "25 Oct – 23 Nov 2026", 0),
        ("en_ES", "15:42", "Sun, 22 Nov", "Monday 23 November", "25 Oct – 23 Nov 2026", 0),
        ("en_JP", "15:42", "Sun, Nov 22", "Monday, November 23", "Oct 25 – Nov 23, 2026", 6),
    ],
)
def test_each_region_has_its_clock_its_order_and_its_first_weekday(
    region, clock, short_day, long_day, days, first_weekday
):
    formats = DateFormats(region)

    assert formats.clock(NOW + timedelta(hours=5), BERLIN) == clock
    assert formats.day(NOW - timedelta(days=1), BERLIN, NOW) == short_day
    assert formats.long_day(NOW, BERLIN) == long_day
    assert formats.date_range(date(2026, 10, 25), date(2026, 11, 23)) == days
    assert formats.first_weekday == first_weekday
    assert formats.uses_hour12 == (region == "en_US")


@pytest.mark.parametrize(
    ("zone", "formats", "words"),
    [
        (BERLIN, GB, "10:42"),
        (BERLIN, DateFormats("en_US", hour12=False), "10:42"),
        (BERLIN, US, "10:42\u00a0AM"),
        (KATHMANDU, GB, "15:27"),
        (KATHMANDU, DateFormats("en_GB", hour12=True), "3:27\u00a0pm"),
        (ST_JOHNS, GB, "06:12"),
        (UTC, GB, "09:42 UTC"),
    ],
)
def test_times_are_in_the_viewers_zone_and_on_the_chosen_clock(zone, formats, words):
    assert formats.clock(NOW, zone) == words
    assert formats.clock(NOW.timestamp(), zone) == words


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (0, "Today"),
        (24, "Tomorrow"),
        (48, "Wednesday"),
        (6 * 24, "Sunday"),
        (7 * 24, "Mon, Nov 30"),
        (-24, "Sun, Nov 22"),
        (60 * 24, "Fri, Jan 22, 2027"),
    ],
)
def test_day_is_named_within_a_week_and_has_a_year_if_it_is_another(hours, words):
    assert US.day(NOW + timedelta(hours=hours), BERLIN, NOW) == words


def test_tomorrow_begins_at_midnight_where_the_viewer_is():
    evening = utc("2026-11-23 18:30")

    assert [US.day(evening, zone, NOW) for zone in (BERLIN, KATHMANDU)] == ["Today", "Tomorrow"]


def test_tomorrow_is_a_day_later_even_when_the_day_has_25_hours():
    noon, next_noon = utc("2026-10-24 10:00"), utc("2026-10-25 11:00")

    assert US.day(next_noon, BERLIN, noon) == "Tomorrow"
    assert GB.clock(next_noon, BERLIN) == GB.clock(noon, BERLIN) == "12:00"


@pytest.mark.parametrize(
    ("start", "end", "formats", "words"),
    [
        ("2026-11-23T10:00Z", "2026-11-23T10:30Z", GB, "11:00 – 11:30"),
        ("2026-11-23T22:30Z", "2026-11-23T23:30Z", GB, "23:30 – Tue 24 Nov, 00:30"),
        ("2026-10-25T00:30Z", "2026-10-25T01:00Z", GB, "02:30 – 02:00 (clocks go back)"),
        ("2026-03-29T00:30Z", "2026-03-29T01:30Z", GB, "01:30 – 03:30 (clocks go forward)"),
        ("2026-03-02T13:00Z", "2026-03-02T13:30Z", US, "2:00 – 2:30\u00a0PM"),
        ("2026-03-02T10:30Z", "2026-03-02T11:30Z", US, "11:30\u00a0AM – 12:30\u00a0PM"),
    ],
)
def test_range_names_the_day_am_or_pm_and_the_clock_change_only_where_needed(start, end, formats, words):
    assert formats.clock_range(*(datetime.fromisoformat(text) for text in (start, end)), BERLIN) == words


def test_title_of_a_moment_has_seconds_and_the_offset():
    assert GB.full(NOW, ST_JOHNS) == "Mon, 23 Nov 2026, 06:12:06 UTC-03:30"
    assert US.full(NOW, ST_JOHNS) == "Mon, Nov 23, 2026, 6:12:06\u00a0AM UTC-03:30"
    assert dates.iso(NOW, KATHMANDU) == "2026-11-23T15:27:06+05:45"


def test_days_over_new_year_name_both_years():
    assert US.date_range(date(2026, 12, 25), date(2027, 1, 23)) == "Dec 25, 2026 – Jan 23, 2027"


@pytest.mark.parametrize(
    ("hours", "words", "sentence"),
    [
        (0.3, "11:00\u00a0AM", "at 11:00\u00a0AM"),
        (4, "2:42\u00a0PM", "at 2:42\u00a0PM"),
        (24, "Tomorrow, 10:42\u00a0AM", "tomorrow at 10:42\u00a0AM"),
        (-72, "Fri, Nov 20, 10:42\u00a0AM", "Fri, Nov 20 at 10:42\u00a0AM"),
    ],
)
def test_moment_is_said_as_shortly_as_possible(hours, words, sentence):
    at = NOW + timedelta(hours=hours)

    assert US.dated(at, BERLIN, NOW) == words
    assert US.dated_in_sentence(at, BERLIN, NOW) == sentence


@pytest.mark.parametrize(
    ("language", "region"),
    [
        *(("en-US", "en_US"), ("en-GB", "en_GB"), ("de-DE", "en_DE"), ("de", "en_DE"), ("fr-FR", "en_FR")),
        *(("es", "en_ES"), ("es-ES", "en_ES"), ("ja", "en_JP"), ("jp-JP", "en_JP"), ("zh-Hant-HK", "en_HK")),
        *(("zh-CN", "en_001"), ("ko-KO", "en_001"), ("", ""), ("*", ""), ("no language", ""), ("../../etc", "")),
    ],
)
def test_region_follows_from_a_language_tag(language, region):
    assert region_of(language) == region


def test_own_choice_stands_above_zoom_profile_and_browser():
    assert choose_region("en_JP", "de-DE", "fr") == "en_JP"
    assert choose_region("", "de-DE", "fr") == "en_DE"
    assert choose_region("", "", "fr") == "en_FR"
    assert choose_region("en_XX", "", "") == "en_US"
    assert set(REGIONS) == {"en_US", "en_GB", "en_DE", "en_FR", "en_ES", "en_JP"}
