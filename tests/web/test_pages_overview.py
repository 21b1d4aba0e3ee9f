"""The overview while a meeting runs: what happened last."""

import re

from tests.web.reading import read
from zoomapp.attendance import Person
from zoomapp.web.activity import latest


def person(name, here=(), waiting=()):
    return Person(key=name, name=name, here=tuple(here), waiting=tuple(waiting))


def test_the_last_events_come_newest_first_in_words():
    people = [
        person("Maya", here=[(0.0, None)]),
        person("Noor", here=[(60.0, 960.0), (1140.0, None)]),
        person("Tom", waiting=[(1200.0, None)]),
    ]

    told = [(event.name, event.state, event.words) for event in latest(people, 4)]

    assert told == [
        ("Tom", "waiting", "is in the waiting room"),
        ("Noor", "here", "rejoined"),
        ("Noor", "left", "left after 15 min"),
        ("Noor", "here", "joined"),
    ]


def test_a_running_meeting_shows_its_activity(dana, world):
    world.tell("live-meeting")

    page = dana.look("/")

    assert re.search(r"Activity \d\d:\d\d .* joined", read(page))
    assert page.text.partition('class="feed"')[2].partition("</ol>")[0].count("<li") == 5


def test_without_one_there_is_none(dana):
    assert "Activity" not in read(dana.look("/"))
