"""The live page in Chromium: it refreshes while it is visible, sends nothing while it is hidden, and never jumps."""

import re
from itertools import pairwise

import pytest

from offline_zoom.registration import add_registrants, open_registration
from tests.pages.timing import RECORD, stop_clock, wait_until_taken

LIST = "GET /v2/metrics/meetings/*/participants"
LIVE = "**/participants/*/live*"


@pytest.fixture
def watch(dana_at, world, webhooks, clock):
    """Dana's page of her running meeting, and the requests that it has sent since."""
    meeting = world.start_meeting(85000000102)
    clock.tick(180)
    world.join(meeting, None, "Guest Lee")

    def open_page(width=360):
        page = dana_at(width)
        stop_clock(page)
        page.add_init_script(f"({RECORD})()")
        polls = []
        page.on(
            "request", lambda request: polls.append(request.url) if re.search("/live($|[?])", request.url) else None
        )
        page.goto(f"/participants/{meeting.meeting_id}")
        page.wait_for_selector("[data-pause]:visible")
        return page, polls, meeting

    return open_page


def round_(page, ms=2000):
    """Time for one question, whose answer it returns once the page has acted on it."""
    with page.expect_response(LIVE) as answer:
        page.clock.run_for(ms)
    wait_until_taken(page, "")
    return answer.value


def test_a_person_who_joins_is_shown_within_two_seconds(watch, world, clock):
    page, _, meeting = watch()
    clock.tick(5)

    world.join(meeting, None, "Mara Lindholm")
    round_(page)

    page.wait_for_selector("tbody >> text=Mara Lindholm")
    assert page.text_content(".number") == "2"


def test_a_refresh_keeps_focus_selection_typing_and_positions(watch, world, clock):
    page, _, meeting = watch(1200)
    for number in range(14):
        world.join(meeting, None, f"Guest {number}")
    page.reload()
    page.fill("[type=search]", "mar")
    page.focus(".chips a >> nth=3")
    first = page.locator("tbody tr >> nth=0").bounding_box()

    for number in range(3):
        clock.tick(2)
        world.join(meeting, None, f"Late Guest {number}")
        round_(page)
        page.wait_for_selector(f"tbody >> text=Late Guest {number}")

    assert page.evaluate("document.activeElement.textContent.trim()").startswith("Left")
    assert page.input_value("[type=search]") == "mar"
    assert page.locator("tbody tr >> nth=0").bounding_box() == first


def test_a_refreshed_page_equals_a_reloaded_page(watch, world, clock):
    page, _, meeting = watch()
    kim = world.join(meeting, None, "Guest Kim", waiting=True)
    ann = world.join(meeting, None, "Guest Ann")

    def same():
        round_(page)
        round_(page)
        refreshed = page.inner_html("tbody")
        page.reload()
        return refreshed == page.inner_html("tbody") and "Guest Kim" in refreshed

    assert same()
    clock.tick(61)
    assert same()
    world.admit(meeting, kim)
    world.leave(meeting, ann)
    assert same()
    clock.tick(61)
    assert same()


def test_a_bar_that_changes_its_kind_loses_its_old_attributes(watch):
    page, _, _ = watch()
    row = '<table><tbody><tr id="p-1"><td class="a-bar"><svg><rect {}/></svg></td></tr></tbody></table>'
    waiting, here = (row.format(each) for each in ('class="c-wait" y="0.5"', 'class="c-in"'))
    page.evaluate("html => { document.querySelector('[data-live]').innerHTML = html }", waiting)
    page.route(LIVE, lambda route: route.fulfill(body=here, headers={"ETag": '"x"'}))

    round_(page)
    page.wait_for_selector("tbody .c-in", state="attached")

    assert page.get_attribute("tbody rect", "y") is None


def test_an_opened_row_stays_open_with_its_details_and_the_focus(watch, world, clock):
    page, _, meeting = watch()
    page.click("tbody .person-name")
    page.wait_for_selector(".detail >> text=In the meeting")

    for number in range(2):
        clock.tick(2)
        world.join(meeting, None, f"Late Guest {number}")
        round_(page)
        page.wait_for_selector(f"tbody >> text=Late Guest {number}")

    assert page.is_visible("tr:has([aria-expanded=true]) + .detail >> text=In the meeting")
    assert page.evaluate("document.activeElement.matches('[aria-expanded=true]')")
    page.keyboard.press("Enter")
    clock.tick(61)
    round_(page)
    assert page.locator("tbody .detail, [aria-expanded=true]").count() == 0


