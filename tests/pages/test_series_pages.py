"""A series of many sessions and a roster with questions in Chromium: axe, width, large text."""

from offline_zoom.faults import Fault
from offline_zoom.identifiers import meeting_uuid
from offline_zoom.stories.quiet_day import FIXTURES, WEEKLY
from tests.pages.axe import faults_of
from tests.pages.test_pages_everywhere import SIDEWAYS, check
from tests.web.test_pages_series import report_of
from zoomapp.zoom.meeting_ids import key_of

#: Ticks for sessions: x came, l came late, e left early, a dot did not come.
PEOPLE = {"Zoë Müller-Østergaard": "xl.xe", "Bartholomew Featherstonehaugh-Cholmondeley": "x..lx", "Lee": "....x"}
TIMES = {"x": ("09:00", "09:44"), "l": ("09:12", "09:44"), "e": ("09:00", "09:15")}
ROSTER = "s2041203\tZoë Müller-Østergaard\ns2044410\tFarid Nasser\ns2041877\tBartholomew Featherstonehaugh\n1\tLee"


def held(world, uuid, day, session):
    """The report of one session for Zoom's answer."""
    rows = [
        {"id": "", "name": name, "join_time": f"{day}T{start}:00Z", "leave_time": f"{day}T{end}:00Z"}
        for name, ticks in PEOPLE.items()
        if (times := TIMES.get(ticks[session % 5]))
        for start, end in [times]
    ]
    body = {"participants": rows, "total_records": len(rows)}
    world.faults.append(Fault(report_of(uuid), 200, {}, body))


def test_axe_finds_nothing_in_a_long_series_and_nothing_overflows(dana_at, world):
    days = [f"2026-02-{day:02}" for day in range(4, 27)]
    meetings = [{"uuid": meeting_uuid(f"session {day}"), "start_time": f"{day}T09:00:00Z"} for day in days]
    world.faults.append(Fault("GET /v2/past_meetings/*/instances", 200, {}, {"meetings": meetings}))
    for number, day in enumerate(days):
        held(world, meetings[number]["uuid"], day, number)
    page = dana_at(reduced_motion="reduce")

    assert check(page, f"/series/{WEEKLY}?sessions=25") == []
    assert check(page, f"/series/{WEEKLY}?sessions=25&view=table&names=hide") == []


def test_axe_finds_nothing_in_a_roster_and_nothing_overflows(dana_at, world):
    held(world, FIXTURES[2], "2026-02-23", 1)
    page = dana_at(reduced_motion="reduce")
    page.goto(f"/series/{WEEKLY}/roster")
    page.get_by_label("Names, emails, or IDs").fill(ROSTER)
    page.get_by_role("button", name="Match").click()

    page.wait_for_selector("#story")
    address = page.url.partition("localhost")[2] or page.url
    assert check(page, address) == []
    assert check(page, f"{address}&show=other") == []


def test_report_gets_its_no_shows_by_itself_and_an_opened_row_the_squares_of_the_last_sessions(dana_at, parts):
    page = dana_at(360, reduced_motion="reduce")
    page.clock.install(time=0)
    page.clock.pause_at(1000)
    page.goto(f"/participants/{key_of(FIXTURES[2])}")
    # The page asks only a few times who registered: first when our server knows.
    parts.parallel_calls.wait_until_idle()
    page.clock.run_for(1500)
    page.clock.resume()
    page.wait_for_selector("tbody .k-no:visible")

    page.click("tbody a.person-name >> text=Dana Okoye")

    page.wait_for_selector(".detail .squares")
    assert page.locator(".detail .squares .cell").count() == 3
    assert "Last 3 sessions: came to 3" in page.text_content(".detail")
    assert faults_of(page) == [] and page.evaluate(SIDEWAYS) == []


def test_list_over_the_limit_is_not_sent_and_stays_in_its_field(dana_at, world):
    page = dana_at(360)
    page.goto(f"/series/{WEEKLY}/roster")
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.evaluate("document.getElementById('list').value = 'Name of a person\\n'.repeat(70_000)")

    page.get_by_role("button", name="Match").click()

    page.wait_for_selector("text=This list is larger than 1 MB")
    assert sent == [] and len(page.input_value("#list")) > 1_000_000
    page.evaluate("text => { document.getElementById('list').value = text }", ROSTER)
    page.get_by_role("button", name="Match").click()
    page.wait_for_selector("text=4 people are on the roster")
