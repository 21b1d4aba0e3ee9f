"""Registrants in a browser: the selection is counted, a bulk form works, and a person alone is approved."""

from offline_zoom.stories.quiet_day import RETRO

PAGE = f"/meetings/{RETRO}/registrants"


def test_selected_people_are_counted_and_approved(dana_at, world):
    page = dana_at(360)
    page.goto(PAGE)

    page.check("[name=everyone]")
    assert page.text_content("[data-selected]") == "4 selected"
    page.uncheck("[name=person] >> nth=1")
    assert page.text_content("[data-selected]") == "3 selected"
    assert not page.is_checked("[name=everyone]")
    page.click(".bulk [value=approve]")

    page.wait_for_selector("text=3 approved")
    assert [each.status for each in world.meetings[RETRO].registrants[:4]].count("approved") == 3
