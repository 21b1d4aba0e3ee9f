"""The settings page: valid settings are saved and applied, invalid ones are shown at their field."""

import re

import pytest

from tests.web.reading import fields, read
from zoomapp.store.preferences import Preferences

FORM = {
    "zone_name": "",
    "region": "",
    "hour12": "24",
    "theme": "automatic",
    "refresh_seconds": "15",
    "late_minutes": "5",
    "announce": "waiting",
}


@pytest.mark.parametrize("typed", ["90", "abc", "", "-1", "5.5"])
def test_an_invalid_setting_is_shown_at_its_field_and_nothing_is_saved(dana, typed):
    sent = {**FORM, "late_minutes": typed, "hour12": "12", "theme": "dark", "refresh_seconds": "30"}

    answer = dana.post("/settings", data=sent)

    text = read(answer, 422)
    assert text.count("Enter a whole number of minutes between 0 and 60") == 2
    assert "Settings saved" not in text
    assert "<title>Error: " in answer.text
    assert fields(answer.text)["late_minutes"] == typed
    for value in ("12", "dark", "30"):
        assert re.search(rf'<option value="{value}" selected', answer.text)
    assert 'value="12" selected' not in dana.look("/settings").text


def test_the_late_setting_decides_who_is_late(dana, world):
    world.load_story("live-meeting")
    key = re.search(r'href="(/participants/\d+)"', dana.look("/").text)[1]
    dana.post("/settings", data={**FORM, "late_minutes": "0"})
    strict = late(dana.look(key))

    saved = dana.post("/settings", data={**FORM, "late_minutes": "60"})

    assert "Settings saved" in read(dana.look(saved.location))
    assert late(dana.look(key)) < strict


def late(page):
    return int(re.search(r"\bLate (\d+)\b", read(page))[1])


@pytest.mark.parametrize(
    ("setting", "profile", "browser", "with_am_or_pm"),
    [
        ("", "en-US", "de", True),
        ("", "en-GB", "en-US", False),
        ("", "", "en-US", True),
        ("", "", "de-DE,de;q=0.9", False),
        ("en_US", "en-GB", "de", True),
        ("en_DE", "en-US", "en-US", False),
    ],
)
def test_times_follow_the_setting_then_the_zoom_profile_then_the_browser(
    anyone, world, setting, profile, browser, with_am_or_pm
):
    world.user("dana").language = profile
    assert anyone.connect().status_code == 302
    assert anyone.post("/settings", data={**FORM, "region": setting, "hour12": ""}).status_code == 303

    page = anyone.get("/meetings", headers={"Accept": "text/html", "Accept-Language": browser}).text

    assert bool(re.search(r"\d:\d\d\xa0[AP]M", page)) == with_am_or_pm


def test_chosen_clock_stands_above_the_region(dana):
    dana.post("/settings", data={**FORM, "region": "en_US", "hour12": "24"})

    page = dana.look("/meetings").text

    assert not re.search(r"\d:\d\d\xa0[AP]M", page)
    assert re.search(r"[A-Z][a-z]{2}, [A-Z][a-z]{2} \d", page)


@pytest.mark.parametrize(("region", "first"), [("en_US", "Sun"), ("en_DE", "Mon")])
def test_week_begins_as_usual_in_the_region(dana, region, first):
    dana.post("/settings", data={**FORM, "region": region})

    weekdays = re.findall(r'name="weekdays"[^>]*>(\w+)', dana.look("/meetings/new").text)

    assert (len(weekdays), weekdays[0]) == (7, first)


@pytest.mark.parametrize(
    ("stored", "hour12"),
    [
        ({"hour12": True}, True),
        ({"hour12": False}, None),
        ({"hour12": False, "region": ""}, False),
        ({"hour12": None, "region": ""}, None),
    ],
)
def test_clock_of_a_person_who_chose_none_in_the_previous_release_is_the_regions(stored, hour12):
    assert Preferences.parse(stored).hour12 is hour12
