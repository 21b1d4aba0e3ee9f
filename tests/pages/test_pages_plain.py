"""The app without JavaScript: connect, schedule, change, delete, recordings, settings."""

import pytest


@pytest.fixture
def plain(dana_at):
    """Dana's browser with scripts switched off, in the panel's width."""
    return dana_at(360, java_script_enabled=False)


def words(page):
    return page.text_content("main")


def follow(page, what):
    """Press what leads to another page, and wait until all of that page is there."""
    with page.expect_navigation():
        page.click(what)


def test_without_javascript_a_meeting_is_scheduled_changed_and_deleted(plain, world):
    plain.goto("/meetings")
    follow(plain, "text=Schedule")
    plain.fill("[name=topic]", "Budget circle")
    plain.fill("[name=date]", "2026-03-09")
    plain.fill("[name=time]", "14:00")
    follow(plain, "button >> text=Schedule meeting")
    assert "Meeting scheduled" in words(plain)

    plain.click("label >> text=Mute on entry")
    follow(plain, "text=Save changes")
    assert "Mute on entry: off." in words(plain)

    plain.goto("/meetings?q=budget+circle")
    follow(plain, "article h3 a")
    follow(plain, "text=Delete meeting")
    follow(plain, "button >> text=Delete meeting")
    assert "Meeting deleted" in words(plain)
    assert not [each for each in world.meetings.values() if each.topic == "Budget circle" and not each.deleted]


def test_without_javascript_a_meeting_is_scheduled_on_the_overview_and_edited(plain, world):
    plain.goto("/")
    plain.click("label >> text=Tomorrow")
    follow(plain, "button >> text=Schedule")
    assert "Meeting scheduled" in words(plain)
    assert "Tue 3 Mar, 09:00" in words(plain)

    follow(plain, "a >> text=Edit")
    plain.fill("[name=topic]", "Budget circle")
    plain.fill("[name=duration]", "0:45")
    next(each for each in world.meetings.values() if each.topic == "Dana’s meeting").topic = "Theirs"
    follow(plain, "text=Save changes")
    assert "Someone changed this meeting" in words(plain)
    follow(plain, "text=Keep mine")

    assert "Topic, Duration." in words(plain)
    assert "Budget circle" in words(plain)


def test_without_javascript_links_can_be_selected_for_copying(plain):
    plain.goto("/meetings")

    fields = plain.query_selector_all("article noscript input, article .copy-field")
    assert fields
    assert all(each.get_attribute("value").startswith("http") for each in fields)
    assert not plain.query_selector_all("[data-copy]:visible")


def test_without_javascript_recordings_are_searched_filtered_and_their_passcode_is_shown(plain):
    plain.goto("/recordings")
    plain.fill("[name=q]", "town")
    with plain.expect_navigation():
        plain.press("[name=q]", "Enter")
    assert "1 recording" in words(plain)

    follow(plain, "text=Show passcode")
    assert "Passcode:" in words(plain)
    plain.goto("/recordings")
    plain.click("[popovertarget=dates]")
    plain.fill("[name=from]", "2026-01-01")
    follow(plain, "text=Apply")
    assert "1 Jan – 2 Mar 2026" in words(plain)
    follow(plain, "text=On its own page")
    assert plain.is_visible("svg[role=img]")


def test_without_javascript_settings_are_saved_and_the_theme_is_switched(plain):
    plain.goto("/settings")
    plain.select_option("[name=zone_name]", "Asia/Kathmandu")
    plain.select_option("[name=hour12]", "12")
    follow(plain, "button >> text=Save")
    assert "Settings saved" in words(plain)
    assert "Asia/Kathmandu" in plain.text_content("footer")

    follow(plain, "footer button")
    assert plain.get_attribute("html", "data-theme") == "light"
    follow(plain, "footer button")
    assert plain.get_attribute("html", "data-theme") == "dark"


def test_without_javascript_a_user_disconnects_and_can_connect_again(plain, world, site):
    plain.goto("/disconnect")
    follow(plain, "text=Disconnect and delete")
    assert "Connect your Zoom account" in words(plain)

    # Zoom's own page follows; its address is this app's only way out of here.
    assert plain.get_attribute("[data-connect]", "href") == "/api/zoomapp/install"


def test_without_javascript_a_running_meeting_is_refreshed_by_hand_and_automatically(dana_at, dana, world):
    world.load_story("live-meeting")
    page = dana_at(java_script_enabled=False)
    page.goto(dana.running_meeting())

    assert page.locator("meta[http-equiv=refresh]").get_attribute("content") == "30"
    assert "Updated at" in words(page)
    assert "now" not in page.text_content("#fresh")
    follow(page, "noscript a.button")
    assert page.locator("tbody tr").count() >= 3
