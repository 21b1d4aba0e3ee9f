"""Without JavaScript everything can still be done: connect, plan, change, delete, look back, copy, choose."""

import pytest


@pytest.fixture
def plain(dana_at):
    """Dana's browser with scripts switched off, in the panel's width."""
    return dana_at(360, java_script_enabled=False)


def words(page):
    return page.text_content("main")


def test_a_meeting_is_planned_changed_and_deleted(plain, world):
    plain.goto("/meetings")
    plain.click("text=Schedule")
    plain.fill("[name=topic]", "Budget circle")
    plain.fill("[name=date]", "2026-03-09")
    plain.fill("[name=time]", "14:00")
    plain.click("button >> text=Schedule meeting")
    assert "Meeting scheduled" in words(plain)

    plain.click("label >> text=Mute on entry")
    plain.click("text=Save changes")
    assert "Mute on entry: off." in words(plain)

    plain.goto("/meetings?q=budget+circle")
    plain.click("article h3 a")
    plain.click("text=Delete meeting")
    plain.click("button >> text=Delete meeting")
    assert "Meeting deleted" in words(plain)
    assert not [each for each in world.meetings.values() if each.topic == "Budget circle" and not each.deleted]


def test_what_a_script_would_copy_can_be_selected(plain):
    plain.goto("/meetings")

    fields = plain.query_selector_all("article noscript input, article .copy-field")
    assert fields
    assert all(each.get_attribute("value").startswith("http") for each in fields)
    assert not plain.query_selector_all("[data-copy]:visible")


def test_recordings_are_searched_ranged_and_their_passcode_asked_for(plain):
    plain.goto("/recordings")
    plain.fill("[name=q]", "town")
    plain.press("[name=q]", "Enter")
    assert "1 recording" in words(plain)

    plain.click("text=Show passcode")
    assert "Passcode:" in words(plain)
    plain.goto("/recordings")
    plain.click("details.menu summary")
    plain.fill("[name=from]", "2026-01-01")
    plain.click("text=Show these days")
    assert "1 Jan – 2 Mar 2026" in words(plain)
    plain.click("text=On its own page")
    assert plain.is_visible("svg[role=img]")


def test_choices_are_kept_and_the_theme_is_switched(plain):
    plain.goto("/settings")
    plain.select_option("[name=zone_name]", "Asia/Kathmandu")
    plain.select_option("[name=hour12]", "12")
    plain.click("button >> text=Save")
    assert "Settings saved" in words(plain)
    assert "Asia/Kathmandu" in plain.text_content("footer")

    plain.click("footer button")
    assert plain.get_attribute("html", "data-theme") == "light"
    plain.click("footer button")
    assert plain.get_attribute("html", "data-theme") == "dark"


def test_one_can_leave_and_come_back(plain, world, site):
    plain.goto("/disconnect")
    plain.click("text=Disconnect and delete")
    assert "Connect your Zoom account" in words(plain)

    # Zoom's own page follows; its address is this app's only way out of here.
    assert plain.get_attribute("[data-connect]", "href") == "/api/zoomapp/install"


def test_a_running_meeting_is_refreshed_by_hand_and_by_itself(dana_at, dana, world):
    world.tell("live-meeting")
    page = dana_at(java_script_enabled=False)
    page.goto(dana.get("/participants").location)

    assert page.locator("meta[http-equiv=refresh]").get_attribute("content") == "30"
    page.click("noscript a.button")
    assert page.locator("tbody tr").count() >= 3
