"""Lists of many pages while Zoom is slow: each request reads for a moment, says how far it is, and goes on."""

import re

import pytest

from offline_zoom.faults import Fault
from tests.support.people import OWN
from tests.web.reading import read
from tests.web.test_pages_attendance import REPORT, rows

LISTS = "GET /v2/users/me/meetings"
LIVE = LISTS + "?type=live"
TOWN_HALL = "Town hall"


def page(number, token):
    meetings = [
        {"id": number * 1000 + n, "topic": f"Plan {number * 1000 + n}", "start_time": "2026-03-09T09:00:00Z"}
        for n in range(300)
    ]
    return {"meetings": meetings, "next_page_token": token, "total_records": 900}


@pytest.fixture
def slow(world):
    """Three pages of meetings, three seconds each; nothing runs."""
    world.faults.append(Fault(LIVE, 200, {}, {"meetings": []}))
    for number, token in ((1, "a"), (2, "b"), (3, "")):
        world.faults.append(Fault(LISTS, 200, {}, page(number, token), delay=3, count=1))


def test_slow_list_of_meetings_shows_its_progress_and_completes(dana, world, slow):
    answers = [dana.look("/meetings?show=scheduled") for _ in range(3)]

    assert "page 1 of 3" in read(answers[0])
    assert "page 2 of 3" in read(answers[1])
    assert [answer.headers.get("Refresh") for answer in answers] == ["1", "1", None]
    text = read(answers[2])
    assert "Plan 1000" in text
    assert "Showing" not in text
    listed = [call.params for call in world.calls.matching(LISTS) if call.params["type"] == "scheduled"]
    assert [call.get("next_page_token", "") for call in listed] == ["", "a", "b"]


def test_list_starts_again_after_the_users_own_change(dana, world, slow):
    form = {"topic": "Standup", "date": "2026-03-09", "time": "14:00", "zone": "UTC", "duration": "30", "repeat": ""}
    assert "page 1 of 3" in read(dana.look("/meetings?show=scheduled"))

    dana.post("/meetings/new", data={**form, "interval": "1", "count": "1"}, headers={"Accept": "text/html"})
    world.faults[:] = [Fault(LIVE, 200, {}, {"meetings": []})]
    text = read(dana.look("/meetings?show=scheduled"))

    assert "Standup" in text
    assert "Plan 1000" not in text


def test_unreadable_entries_of_a_list_that_starts_again_do_not_count_twice(dana, world):
    world.faults.append(Fault(LIVE, 200, {}, {"meetings": []}))
    broken = {**page(1, "a"), "meetings": ["none", *page(1, "a")["meetings"]]}
    world.faults.append(Fault(LISTS, 200, {}, broken, delay=3, count=1))
    assert "page 1 of" in read(dana.look("/meetings?show=scheduled&rows=5000"))
    dana.browser.patch("/zoom/api/v2/meetings/85000000101", json={"agenda": "New"}, headers={"Origin": OWN})
    world.faults.append(Fault(LISTS, 200, {}, page(1, "a"), delay=3, count=1))
    world.faults.append(Fault(LISTS, 200, {}, page(2, ""), count=1))

    dana.look("/meetings?show=scheduled&rows=5000")
    text = read(dana.look("/meetings?show=scheduled&rows=5000"))

    assert "Plan 2000" in text
    assert "could not be read" not in text


def test_interrupted_list_says_so_and_restarts(dana, world, slow):
    dana.look("/meetings?show=scheduled")
    world.faults.clear()
    world.faults.append(Fault(LIVE, 200, {}, {"meetings": []}))
    world.faults.append(Fault(LISTS, 502, {}, "gone", count=1))

    assert "Showing 300 of about 900" in read(dana.look("/meetings?show=scheduled"))
    assert "Weekly sync" in read(dana.look("/meetings?show=scheduled"))


@pytest.fixture
def hall(dana, world):
    """The address of a past meeting of 341 people, whose report takes three seconds a page."""
    meeting = next(each for each in world.meetings.values() if each.topic == TOWN_HALL)
    world.faults.append(Fault(REPORT, delay=3))
    return f"/participants/{meeting.id}"


@pytest.mark.parametrize(
    ("form", "people"),
    [
        ("", lambda answer: int(re.search(r"(\d+) people came", read(answer))[1])),
        (".csv", lambda answer: len(rows(answer.text))),
        (".json", lambda answer: len(answer.json["people"])),
        ("/events.csv", lambda answer: len({row["name"] for row in rows(answer.text)})),
    ],
)
def test_long_attendance_list_and_files_show_their_progress(dana, hall, world, form, people):
    first = dana.look(hall + form)

    assert "page 1 of 2" in read(first)
    assert first.headers["Refresh"] == "1"
    assert "Content-Disposition" not in first.headers
    second = dana.look(hall + form)
    assert "Refresh" not in second.headers
    assert people(second) == 341
    assert world.calls.count(REPORT) == 2


def test_a_long_final_list_goes_on_after_a_change_of_the_user(dana, hall, world):
    dana.look(hall)
    dana.browser.patch("/zoom/api/v2/meetings/85000000101", json={"agenda": "New"}, headers={"Origin": OWN})

    assert "341 people came" in read(dana.look(hall))
    assert world.calls.count(REPORT) == 2


def test_planned_dates_are_requested_once_for_all_steps_of_a_list(dana, hall, world):
    for _ in range(3):
        dana.look(hall)

    assert world.calls.count("GET /v2/meetings/*") == 1


def test_script_gets_the_whole_list(dana, hall):
    answer = dana.get(f"{hall}.csv", headers={"Origin": OWN})

    assert len(rows(answer.text)) == 341


def test_one_time_link_gets_the_whole_list(dana, app, hall):
    link = dana.post("/files", json={"address": f"{hall}.csv"}).json["url"]

    answer = app.test_client().get(link.removeprefix(OWN), headers={"Accept": "text/html"})

    assert len(rows(answer.text)) == 341


def test_two_slow_lists_at_once_complete(dana, hall, world):
    beside = f"{hall}/with/mZ_f3MfttxSz5wUidTLRvw"

    answers = [dana.look(beside) for _ in range(4)]

    assert "page 1 of 2" in read(answers[0])
    assert "Refresh" not in answers[-1].headers
    assert TOWN_HALL in read(answers[-1])