def test_a_row_whose_details_cannot_be_loaded_shows_a_link_to_them(watch):
    page, _, _ = watch()
    page.route("**/people/*", lambda route: route.abort())

    with page.expect_event("requestfailed"):
        page.click("tbody .person-name")

    page.unroute("**/people/*")
    page.click(".detail a")
    page.wait_for_selector("h1 >> text=Guest Lee")


def test_an_unchanged_live_part_is_an_empty_304_from_the_first_poll_on(watch):
    page, _, _ = watch()
    page.evaluate("document.querySelector('.number').dataset.same = 'yes'")

    assert [round_(page).status for _ in range(2)] == [304, 304]
    assert page.get_attribute(".number", "data-same") == "yes"


def test_paused_polling_sends_no_request_and_survives_a_reload(watch, world):
    page, polls, _ = watch()
    page.click("[data-pause]")
    polls.clear()

    page.clock.run_for(60_000)
    page.reload()
    page.wait_for_selector("[data-fresh-text] >> text=Paused")
    page.clock.run_for(60_000)

    assert polls == []
    assert page.get_attribute("[data-pause]", "aria-pressed") == "true"
    with page.expect_response(LIVE):
        page.click("[data-pause]")
        page.clock.run_for(2000)


def test_a_hidden_page_sends_no_request_for_five_minutes_and_polls_when_visible(watch):
    page, polls, _ = watch()
    hide = """is => { Object.defineProperty(document, 'hidden', { get: () => is, configurable: true });
                      document.dispatchEvent(new Event('visibilitychange')); }"""
    round_(page)
    page.evaluate(hide, True)
    polls.clear()

    page.clock.run_for(300_000)

    assert polls == []
    with page.expect_response(LIVE):
        page.evaluate(hide, False)
        page.clock.run_for(10)


def test_the_live_page_obeys_retry_after_with_a_countdown(watch):
    page, polls, _ = watch()
    page.route(LIVE, lambda route: route.fulfill(status=429, headers={"Retry-After": "24"}))
    round_(page)
    page.wait_for_selector("text=/Retry in 2\\d s/")
    polls.clear()

    page.clock.run_for(23_000)

    assert polls == []
    assert re.fullmatch("Retry in [0-4] s", page.text_content("[data-fresh-text]"))
    assert page.is_visible("tbody >> text=Guest Lee")
    round_(page, 5000)


def test_a_refusal_is_shown_and_the_rows_stay(watch):
    page, polls, _ = watch()
    wait = {"Retry-After": "60", "Content-Type": "text/plain"}
    page.route(LIVE, lambda route: route.fulfill(status=403, headers=wait, body="One permission is missing."))
    round_(page)
    page.wait_for_selector("#fresh >> text=Refused · retry in 1 min")
    polls.clear()

    page.clock.run_for(55_000)

    assert polls == []
    assert re.fullmatch(r"Refused · retry in \d+ s", page.text_content("[data-fresh-text]"))
    assert page.text_content("[data-say]") == "One permission is missing."
    assert page.is_visible("tbody >> text=Guest Lee")


def test_an_outage_makes_the_page_poll_less_often(watch):
    page, _, _ = watch()
    page.route(LIVE, lambda route: route.abort())

    for number in range(4):
        while page.evaluate("record.sent.length") == number:
            page.clock.run_for(500)
        wait_until_taken(page, "")
        page.wait_for_selector("text=/Retry in/")

    # The page's own clock, as it asks: what is heard of a request here comes some steps later.
    at = page.evaluate("record.times")
    waits = [later - earlier for earlier, later in pairwise(at)]
    assert waits == sorted(waits)
    assert waits[-1] > 2.5 * waits[0]


def test_an_offline_page_sends_no_request_until_it_is_online(watch):
    page, polls, _ = watch()
    page.context.set_offline(True)
    page.wait_for_selector("[data-fresh-text] >> text=Offline")
    polls.clear()

    page.clock.run_for(60_000)

    assert polls == []


