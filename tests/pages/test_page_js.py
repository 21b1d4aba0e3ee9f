"""The script of every page: copying, secrets on request, sections that load later, countdowns, waiting."""

import json

import pytest

from offline_zoom.faults import Fault
from tests.pages.timing import stop_clock

LIST = "GET /v2/users/me/recordings"


@pytest.fixture
def page(dana_at):
    return dana_at(360, permissions=["clipboard-read", "clipboard-write"])


def clipboard(page):
    return page.evaluate("() => navigator.clipboard.readText()")


def test_a_link_is_copied_and_the_copy_is_announced(page):
    page.goto("/meetings")

    page.click("[data-copy] >> nth=0")

    page.wait_for_selector("text=Copied")
    assert clipboard(page).startswith("http")
    assert page.text_content("[data-say]") == "Copied"


def test_the_time_zone_of_the_browser_is_saved_for_the_next_page(dana_at):
    page = dana_at(360, timezone_id="Asia/Tokyo")
    page.goto("/help")

    page.wait_for_function("() => document.cookie.includes('zone=Asia/Tokyo')")


def test_without_clipboard_access_the_text_is_selected(page):
    page.goto("/meetings")
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")

    page.click("[data-copy] >> nth=0")

    page.wait_for_selector("textarea.copy-field")
    assert page.evaluate("() => getSelection().toString() || document.activeElement.value").startswith("http")
    assert page.text_content("[data-say]") == "Press Ctrl+C to copy"


def test_a_passcode_is_loaded_on_request_alone_or_with_its_link(page, world):
    secrets = {each.play_passcode for each in world.recordings.values()}
    page.goto("/recordings")
    assert not [each for each in secrets if each in page.content()]

    page.click("[data-copy-from] >> nth=0")
    page.wait_for_selector("text=Copied")
    topic, link, passcode = clipboard(page).splitlines()
    page.click("[data-secret] >> nth=0")
    page.wait_for_selector(".extras code")

    assert passcode.removeprefix("Passcode: ") in secrets
    assert link.startswith("http")
    assert topic
    assert page.text_content(".extras code") in secrets
    assert page.evaluate("() => document.activeElement.tagName") == "CODE"


def test_storage_by_month_loads_by_itself(page, world):
    page.goto("/recordings")

    page.wait_for_selector("#storage svg[role=img]")
    assert page.get_attribute("#storage", "data-part") is None
    assert "/recordings" in page.url


def test_section_that_loads_later_is_loaded_once_at_a_time_and_no_more_once_it_is_gone(page):
    routes = []
    page.route("**/recordings/storage", lambda route: routes.append(route))
    with page.expect_request("**/recordings/storage"):
        page.goto("/recordings")

    # The page binds its elements again, and then loses this one.
    page.evaluate("() => dispatchEvent(new Event('refreshed'))")
    page.evaluate("() => document.querySelector('#storage').remove()")
    for route in routes:
        with page.expect_response("**/recordings/storage"):
            route.fulfill(body='<p id="storage" data-part="/recordings/storage"></p>')
    page.evaluate("() => new Promise((done) => setTimeout(done, 50))")

    assert len(routes) == 1


SLOW = {"status": 429, "headers": {"Retry-After": "24"}, "body": {"code": 429, "message": "slow"}}


def test_a_wait_is_counted_down_and_then_the_page_reloads(page, world, clock):
    stop_clock(page)
    world.faults.append(Fault("GET /v2/users/me/meetings", **SLOW))
    page.goto("/meetings")
    assert page.text_content("[data-countdown]") == "0:24"
    page.clock.run_for(4000)
    assert page.text_content("[data-countdown]") == "0:20"
    page.fill("[name=q]", "half a wo")
    world.faults.clear()

    clock.tick(24)
    page.clock.run_for(24_000)
    assert page.text_content("[data-countdown]") == "0:00"
    assert page.input_value("[name=q]") == "half a wo"
    page.evaluate("() => document.activeElement.blur()")
    page.clock.run_for(1000)

    page.wait_for_selector("article.meeting")
    assert not page.query_selector("[data-countdown]")


