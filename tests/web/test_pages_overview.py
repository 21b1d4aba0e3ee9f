"""The overview: the activity of a running meeting, and each section during an outage."""

import re

import pytest

from offline_zoom.faults import Fault
from tests.web.reading import read
from zoomapp.attendance import Person
from zoomapp.attendance.activity import latest


def person(name, here=(), waiting=()):
    return Person(key=name, name=name, here=tuple(here), waiting=tuple(waiting))


def test_latest_events_are_sentences_newest_first():
    people = [
        person("Maya", here=[(0.0, None)]),
        person("Noor", here=[(60.0, 960.0), (1140.0, None)]),
        person("Tom", waiting=[(1200.0, None)]),
    ]

    events = [(event.name, event.state, event.words) for event in latest(people, 4)]

    assert events == [
        ("Tom", "waiting", "is in the waiting room"),
        ("Noor", "here", "rejoined"),
        ("Noor", "left", "left after 15 min"),
        ("Noor", "here", "joined"),
    ]


def test_overview_shows_the_activity_of_a_running_meeting(dana, world):
    world.load_story("live-meeting")

    page = dana.look("/")

    assert re.search(r"Activity \d\d:\d\d .* joined", read(page))
    assert page.text.partition('class="feed"')[2].partition("</ol>")[0].count("<li") == 5


def test_overview_without_a_running_meeting_has_no_activity(dana):
    assert "Activity" not in read(dana.look("/"))


LISTS = "GET /v2/users/me/*"
SCOPES = {"code": 4711, "message": "x does not contain scopes:[b:read:thing]."}


@pytest.mark.parametrize("status", [502, 429])
def test_overview_sections_show_their_last_data_and_its_age_during_an_outage(dana, world, clock, status):
    before = read(dana.look("/"))
    world.faults.append(Fault(LISTS, status, {"Retry-After": "24"}, {"code": status, "message": "x"}))
    clock.tick(120)

    text = read(dana.look("/"))

    following, _, latest = text.partition("All meetings")[2].partition("Latest recordings")
    assert "Customer call" in before
    assert "Customer call" in following
    assert "Weekly sync" in latest
    assert "Last updated 2 min ago." in following
    assert "Last updated 2 min ago." in latest


@pytest.mark.parametrize("fault", [Fault(LISTS, 502, {}, "gone"), Fault(LISTS, 400, {}, SCOPES)])
def test_overview_does_not_call_a_failed_section_empty(dana, world, fault):
    world.faults.append(fault)

    text = read(dana.look("/"))

    assert "Nothing planned" not in text
    assert "None in the last 30 days" not in text


def test_overview_section_names_its_missing_scope_and_links_to_help(dana, world):
    world.faults.append(Fault("GET /v2/users/me/recordings", 400, {}, SCOPES))

    page = dana.look("/")

    assert "Zoom must allow b:read:thing." in read(page)
    assert '<a href="/recordings">Fix</a>' in page.text


def test_a_meeting_that_started_early_shows_no_negative_duration(dana, world):
    world.load_story("live-meeting")
    meeting = next(each for each in world.meetings.values() if each.topic == "Product review")
    row = {"id": meeting.id, "uuid": meeting.uuid, "topic": meeting.topic, "start_time": "2026-03-02T12:00:00Z"}
    world.faults.append(Fault("GET /v2/users/me/meetings", 200, {}, {"meetings": [row]}))

    text = read(dana.look("/"))

    assert re.search(r"Live now (just now|\d+ s ago) Product review", text)
    assert "started" not in read(dana.look(f"/participants/{meeting.id}"))


def test_the_activity_of_a_person_without_a_name_has_a_subject():
    assert [event.name for event in latest([person("", here=[(0.0, None)])])] == ["Someone"]


def test_a_meeting_appears_once_on_a_quiet_overview(dana):
    page = dana.look("/").text

    links = re.findall(r'href="/meetings/(\d+)"', page)
    started = re.findall(r'href="/meetings/(\d+)/start"', page)
    assert len(started) == 1
    assert links.count(started[0]) == 1
    assert "Later All meetings" in read(dana.look("/"))


def test_one_failure_has_one_notice_on_the_overview(dana, world):
    world.faults.append(Fault(LISTS, 502, {}, {"code": 502, "message": "x"}))

    text = read(dana.look("/"))

    assert text.count("We couldn’t reach Zoom") == 1
    assert text.count("Not available right now.") == 2


def test_failures_with_different_causes_have_a_notice_each_on_the_overview(dana, world):
    world.faults.append(Fault("GET /v2/users/me/meetings", 502, {}, {"code": 502, "message": "x"}))
    world.faults.append(Fault("GET /v2/users/me/recordings", 400, {}, SCOPES))

    text = read(dana.look("/"))

    assert text.count("We couldn’t reach Zoom") == 1
    assert text.count("One permission is missing") == 1


def test_a_recording_that_cannot_be_read_is_reported(dana, world):
    rows = [
        {"topic": "No UUID"},
        None,
        {"uuid": "A" * 22 + "==", "topic": "Review", "start_time": "2026-03-01T10:00:00Z"},
    ]
    world.faults.append(Fault("GET /v2/users/me/recordings", 200, body={"meetings": rows}))

    text = read(dana.look("/"))

    assert "Review" in text
    assert "2 entries from Zoom could not be read, so this list is not complete." in text
