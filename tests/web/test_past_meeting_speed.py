"""A past meeting's pages load in the time of the calls that depend on each other, and cost no call twice."""

import re
import threading
from dataclasses import replace

import pytest

from offline_zoom.faults import Fault
from offline_zoom.stories.quiet_day import FIXTURES
from tests.web.reading import read
from zoomapp.attendance.past import REUSE_SECONDS
from zoomapp.zoom.meeting_ids import key_of

GUARD_SECONDS = 60
PROFILE = "GET /v2/users/me"
RUNNING = "GET /v2/users/me/meetings"
MEETING = "GET /v2/past_meetings/*"
REPORT = "GET /v2/report/meetings/*/participants"
LIST = "GET /v2/past_meetings/*/participants"
PLANNED = "GET /v2/meetings/*"
SUMMARY = "GET /v2/meetings/*/meeting_summary"
TRANSCRIPT = "GET /v2/meetings/*/transcript"
RECORDING = "GET /v2/meetings/*/recordings"
REVIEW = 85000000102
SUMMARY_PAGE = f"/participants/{key_of(FIXTURES[2])}/summary"
RECORDING_PAGE = SUMMARY_PAGE.replace("summary", "recording")


@pytest.fixture
def settings(settings):
    return replace(settings, page_cache_seconds=60)


@pytest.fixture
def together(world):
    """A function: calls of these routes wait until as many are under way. Returns their barrier."""
    barriers = {}

    def wait_for(*routes):
        seconds = len(barriers) + 1
        barriers[seconds] = threading.Barrier(len(routes), timeout=GUARD_SECONDS)
        world.sleep = lambda seconds: barriers[seconds].wait()
        world.faults.extend(Fault(route, delay=seconds, count=1) for route in routes)
        return barriers[seconds]

    return wait_for


@pytest.fixture
def review(dana, world, webhooks, clock):
    """Dana's last review of an hour, which two people attended, and the address of its attendance."""
    meeting = world.start_meeting(REVIEW)
    for name in ("Guest Kim", "Guest Lee"):
        world.join(meeting, None, name)
    clock.tick(3600)
    world.end_meeting(meeting)
    clock.tick(3600)
    world.calls.clear()
    return meeting, address_of(meeting)


def address_of(meeting):
    return "/participants/" + meeting.uuid[:22].replace("+", "-").replace("/", "_")


def calls(world):
    return world.calls.count("GET /v2/**")


def test_first_view_waits_for_two_calls_after_each_other(dana, world, review, together):
    first = together(PROFILE, RUNNING, MEETING)
    second = together(REPORT, PLANNED)

    page = dana.look(review[1])

    assert "Guest Kim" in read(page)
    assert (first.broken, second.broken) == (False, False)
    assert calls(world) == 5


def test_list_of_participants_does_not_wait_for_the_meeting(dana, review, together):
    barrier = together(MEETING, REPORT)

    assert "Guest Kim" in read(dana.look(review[1]))
    assert not barrier.broken


def test_planned_dates_do_not_wait_for_a_report_that_is_refused(dana, world, review, together):
    barrier = together(LIST, PLANNED)
    world.faults.append(Fault(REPORT, 404, {}, {"code": 3001, "message": "not ready"}))

    assert "Guest Kim" in read(dana.look(review[1]))
    assert (barrier.broken, calls(world)) == (False, 6)


def test_number_of_a_meeting_that_ran_before_costs_three_calls_at_once(dana, world, review, together):
    barrier = together(MEETING, REPORT, PLANNED)

    assert "Guest Kim" in read(dana.look(f"/participants/{REVIEW}"))
    assert (barrier.broken, calls(world)) == (False, 5)


def test_view_within_a_minute_costs_no_call(dana, world, clock, review):
    first = read(dana.look(review[1]))
    before = calls(world)
    clock.tick(50)

    assert read(dana.look(review[1])) == first
    assert calls(world) == before


def test_compared_sessions_load_at_the_same_time(dana, world, clock, review, together):
    earlier = address_of(review[0]).rpartition("/")[2]
    meeting = world.start_meeting(REVIEW)
    for name in ("Guest Kim", "Guest Mara"):
        world.join(meeting, None, name)
    clock.tick(600)
    world.end_meeting(meeting)
    clock.tick(3600)
    later = address_of(meeting).rpartition("/")[2]
    meetings, reports = together(MEETING, MEETING), together(REPORT, REPORT)

    page = dana.look(f"/participants/{earlier}/with/{later}")

    assert {"Guest Kim", "Guest Lee", "Guest Mara"} <= set(re.findall(r"<bdi>([^<]+)</bdi>", page.text))
    assert (meetings.broken, reports.broken) == (False, False)