def test_after_a_form_the_end_of_a_wait_shows_a_text_and_sends_nothing_again(page, world):
    stop_clock(page)
    page.goto("/meetings/85000000101")
    world.faults.append(Fault("PATCH /v2/meetings/*", **SLOW))
    page.click("label:has-text('Mute on entry')")
    page.click("text=Save changes")
    page.wait_for_selector("text=You can try again in 0:24.")
    world.calls.clear()

    page.clock.run_for(60_000)

    assert "You can try again now." in page.text_content("main")
    assert world.calls.count("PATCH /v2/meetings/*") == 0


def test_relative_times_are_updated_while_the_page_is_open(page, world):
    stop_clock(page)
    page.goto("/meetings")
    badges, first = page.locator(".badge [data-relative]"), page.locator(".sub [data-relative]")
    # The first begins now, the second in an hour.
    assert badges.all_text_contents()[:2] == ["just now", ""]
    assert first.text_content() == "at 11:00"

    page.clock.run_for(5 * 60_000)
    assert badges.all_text_contents()[:2] == ["5 min ago", "in 55 min"]
    # What comes next is never "ago".
    assert first.text_content() == "at 11:00"
    page.clock.run_for(56 * 60_000)

    assert badges.all_text_contents()[:2] == ["", "1 min ago"]
    assert page.locator(".badge:has([data-relative])").first.is_hidden()


@pytest.mark.parametrize("address", ["/meetings/new", "/meetings/85000000101"])
def test_a_switch_turns_off_the_switch_that_it_excludes_and_says_so(page, address):
    page.goto(address)
    page.check("#waiting_room")

    page.check("#join_before_host")
    assert not page.is_checked("#waiting_room")
    assert "The waiting room is now off" in page.text_content("[data-switched]")
    page.focus("#waiting_room")
    page.keyboard.press("Space")

    assert page.is_checked("#waiting_room")
    assert not page.is_checked("#join_before_host")
    assert "Join before host is now off" in page.text_content("[data-switched]")
    page.uncheck("#waiting_room")
    assert page.text_content("[data-switched]") == ""


def test_an_offline_notice_is_shown_until_the_page_is_online(page):
    page.goto("/meetings")
    assert not page.is_visible("[data-offline]")

    page.context.set_offline(True)
    page.wait_for_selector("[data-offline]:visible")

    assert "You’re offline" in page.text_content("[data-say]")
    page.context.set_offline(False)
    page.wait_for_selector("[data-offline]", state="hidden")


def test_a_slow_page_shows_placeholder_rows_and_later_a_text(page):
    stop_clock(page)
    page.goto("/meetings")
    # A place that never comes.
    page.evaluate("() => document.querySelector('.nav').addEventListener('click', (event) => event.preventDefault())")

    page.click(".nav >> text=Recordings")
    page.clock.run_for(1000)
    assert not page.query_selector("main [aria-busy]")
    page.clock.run_for(1000)
    assert page.query_selector("main [aria-busy]")
    page.clock.run_for(7000)

    assert page.is_visible("text=Zoom is taking longer than usual.")


def test_a_developer_sends_a_call_and_sees_its_result(page, dana, world):
    page.goto("/calls")
    page.fill("[name=path]", "/v2/users/me/meetings?type=live")
    page.press("[name=path]", "Enter")
    page.wait_for_selector("[data-answer]:visible")
    assert '"meetings"' in page.text_content("[data-answer]")
    assert "GET /zoom/api/v2/users/me/meetings: 200" in page.text_content("[data-answer-status]")

    page.fill("[name=path]", "/meetings/1")
    page.press("[name=path]", "Enter")
    page.wait_for_selector("text=NotFound: ")

    page.fill("[name=path]", "/users/me/meetings?type=scheduled&page_size=2")
    page.press("[name=path]", "Enter")
    page.click("text=Get all pages")
    page.wait_for_selector("text=/All \\d+ of them/")
    everything = json.loads(page.text_content("[data-answer]"))
    assert len(everything) == len({each["id"] for each in everything}) > 2
    assert page.is_hidden("text=Get all pages")

    page.reload()
    assert "/v2/users/me/meetings" in page.text_content(".calls")
    world.faults.add("refused-refresh")
    world.revoke_access_tokens()
    page.fill("[name=path]", "/users/me")
    page.press("[name=path]", "Enter")
    page.wait_for_selector("[data-answer-status] a")


