"""A page that was served from an older copy takes over the new one by itself, unless somebody uses it."""

from dataclasses import replace

import pytest

from offline_zoom.faults import Fault
from tests.pages.timing import RECORD, stop_clock, wait_until_taken

NEW = {
    "id": 85000000777,
    "topic": "Sprint demo",
    "type": 2,
    "start_time": "2026-03-03T10:00:00Z",
    "duration": 30,
    "join_url": "https://zoom.us/j/85000000777",
}


@pytest.fixture
def settings(settings):
    return replace(settings, page_cache_seconds=60)


@pytest.fixture
def refresh(parts):
    """Lets a page ask once more, when the server has the new one."""

    def refresh(page):
        parts.parallel_calls.wait_until_idle()
        page.clock.run_for(1600)

    return refresh


@pytest.fixture
def old_page(dana_at, world, clock):
    """The list of meetings from a copy of a minute ago; meanwhile there is another meeting. Its clock stands."""
    page = dana_at(360)
    stop_clock(page)
    page.add_init_script(f"({RECORD})()")
    page.goto("/meetings")
    world.faults.append(Fault("GET /v2/users/me/meetings?type=upcoming", 200, {}, {"meetings": [NEW]}))
    clock.tick(61)
    page.goto("/meetings")
    assert page.locator("main[data-refreshing]").count() == 1
    assert "Sprint demo" not in page.text_content("main")
    return page


def test_an_older_page_takes_over_the_new_one_without_a_reload(old_page, refresh):
    old_page.evaluate("() => { window.same = true; }")

    refresh(old_page)
    old_page.wait_for_selector("main:not([data-refreshing]) >> text=Sprint demo")

    assert old_page.evaluate("() => window.same")


def test_a_page_in_use_stays_as_it_is(old_page, refresh):
    old_page.fill("input[type=search]", "plan")

    with old_page.expect_response("**/meetings") as answer:
        refresh(old_page)
    wait_until_taken(old_page, "/meetings")

    assert "Sprint demo" in answer.value.text()
    assert old_page.input_value("input[type=search]") == "plan"
    assert "Sprint demo" not in old_page.text_content("main")


def test_buttons_of_a_page_that_was_taken_over_work(old_page, refresh):
    refresh(old_page)
    old_page.wait_for_selector("main:not([data-refreshing]) >> text=Sprint demo")

    old_page.click("main [data-copy] >> nth=0")

    old_page.wait_for_selector("text=/Copied|Press Ctrl\\+C to copy/")


def test_a_meeting_that_has_started_comes_with_the_scripts_of_its_page(dana_at, world, clock, refresh):
    page = dana_at(360)
    stop_clock(page)
    page.goto("/participants")
    assert "No meeting is running" in page.text_content("main")
    meeting = world.start_meeting(85000000102)
    world.join(meeting, "dana")
    clock.tick(61)

    page.goto("/participants")

    assert "No meeting is running" in page.text_content("main")
    with page.expect_request(lambda request: request.is_navigation_request()) as opened:
        refresh(page)
    page.wait_for_selector("[data-live]")
    assert page.locator("script[src*='js/live']").count() == 1
    assert "cache-control" not in opened.value.all_headers(), "a reload asks Zoom for everything"
