"""The short form of the overview schedules with one press, or opens the whole form."""

import html
import re

import pytest

from tests.web.reading import fields, read


@pytest.fixture
def quick(dana):
    """The short form as a browser sends it."""
    text = dana.look("/").text
    start = html.unescape(re.search(r'name="at" value="([^"]*)" checked', text)[1])
    sent = {name: fields(text)[name] for name in ("once", "zone", "topic", "duration")}
    return {**sent, "at": start, "waiting_room": "on", "mute_upon_entry": "on"}


def meetings(world):
    return [meeting for meeting in world.meetings.values() if meeting.topic == "Dana’s meeting"]


def test_one_press_schedules_a_meeting_in_an_hour(dana, world, quick):
    answer = dana.post("/meetings/new", data=quick)

    text = read(dana.look(answer.location))
    assert "Meeting scheduled" in text
    assert "Mon 2 Mar, 12:00" in text
    assert [(meeting.duration_minutes, meeting.timezone) for meeting in meetings(world)] == [(30, "Europe/Berlin")]
    assert meetings(world)[0].settings["waiting_room"] is True


def test_each_choice_names_its_time(dana):
    text = read(dana.look("/"))

    assert "In 1 hour Mon 2 Mar, 12:00 Tomorrow Tue 3 Mar, 09:00 Next Monday Mon 9 Mar, 09:00" in text


def test_short_form_sent_twice_schedules_once(dana, world, quick):
    for _ in range(2):
        dana.post("/meetings/new", data={**quick, "at": "2026-03-09T09:00"})

    assert len(meetings(world)) == 1


def test_another_time_opens_the_whole_form_with_topic_and_duration(dana, world, quick):
    answer = dana.post("/meetings/new", data={**quick, "at": "custom", "topic": "Plans & more", "duration": "1h 15"})

    shown = fields(dana.look(answer.location).text)
    assert (shown["topic"], shown["duration"]) == ("Plans & more", "1 h 15 min")
    assert not meetings(world)


def test_error_in_the_short_form_is_shown_in_the_whole_form(dana, world, quick):
    page = dana.post("/meetings/new", data={**quick, "duration": "soon", "at": "2026-03-09T09:00"})

    assert "Enter a duration such as 45, 1h, or 1:30" in read(page, 422)
    assert fields(page.text)["date"] == "2026-03-09"
    assert fields(page.text)["time"] == "09:00"
    assert not meetings(world)


@pytest.mark.parametrize("signed_out", [False, True])
def test_whole_form_after_the_short_form_has_its_defaults(dana, world, clock, quick, signed_out):
    sent = {**quick, "duration": "soon", "at": "2026-03-10T09:00"}
    if signed_out:
        world.faults.add("refused-refresh")
        clock.tick(7200)
        sent["duration"] = "30"
    page = dana.post("/meetings/new", data=sent, headers={"Accept": "text/html"})
    if signed_out:
        page = dana.look(dana.connect().location)

    shown = fields(page.text)
    assert (shown["interval"], shown["count"]) == ("1", "10")
    assert re.findall(r'name="weekdays" value="(\d)" checked', page.text) == ["3"]  # a Tuesday


def test_short_form_is_the_first_card_if_nothing_is_planned(dana, world):
    for meeting in world.meetings.values():
        meeting.deleted = True

    text = dana.look("/").text

    assert "Nothing planned" in read(dana.look("/"))
    assert text.count('name="at"') == 4
    assert text.count("button primary") == 1


def test_short_form_survives_a_revoked_grant(dana, world, clock, quick):
    world.faults.add("refused-refresh")
    clock.tick(7200)
    sent = {**quick, "at": "2026-03-09T09:00"}
    read(dana.post("/meetings/new", data=sent, headers={"Accept": "text/html"}), 401)

    page = dana.look(dana.connect().location)

    assert "Your entries are still here" in read(page)
    assert (fields(page.text)["topic"], fields(page.text)["date"]) == ("Dana’s meeting", "2026-03-09")