def test_shortcuts_search_and_list_themselves_and_can_be_turned_off(page):
    page.goto("/meetings")
    page.keyboard.press("/")
    page.wait_for_function("() => document.activeElement.id === 'q'")
    page.keyboard.type("a/b?")
    assert page.input_value("#q") == "a/b?"

    page.focus(".nav a >> nth=0")
    page.keyboard.press("?")
    page.wait_for_selector("dialog >> text=Keyboard shortcuts")
    page.uncheck("dialog input")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    assert page.evaluate("document.activeElement.matches('.nav a')")

    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.matches('.nav a')")


def test_the_edit_form_counts_and_names_changes(page):
    page.goto("/meetings/85000000103/edit")
    bar, save = page.locator(".savebar p"), page.locator(".savebar button")
    assert bar.text_content() == "No changes yet" and save.is_disabled()

    page.fill("#duration", "45 min")
    page.check("#join_before_host")

    # The waiting room goes off with it.
    assert bar.text_content() == "3 changes to this meeting: duration, waiting room, join before host."
    assert "was 30 min" in page.text_content("label[for=duration]")
    page.fill("#duration", "30 min")
    assert bar.text_content() == "2 changes to this meeting: waiting room, join before host."
    assert save.is_enabled()


def test_a_shown_passcode_has_a_label_and_can_be_copied_and_hidden(page, world):
    secrets = {each.play_passcode for each in world.recordings.values()}
    page.goto("/recordings")
    page.locator("[data-secret]").first.click()
    shown = page.locator(".shown").first

    assert shown.locator("code").text_content() in secrets
    assert shown.text_content().split() == ["Passcode", shown.locator("code").text_content(), "Copy", "Hide"]
    shown.get_by_text("Copy").click()
    assert clipboard(page) == shown.locator("code").text_content()

    count = page.locator("[data-secret]").count()
    shown.get_by_text("Hide").click()
    assert page.locator("[data-secret]").count() == count + 1
    assert page.locator(".shown").count() == 0


def test_the_form_shows_the_fields_of_the_chosen_way_to_repeat(page):
    page.goto("/meetings/new")
    seen, labels = {}, set()
    for repeat in ("", "daily", "weekly", "monthly", "any"):
        page.select_option("#repeat", repeat)
        labels.add(page.locator("label[for=interval]").inner_text())
        fields = {"interval": "#interval", "count": "#count", "weekdays": "#weekdays", "date": "#date"}
        seen[repeat] = {name for name, place in fields.items() if page.is_visible(place)}

    assert seen == {
        "": {"date"},
        "daily": {"date", "interval", "count"},
        "weekly": {"date", "interval", "count", "weekdays"},
        "monthly": {"date", "interval", "count"},
        "any": set(),
    }
    assert {"Repeat every (days)", "Repeat every (weeks)", "Repeat every (months)"} <= labels


TABS_IN_VIEW = """() => {
  const nav = document.querySelector(".tabs"), current = nav.querySelector("[aria-current]").getBoundingClientRect();
  const tops = new Set([...nav.children].map((tab) => tab.getBoundingClientRect().top));
  const fits = document.documentElement.scrollWidth === innerWidth && nav.scrollWidth > nav.clientWidth;
  // Without the script a finger or a wheel moves it.
  const scrolls = getComputedStyle(nav).overflowX === "auto";
  return fits && scrolls && tops.size === 1 && current.left >= 0 && current.right <= innerWidth - 39;
}"""


def test_tabs_of_a_meeting_are_one_line_with_the_current_one_in_view(dana_at):
    page = dana_at(360)
    for name in ("registrants", "qa", "summary"):
        page.goto(f"/participants/_I84Pj7PRnR0S-zLVAnH1w/{name}")

        page.wait_for_function(TABS_IN_VIEW)
