"""Meetings in the list and on their page: the user's own, those of other hosts, series, in another zone, live."""

import re

import pytest

from offline_zoom.faults import Fault
from tests.web.reading import read, words

LISTS = "GET /v2/users/me/meetings"
LIVE = LISTS + "?type=live"
#: In Berlin, where Dana is, it is 11:00.
SOON, LATER = "2026-03-02T10:20:00Z", "2026-03-02T13:00:00Z"
PRIMARY = re.compile(r'class="button primary[^"]*"[^>]*>(.*?)</(?:a|button)>', re.S)


def row(number, topic, start=LATER, **more):
    return {
        "id": number,
        "topic": topic,
        "start_time": start,
        "duration": 30,
        "join_url": "https://zoom.us/j/1",
        **more,
    }


def listed(world, *rows):
    """Zoom's lists hold these, and nothing runs."""
    world.faults.append(Fault(LIVE, 200, {}, {"meetings": []}))
    world.faults.append(Fault(LISTS, 200, {}, {"meetings": list(rows)}))


def cards(page):
    """Each meeting's markup by its topic."""
    return {re.search(r"<bdi>(.*?)</bdi>", each)[1]: each for each in re.findall(r"<article.*?</article>", page, re.S)}


def said(markup):
    return words('id="main">' + markup)


def primaries(page):
    return [re.sub(r"<.*?>", " ", each).split()[0] for each in PRIMARY.findall(page.partition('id="main">')[2])]


def test_a_meeting_of_another_host_can_be_joined_but_not_changed(dana, world):
    listed(world, row(1, "Mine"), row(2, "Theirs", host_id="somebody"))

    mine, theirs = (cards(dana.look("/meetings").text)[topic] for topic in ("Mine", "Theirs"))

    assert "someone else hosts" in said(theirs)
    assert "Join Theirs" in said(theirs)
    assert "Start" not in said(theirs)
    assert "Settings of" not in theirs
    assert "someone else hosts" not in said(mine)
    assert "Start Mine" in said(mine)
    assert "Settings of Mine" in mine


def test_the_page_of_another_hosts_meeting_has_no_settings(dana, world):
    meeting = next(each for each in world.meetings.values() if each.topic == "Stand-up")
    answer = dana.get(f"/zoom/api/v2/meetings/{meeting.id}").json
    world.faults.append(Fault("GET /v2/meetings/*", 200, {}, {**answer, "host_id": "somebody"}))

    page = dana.look(f"/meetings/{meeting.id}")

    text = read(page)
    assert "Join" in text
    assert "Save changes" not in text
    assert "Delete meeting" not in text
    assert f"/meetings/{meeting.id}/start" not in page.text


def test_a_meeting_in_another_zone_shows_both_times(dana, world):
    listed(world, row(1, "Abroad", timezone="America/New_York"), row(2, "At home", timezone="Europe/Berlin"))

    page = cards(dana.look("/meetings").text)

    assert "14:00" in said(page["Abroad"])
    assert "08:00 in New York" in said(page["Abroad"])
    assert " in Berlin" not in said(page["At home"])


def test_a_series_has_a_badge_and_meetings_without_a_time_are_last(dana, world):
    listed(world, row(1, "Room", "", type=3), row(2, "Weekly", type=8), row(3, "Once"))

    page = dana.look("/meetings")

    assert "repeats" in said(cards(page.text)["Weekly"])
    assert "repeats" not in said(cards(page.text)["Once"])
    assert re.search(r"Today .*Once.* Any time .*Room", read(page))


def test_more_than_fifty_meetings_are_shown_on_request(dana, world):
    listed(world, *(row(number, f"Plan {number}") for number in range(1, 61)))
    page = dana.look("/meetings").text
    more = re.search(r'href="([^"]*rows=100[^"]*)"[^>]*>Show more', page)[1].replace("&amp;", "&")

    assert (len(cards(page)), len(cards(dana.look(more).text))) == (50, 60)


