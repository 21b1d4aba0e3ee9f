"""Late and left early after a meeting: by the same planned times as during it, blank if those are unknown."""

import csv
import io
import re

import pytest

from offline_zoom.faults import Fault
from tests.web.reading import read

REVIEW = 85000000102  # now, an hour
ONE = "GET /v2/meetings/*"


@pytest.fixture
def overrun(dana, world, clock):
    """The address of a review that took 20 minutes longer: Lee came 8 minutes late, Kim left at the planned end."""

    def hold(meanwhile=lambda: None):
        meeting = world.start_meeting(REVIEW)
        world.join(meeting, "dana")
        kim = world.join(meeting, None, "Guest Kim")
        clock.tick(480)
        world.join(meeting, None, "Guest Lee")
        meanwhile()
        clock.tick(3600 - 480)
        world.leave(meeting, kim)
        clock.tick(1200)
        world.end_meeting(meeting)
        clock.tick(3600)
        key = meeting.uuid[:22].replace("+", "-").replace("/", "_")
        return f"/participants/{key}"

    return hold


def late_and_early(person, address):
    people = csv.DictReader(io.StringIO(person.get(f"{address}.csv").text[1:]))
    return {row["name"]: (row["late_minutes"], row["left_early_minutes"]) for row in people}


def test_report_counts_late_arrivals_and_does_not_count_leaving_at_the_planned_end(dana, overrun):
    address = overrun()

    page = read(dana.look(address))

    assert "8 min late" in page
    assert "3 people came, 2 of them on time." in page
    assert re.search(r"2 On time 1 Late 0 Left early", page)
    assert late_and_early(dana, address) == {"Dana Okoye": ("0", "0"), "Guest Kim": ("0", "0"), "Guest Lee": ("8", "0")}


def test_late_minutes_preference_applies_to_the_report(dana, overrun):
    dana.post("/settings", data={"late_minutes": "10"})

    assert "min late" not in read(dana.look(overrun()))


def test_planned_times_stay_if_the_meeting_is_moved_afterwards(dana, overrun, world, clock):
    address = overrun(meanwhile=lambda: dana.look(f"/participants/{REVIEW}"))
    world.meetings[REVIEW].start_at += 7 * 86400

    assert late_and_early(dana, address)["Guest Lee"] == ("8", "0")


def test_occurrence_of_a_series_uses_its_own_planned_time(dana):
    page = dana.look("/meetings?show=past").text
    weekly = next(part for part in page.split("<article")[1:] if "Weekly sync" in part)
    address = re.search(r'href="(/participants/[\w-]{22})"', weekly)[1]

    assert {late for late, _early in late_and_early(dana, address).values()} == {"0"}


def test_late_start_of_the_meeting_does_not_reduce_lateness(dana, world, clock):
    clock.tick(1200)
    world.join(world.start_meeting(REVIEW), None, "Guest Lee")

    assert "20 min late" in read(dana.look(f"/participants/{REVIEW}"))


def test_planned_times_are_fetched_once_while_the_meeting_runs(dana, world, clock):
    meeting = world.start_meeting(REVIEW)
    for number in range(5):
        world.join(meeting, None, f"Guest {number}")
        dana.look(f"/participants/{REVIEW}")
        dana.get(f"/participants/{REVIEW}/live")
        clock.tick(30)

    assert world.calls.count(ONE) == 1


def test_unknown_planned_times_are_left_blank(dana, overrun, world):
    address = overrun()
    world.faults.append(Fault(ONE, 404, {}, {"code": 3001, "message": "Meeting does not exist."}))

    page = read(dana.look(address))

    assert "late" not in page.lower()
    assert "left early" not in page
    assert late_and_early(dana, address)["Guest Lee"] == late_and_early(dana, address)["Guest Kim"] == ("", "")


def test_a_summary_without_its_meeting_does_not_decide_that_nothing_was_planned(dana, world):
    address = "/participants/_I84Pj7PRnR0S-zLVAnH1w"
    world.faults.append(Fault("GET /v2/past_meetings/*", 404, {}, {"code": 3001, "message": "Meeting does not exist."}))
    dana.look(f"{address}/summary")
    world.faults.clear()

    assert {late for late, _early in late_and_early(dana, address).values()} == {"0"}
