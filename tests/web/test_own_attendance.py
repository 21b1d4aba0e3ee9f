"""A participant's page: their own attendance of a meeting of somebody else, from their own client, for them alone."""

import csv
import io
import re

import pytest

from tests.support.people import Person
from tests.web.reading import read

REVIEW = 85000000102
OWN = "/participants/own"


@pytest.fixture
def seated(priya, dana, world, clock):
    """Priya, a participant of Dana's running meeting, who opened the app in her client."""
    meeting = world.start_meeting(REVIEW)
    world.join(meeting, "dana")
    world.join(meeting, "priya")
    opened = priya.open_from_zoom(typ="meeting", mid=meeting.uuid, attendrole="participant")
    assert opened.location == "/participants"
    return priya


def report(person, world, **more):
    return person.post(OWN, json={"uuid": world.live_instance(REVIEW).uuid, "name": "Priya", **more})


def words(part):
    """The text of a part of a page."""
    assert part.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", part.text))


def minutes(person, world, clock, count):
    """The reports of a client that stays."""
    for _ in range(count):
        clock.tick(60)
        report(person, world)


def test_participant_opens_their_own_page_and_not_no_meeting_is_running(seated, world):
    page = read(seated.look("/participants"))

    assert "Your attendance" in page and "Your minutes start now" in page
    assert "No meeting is running" not in page
    # An attendee of a webinar is one, too; for Zoom's main window the app opens with the overview.
    opened = seated.open_from_zoom(typ="webinar", mid=world.live_instance(REVIEW).uuid, attendrole="attendee")
    assert opened.location == "/participants" and "Your attendance" in read(seated.look("/participants"))
    assert seated.open_from_zoom(typ="panel").location == "/"
    assert "No meeting is running" in read(seated.look("/participants"))


def test_own_page_counts_stays_and_gaps_from_the_own_client(seated, world, clock):
    report(seated, world)
    minutes(seated, world, clock, 10)
    # The app is closed for a while, and opened again.
    clock.tick(600)
    report(seated, world)
    minutes(seated, world, clock, 5)

    page = seated.look("/participants")
    text = read(page)

    assert re.search(r"\b15 min here\b", text)
    assert re.search(r"Counted since \d\d:\d\d, when you opened this. Away [\d:]+ – [\d:]+\. You rejoined once\.", text)
    assert "My attendance on Monday 2 March: " in page.text
    rows = list(csv.DictReader(io.StringIO(seated.get(f"{OWN}/record.csv").text[1:])))
    assert [row["minutes"] for row in rows] == ["10", "5"]
    assert [bool(row["left"]) for row in rows] == [True, False]


def test_own_page_after_the_end_says_how_long_for_an_hour(seated, world, clock):
    report(seated, world)
    minutes(seated, world, clock, 39)
    part = report(seated, world, ended=True)

    assert "You were there 39 min." in words(part)
    assert "are here" not in words(part)
    clock.tick(600)
    assert "You were there 39 min." in read(seated.look("/participants"))
    clock.tick(3600)
    assert "You were there" not in read(seated.look("/participants"))
    assert seated.get(f"{OWN}/record.csv").status_code == 404


def test_own_page_shows_nothing_of_others_whatever_role_and_names_the_page_sends(seated, dana, world, webhooks, clock):
    meeting = world.live_instance(REVIEW)
    world.join(meeting, None, "Secret Guest")
    for role in ("host", "coHost", "co-host", "attendee"):
        part = report(seated, world, role=role, attendrole=role, participants=[{"screenName": "Secret Guest"}])
        for page in (part, seated.look("/participants"), seated.get(f"{OWN}/record.csv")):
            assert page.status_code == 200
            assert "Secret Guest" not in page.text and "Dana" not in page.text
    # What she reports appears on no page of another person.
    world.end_meeting(meeting)
    assert "No meeting is running" in read(dana.look("/participants"))
    assert dana.get(f"{OWN}/record.csv").status_code == 404


def test_own_report_without_a_meeting_or_user_saves_nothing(priya, anyone, world):
    assert "Your minutes start now" in words(priya.post(OWN, json={"uuid": "", "name": 7}))
    assert priya.post(OWN, json={"name": "x" * 5000}).status_code == 413
    assert anyone.post(OWN, json={"uuid": "u"}).status_code == 401
    assert "No meeting is running" in read(priya.look("/participants"))


def test_role_of_an_old_or_foreign_context_opens_no_own_page(priya, dana, world, clock):
    meeting = world.start_meeting(REVIEW)
    priya.open_from_zoom(typ="meeting", mid=meeting.uuid, attendrole="host")
    assert "No meeting is running" in read(priya.look("/participants"))
    clock.tick(1)
    priya.open_from_zoom(typ="meeting", mid=meeting.uuid, attendrole="participant")
    clock.tick(601)
    assert "No meeting is running" in read(priya.look("/participants"))
    # A host's own running meeting is their page, whatever they are in another one.
    dana.open_from_zoom(typ="meeting", mid="of another host", attendrole="participant")
    assert f'href="/participants/{REVIEW}"' in dana.look("/participants").text


def test_own_record_is_fetched_by_the_system_browser_with_a_one_time_link(seated, app, world, clock):
    report(seated, world)
    minutes(seated, world, clock, 3)
    link = seated.post("/files", json={"address": f"{OWN}/record.csv"}).json["url"]

    system_browser = Person(app, world, "priya")

    assert len(system_browser.get(link).text.splitlines()) == 2
    assert system_browser.get(f"{OWN}/record.csv").status_code == 401


def test_own_page_opens_in_the_waiting_room_where_the_context_names_no_meeting(priya):
    assert priya.open_from_zoom(typ="meeting").location == "/participants"

    page = priya.look("/participants").text

    assert "You’re in the waiting room" in page and "No meeting is running" not in page


def test_own_page_says_what_the_host_shares(seated, dana, world, webhooks):
    world.join(world.live_instance(REVIEW), None, "Guest Kim")
    before = read(seated.look("/participants"))
    dana.post("/settings", data={"share_with_cohosts": "on", "late_minutes": "5"})
    world.join(world.live_instance(REVIEW), None, "Guest Lee")
    after = read(seated.look("/participants"))

    assert "How many are here: not shared" in before and "Names and times of others: not shared" in before
    assert "co-hosts only" not in before and "Exact times of everyone, with co-hosts only" in after
    assert "the host has Zoom’s own times" in before and "the host and co-hosts have Zoom’s own times" in after
    assert "Guest" not in after


def test_own_page_does_not_ask_for_a_summary_that_the_user_may_not_read(seated, world):
    world.switches.change({"withheld_scopes": ["meeting:read:summary"]})
    seated.connect()
    report(seated, world)
    report(seated, world, ended=True)
    world.calls.clear()

    assert "You were there" in read(seated.look("/participants"))
    assert world.calls.count("GET /v2/meetings/*/meeting_summary") == 0


def test_own_page_links_to_the_summary_after_the_end_if_zoom_shows_it(seated, priya, world, clock):
    report(seated, world)
    meeting = world.live_instance(REVIEW)
    report(seated, world, ended=True)
    assert "The summary of the meeting" not in read(seated.look("/participants"))
    # Zoom shows a summary to its host, and to whom the host chose.
    meeting.host_id = world.user("priya").id
    meeting.recording = True
    world.end_meeting(meeting)
    clock.tick(1800)

    page = seated.look("/participants").text

    link = re.search(r'href="(/participants/[^"]+/summary)">The summary of the meeting', page)[1]
    assert "Quick recap" in read(seated.look(link)) or seated.look(link).status_code == 200