@pytest.mark.parametrize(
    ("rows", "running", "button"),
    [
        ([], False, ["Schedule"]),
        ([row(1, "Later")], False, ["Schedule"]),
        ([row(1, "Soon", SOON), row(2, "Later")], False, ["Start"]),
        ([row(1, "Soon", SOON)], True, ["Participants"]),
    ],
)
def test_the_next_action_is_the_only_primary_button(dana, world, rows, running, button):
    live = [row(9, "Now", "2026-03-02T09:30:00Z")] if running else []
    world.faults.append(Fault(LIVE, 200, {}, {"meetings": live}))
    world.faults.append(Fault(LISTS, 200, {}, {"meetings": rows}))

    assert primaries(dana.look("/meetings").text) == button


@pytest.mark.parametrize("path", ["/", "/meetings", "/meetings/new", "/meetings/85000000101", "/settings", "/connect"])
def test_no_page_has_two_primary_buttons(dana, world, path):
    world.load_story("live-meeting")

    assert len(primaries(dana.look(path).text)) <= 1


def test_a_running_meeting_shows_its_host_and_its_number_of_people(dana, world):
    world.load_story("live-meeting")

    card = next(iter(cards(dana.look("/meetings").text).values()))

    here = re.search(r"(\d+) here", said(card))[1]
    assert "you host" in said(card)
    own_page = re.search(r'href="(/participants/\d+)"', card)[1]
    assert f"{here} in the meeting" in read(dana.look(own_page))


def test_a_running_meeting_without_access_shows_no_number(priya, world):
    world.load_story("live-meeting")
    live = row(9, "Now", "2026-03-02T09:30:00Z", uuid="AAAAAAAAAAAAAAAAAAAAAA==")
    world.faults.append(Fault(LISTS, 200, {}, {"meetings": [live]}))

    assert not re.search(r"\d here", said(cards(priya.look("/meetings").text)["Now"]))


def test_the_empty_live_list_names_the_next_meeting(dana, world):
    listed(world, row(1, "Design review", SOON))

    assert "No meeting is running Your next meeting is Design review, in 20 min." in read(
        dana.look("/meetings?show=live")
    )


def test_settings_of_a_running_meeting_say_when_they_apply(dana, world):
    world.load_story("live-meeting")
    running = next(each for each in world.meetings.values() if each.topic == "Product review")

    assert "apply the next time the meeting starts" in read(dana.look(f"/meetings/{running.id}"))
    assert "the next time the meeting starts" not in read(dana.look("/meetings/85000000101"))


def test_a_calendar_file_has_the_passcode_only_on_request(dana, world):
    meeting = next(each for each in world.meetings.values() if each.topic == "Stand-up")
    page = dana.look(f"/meetings/{meeting.id}").text
    secret = dana.get(f"/meetings/{meeting.id}/passcode").json["passcode"]
    plain, with_passcode = re.findall(rf'href="(/meetings/{meeting.id}\.ics[^"]*)"', page)

    assert secret not in dana.get(plain).text
    assert secret in dana.get(with_passcode).text


def test_a_start_that_has_passed_is_named_by_its_time(dana, world, clock):
    listed(world, row(1, "Design review", "2026-03-02T09:57:00Z"))

    text = read(dana.look("/meetings"))

    assert "1 upcoming · next at 10:57" in text
    assert "next 3 min ago" not in text


def test_the_day_of_the_next_meeting_reads_as_part_of_the_sentence(dana, world):
    listed(world, row(1, "Design review", "2026-03-03T14:30:00Z"))

    assert "1 upcoming · next tomorrow at 15:30" in read(dana.look("/meetings"))


def test_tabs_keep_the_search(dana):
    assert 'href="/meetings?show=past&amp;q=sync"' in dana.look("/meetings?q=sync").text


@pytest.mark.parametrize(
    ("path", "tab"),
    [
        ("/meetings/new", "Meetings"),
        ("/meetings/85000000101", "Meetings"),
        ("/tools", "Participants"),
        ("/participants/_I84Pj7PRnR0S-zLVAnH1w/summary", "Participants"),
        ("/participants/_I84Pj7PRnR0S-zLVAnH1w/times", "Participants"),
        ("/recordings/nothing/nothing", "Recordings"),
        ("/", "Overview"),
    ],
)
def test_the_tab_of_a_page_is_current(dana, path, tab):
    assert re.search(rf'aria-current="page">{tab}</a>', dana.look(path).text)


def test_settings_are_linked_from_every_page(dana):
    page = dana.look("/help").text

    assert '<a class="who" href="/settings"' in page
    assert re.search(r'<footer.*href="/settings">Settings</a>', page, re.S)