def test_the_report_takes_the_place_of_the_page_when_the_meeting_ends(watch, world, clock, parts):
    planned = world.meetings[85000000102]
    open_registration(planned)
    add_registrants(planned, [("Amara", "Diallo", "amara@x.example", "")], "approved", 0)
    page, polls, meeting = watch()
    world.switches.ready_after = 1800
    world.join(meeting, "dana")
    world.join(meeting, None, "Guest Kim", waiting=True)
    clock.tick(60)
    round_(page)
    page.wait_for_selector(".strip.warn")
    page.focus("[data-pause]")
    page.evaluate("""() => { window.said = [];
        const names = () => document.querySelector('main').textContent.includes('No-show');
        new MutationObserver(() => said.push([document.querySelector('[data-say]').textContent, names()]))
            .observe(document.querySelector('[data-say]'), { childList: true }); }""")
    address, entries = page.url, page.evaluate("history.length")
    world.end_meeting(meeting)

    round_(page)
    page.wait_for_selector("text=Ended just now")
    page.clock.resume()
    polls.clear()
    parts.parallel_calls.wait_until_idle()
    page.clock.run_for(2_000)
    page.wait_for_selector(".rows >> text=No-show")
    page.clock.run_for(20_000)

    assert (page.url, page.evaluate("history.length")) == (address, entries)
    assert polls == []
    # Who registered came a moment later.
    assert page.evaluate("said") == [["The meeting ended. 2 people came, all on time.", False]]
    assert page.evaluate("document.activeElement.tagName") == "H1"
    assert page.locator("[data-pause], .strip.warn, [data-fresh-text]").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    # Zoom's report is there half an hour later, and the page has it without a reload.
    page.evaluate("window.same = 'yes'")
    clock.tick(1900)
    page.clock.run_for(31_000)
    page.wait_for_selector("text=Final report from Zoom")
    assert page.locator("[data-coming]").count() == 0
    assert page.evaluate("same") == "yes"


def test_an_end_without_its_report_is_announced_with_a_link_to_it(watch, world, clock):
    page, polls, meeting = watch()
    clock.tick(60)
    world.end_meeting(meeting)
    page.route(re.compile(f"/participants/{meeting.meeting_id}$"), lambda route: route.abort())

    round_(page)
    report = page.wait_for_selector("text=Open the attendance report")
    # Not the address of the page, which may be that of whichever meeting runs.
    assert report.get_attribute("href") == f"/participants/{meeting.meeting_id}"
    polls.clear()
    page.clock.run_for(60_000)

    assert polls == []
    assert page.text_content("[data-say]") == "Meeting ended"


def test_waiting_people_are_announced_at_most_once_in_twenty_seconds(watch, world, clock):
    page, _, meeting = watch()
    round_(page)
    page.evaluate("""() => { window.said = [];
        new MutationObserver(() => said.push(document.querySelector('[data-say]').textContent))
            .observe(document.querySelector('[data-say]'), { childList: true }); }""")

    for number in range(3):
        clock.tick(2)
        world.join(meeting, None, f"Guest {number}", waiting=True)
        round_(page)
        page.wait_for_selector(f".strip >> text=Guest {number}")
    first = page.evaluate("said.length")
    page.clock.run_for(21_000)

    said = page.evaluate("said")
    assert first == 1
    assert [re.sub(r"\s+", " ", each) for each in said] == [
        "1 waiting · Guest 0",
        "3 waiting · Guest 0, Guest 1, Guest 2",
    ]


def test_a_page_with_an_ended_session_shows_the_link_to_sign_in(watch, dana):
    page, _, _ = watch()
    page.context.clear_cookies()

    with page.expect_navigation():
        page.clock.run_for(2000)

    page.wait_for_selector("text=Connect your Zoom account")


@pytest.mark.parametrize("fail", [lambda route: route.abort(), lambda route: route.fulfill(status=503)])
def test_report_that_fails_once_is_asked_for_again(watch, world, clock, fail):
    page, _, meeting = watch()
    clock.tick(60)
    world.end_meeting(meeting)
    page.route(re.compile(f"/participants/{meeting.meeting_id}$"), fail, times=1)

    round_(page)

    page.wait_for_selector("text=Ended just now")


def test_waiting_room_news_is_not_announced_after_the_end(watch, world, clock):
    page, _, meeting = watch()
    world.join(meeting, "dana")
    for name in ("Guest Kim", "Guest Lou"):
        clock.tick(2)
        world.join(meeting, None, name, waiting=True)
        round_(page)
        page.wait_for_selector(f".strip >> text={name}")
    world.end_meeting(meeting)
    round_(page)
    page.wait_for_selector("text=Ended just now")

    page.clock.run_for(21_000)

    assert page.text_content("[data-say]").startswith("The meeting ended.")
