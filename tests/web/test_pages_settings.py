"""The settings page: valid settings are saved and applied, invalid ones are shown at their field."""

import re

import pytest

from tests.web.reading import fields, read

FORM = {
    "zone_name": "",
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