def test_running_meeting_that_webhooks_or_the_list_name_costs_no_call_about_its_end(dana, world, webhooks, clock):
    meeting = world.start_meeting(REVIEW)
    world.join(meeting, "dana")
    dana.look(address_of(meeting))
    world._listeners.remove(webhooks)
    other = world.start_meeting(85000000101)
    clock.tick(REUSE_SECONDS)
    dana.look("/meetings?show=live")

    dana.look(address_of(other))

    assert world.calls.count(MEETING) == 0


def test_meeting_that_still_runs_is_not_saved_as_past(dana, world, webhooks, clock):
    world._listeners.remove(webhooks)
    meeting = world.start_meeting(REVIEW)
    world.join(meeting, "dana")
    world.join(meeting, None, "Guest Kim")
    body = {"uuid": meeting.uuid, "id": REVIEW, "topic": "Still running", "start_time": "2026-03-02T10:00:00Z"}
    world.faults.append(Fault(MEETING, 200, {}, body, count=1))

    assert "Still running" not in read(dana.look(address_of(meeting)))
    assert world.calls.count(MEETING) == 1
    clock.tick(REUSE_SECONDS / 2)
    world.end_meeting(meeting)
    clock.tick(1)

    assert "Still running" not in read(dana.look(address_of(meeting)))
    assert world.calls.count(MEETING) == 2


def test_summary_does_not_wait_for_the_meeting(dana, world, together):
    barrier = together(MEETING, SUMMARY)

    page = read(dana.look(SUMMARY_PAGE))

    assert "Dana Okoye: outline" in page and "Łukasz Żółć" in page
    assert not barrier.broken


def test_summary_asks_who_came_only_if_it_has_next_steps(dana, world):
    summary = world.instances[FIXTURES[2]].summary
    summary.overview, summary.details, summary.next_steps = "", [], []
    summary.content = "## Quick recap\n\nA short meeting."

    assert "A short meeting." in read(dana.look(SUMMARY_PAGE))
    assert (world.calls.count(SUMMARY), world.calls.count(REPORT)) == (1, 0)


def test_transcript_does_not_wait_for_the_meeting(dana, together):
    barrier = together(MEETING, TRANSCRIPT)

    assert "billing" in read(dana.look(f"{SUMMARY_PAGE}?view=transcript"))
    assert not barrier.broken


def test_recording_does_not_wait_for_the_meeting(dana, together):
    barrier = together(MEETING, RECORDING)

    assert "Download Video" in read(dana.look(RECORDING_PAGE))
    assert not barrier.broken


@pytest.mark.parametrize(
    ("name", "route", "text"),
    [
        ("polls", "GET /v2/past_meetings/*/polls", "When should the billing page go out?"),
        ("qa", "GET /v2/report/meetings/*/qa", "Questions and answers"),
    ],
)
def test_polls_and_questions_do_not_wait_for_the_meeting(dana, together, name, route, text):
    barrier = together(MEETING, route)

    assert text in read(dana.look(RECORDING_PAGE.replace("recording", name)))
    assert not barrier.broken


def test_registrants_do_not_wait_for_who_came(dana, together):
    barrier = together(REPORT, "GET /v2/meetings/*/registrants")

    assert "registered people came" in read(dana.look(RECORDING_PAGE.replace("recording", "registrants")))
    assert not barrier.broken


def test_polls_of_a_meeting_do_not_wait_for_the_meeting(dana, together):
    barrier = together(PLANNED, "GET /v2/meetings/*/polls")

    assert "Release" in read(dana.look("/meetings/85512340987/polls"))
    assert not barrier.broken


def test_summary_transcript_and_recording_within_a_minute_cost_no_call(dana, world, clock):
    paths = [SUMMARY_PAGE, f"{SUMMARY_PAGE}.md", f"{SUMMARY_PAGE}?view=transcript&q=billing"]
    paths += [SUMMARY_PAGE.replace("summary", "transcript.vtt"), RECORDING_PAGE]
    first = [dana.look(path).text.partition("<main")[2] for path in paths]
    before = calls(world)
    clock.tick(50)

    assert [dana.look(path).text.partition("<main")[2] for path in paths] == first
    assert calls(world) == before
    clock.tick(20)
    dana.look(paths[2])
    assert world.calls.count(TRANSCRIPT) == 2


def test_reload_of_a_summary_asks_zoom_again(dana, world, clock):
    dana.look(SUMMARY_PAGE)
    clock.tick(1)
    world.instances[FIXTURES[2]].summary.overview = "Rewritten since."

    page = dana.get(SUMMARY_PAGE, headers={"Accept": "text/html", "Cache-Control": "no-cache"})

    assert "Rewritten since." in page.text


def test_copy_of_a_summary_says_how_old_it_is_while_zoom_fails(dana, world, clock):
    dana.look(SUMMARY_PAGE)
    clock.tick(400)
    world.faults.append(Fault("GET /v2/**", drop="before"))

    page = dana.look(SUMMARY_PAGE)

    assert page.status_code == 200
    assert "Dana Okoye: outline" in page.text
    assert "We couldn’t reach Zoom" in page.text
