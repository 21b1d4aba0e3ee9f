"""Pages load in the time of the calls that depend on each other; repeated views are served from the page cache."""

import threading
from dataclasses import replace

import pytest

from offline_zoom.faults import Fault
from tests.support.people import Person, adapter
from tests.web.reading import read
from zoomapp import create_app, services
from zoomapp.store import key_names
from zoomapp.store.encrypted_records import LAST_SEEN_SECTION

GUARD_SECONDS = 60
LISTS = "GET /v2/users/me/meetings"
RECORDINGS = "GET /v2/users/me/recordings"
NEXT = "Sprint demo"
DEMO = 85000000101
WEEK_AGO = "/participants/_I84Pj7PRnR0S-zLVAnH1w"


@pytest.fixture
def settings(settings):
    return replace(settings, page_cache_seconds=60)


@pytest.fixture
def at_once(world):
    """A function: from now on each call to Zoom waits until this number of calls is under way."""

    def wait_for(number):
        barrier = threading.Barrier(number, timeout=GUARD_SECONDS)
        world.sleep = lambda seconds: barrier.wait()
        world.faults.append(Fault("GET /v2/**", delay=1))
        return barrier

    return wait_for


def calls(world):
    return len(world.calls.all())


def test_the_overview_waits_for_one_call(dana, world, at_once):
    world.calls.clear()
    barrier = at_once(4)  # the profile, two lists of meetings, the recordings

    page = dana.look("/")

    assert "Design review" in read(page)
    assert (calls(world), barrier.broken) == (4, False)


@pytest.mark.parametrize("show", ["upcoming", "scheduled", "past", "live"])
def test_a_list_of_meetings_waits_for_one_call(dana, world, at_once, show):
    world.calls.clear()
    barrier = at_once(3)  # the profile and two lists

    assert dana.look(f"/meetings?show={show}").status_code == 200

    assert (calls(world), barrier.broken) == (3, False)


def test_the_people_of_a_number_load_while_zoom_lists_what_runs(dana, world, at_once):
    world.join(world.start_meeting(DEMO), None, "Guest Lee")
    dana.look("/help")  # saves the profile
    world.calls.clear()
    barrier = at_once(3)  # the running meetings, the people, the planned dates

    page = dana.look(f"/participants/{DEMO}")

    assert "Guest Lee" in read(page)
    assert (calls(world), barrier.broken) == (3, False)


@pytest.mark.parametrize("known_by", ["webhooks", "the saved list"])
def test_the_overview_waits_for_one_call_while_a_known_meeting_runs(dana, world, webhooks, clock, at_once, known_by):
    if known_by == "the saved list":
        world._listeners.remove(webhooks)
    world.join(world.start_meeting(DEMO), None, "Guest Lee")
    dana.look("/")  # saves the profile and the planned dates, too
    clock.tick(400 if known_by == "webhooks" else 200)
    world.calls.clear()
    barrier = at_once(4)  # the running meetings, the people, two more lists

    page = dana.get("/", headers={"Accept": "text/html", "Cache-Control": "no-cache"})

    assert "Guest Lee" in read(page)
    assert (calls(world), barrier.broken) == (4, False)


def test_the_overview_asks_for_no_people_of_a_meeting_that_has_ended(dana, world, webhooks, clock):
    meeting = world.start_meeting(DEMO)
    dana.look("/")
    world.end_meeting(meeting)
    clock.tick(1)
    world.calls.clear()

    assert dana.look("/").status_code == 200
    assert calls(world) == 3


def test_polls_wait_for_one_call_after_the_attendance(dana, world, at_once):
    dana.look(WEEK_AGO)
    world.calls.clear()
    barrier = at_once(2)  # the answers, the polls as defined

    page = dana.look(f"{WEEK_AGO}/polls")

    assert "When should the billing page go out?" in read(page)
    assert (calls(world), barrier.broken) == (2, False)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/meetings",
        "/meetings?show=past",
        "/recordings",
        "/recordings/trash",
        f"{WEEK_AGO}/polls",
        f"{WEEK_AGO}/qa",
    ],
)
def test_a_view_within_a_minute_costs_no_call(dana, world, clock, path):
    assert dana.look(path).status_code == 200
    before = calls(world)
    clock.tick(50)

    assert dana.look(path).status_code == 200
    assert calls(world) == before


def test_an_older_view_is_served_at_once_and_replaced(dana, world, clock, parts):
    dana.look("/meetings")
    world.faults.append(Fault(f"{LISTS}?type=upcoming", 200, {}, {"meetings": [meeting(NEXT)]}))
    clock.tick(61)

    old = dana.look("/meetings")
    parts.parallel_calls.wait_until_idle()
    new = dana.look("/meetings")

    assert NEXT not in read(old)
    assert "data-refreshing" in old.text
    assert "js/refresh" in old.text
    assert NEXT in read(new)
    assert "data-refreshing" not in new.text


def meeting(topic):
    return {"id": 85000000777, "topic": topic, "type": 2, "start_time": "2026-03-03T10:00:00Z", "duration": 30}


def test_overview_and_meetings_share_the_first_page_of_a_list_with_two(dana, world):
    dana.look("/help")
    first = {**meeting("First demo"), "id": 85000000778}
    pages = [{"meetings": [first], "next_page_token": "more"}, {"meetings": [meeting("Last demo")]}]
    world.faults.extend(Fault(f"{LISTS}?type=upcoming", 200, {}, page, count=1) for page in pages)
    world.calls.clear()

    text = read(dana.look("/meetings"))
    before = calls(world)
    overview = read(dana.look("/"))

    assert "First demo" in text and "Last demo" in text and "First demo" in overview
    assert (before, calls(world)) == (3, 3 + 1)  # what runs and two pages; then the recordings


@pytest.mark.parametrize("wish", ["no-cache", "max-age=0"])
def test_a_reload_asks_zoom(dana, world, clock, wish):
    dana.look("/meetings")
    clock.tick(1)
    world.faults.append(Fault(f"{LISTS}?type=upcoming", 200, {}, {"meetings": [meeting(NEXT)]}))

    page = dana.get("/meetings", headers={"Accept": "text/html", "Cache-Control": wish})

    assert NEXT in read(page)


def test_the_next_view_shows_the_users_own_change(dana):
    assert "Standup" not in read(dana.look("/meetings"))
    form = {"topic": "Standup", "date": "2026-03-09", "time": "14:00", "zone": "UTC", "duration": "30", "repeat": ""}

    dana.post("/meetings/new", data={**form, "interval": "1", "count": "1"}, headers={"Accept": "text/html"})

    assert "Standup" in read(dana.look("/meetings"))


def test_the_next_view_shows_what_a_webhook_reported(dana, world, webhooks):
    assert NEXT not in read(dana.look("/meetings"))
    world.faults.append(Fault(f"{LISTS}?type=upcoming", 200, {}, {"meetings": [meeting(NEXT)]}))

    webhooks({"event": "meeting.created", "event_ts": 1, "payload": {"object": {"host_id": dana.id, "id": "1"}}})

    assert NEXT in read(dana.look("/meetings"))


def test_people_who_come_and_go_leave_the_lists_in_the_cache(dana, world, webhooks):
    dana.look("/meetings")
    before = calls(world)

    webhooks({"event": "meeting.participant_joined", "event_ts": 1, "payload": {"object": {"host_id": dana.id}}})
    dana.look("/meetings")

    assert calls(world) == before


def test_nothing_crosses_from_one_person_to_another(dana, priya):
    assert "Weekly sync" in read(dana.look("/meetings?show=scheduled"))
    assert "Weekly sync" not in read(priya.look("/meetings?show=scheduled"))


def test_one_failing_part_fails_alone(dana, world):
    world.faults.append(Fault(RECORDINGS, 502, {}, "gone"))

    text = read(dana.look("/"))

    assert "We couldn’t reach Zoom" in text
    assert "Design review" in text


def test_no_credential_is_saved_for_a_page(dana, parts, world):
    row = {**meeting(NEXT), "start_url": "https://zoom.us/s/1?zak=hush", "password": "hush"}
    world.faults.append(Fault(f"{LISTS}?type=upcoming", 200, {}, {"meetings": [row]}))

    dana.look("/meetings")

    saved = str(parts.user_records.load(dana.id, LAST_SEEN_SECTION, key_names.digest("upcoming")))
    assert NEXT in saved
    assert "hush" not in saved


def test_an_app_without_the_cache_asks_zoom_for_each_view(settings, world, clock):
    built = services.build(replace(settings, page_cache_seconds=0), transport=adapter(world), clock=clock)
    person = Person(create_app(built), world, "dana")
    person.connect()
    person.look("/meetings")
    before = calls(world)

    person.look("/meetings")

    assert calls(world) == before + 2
    built.call_log.stop()


def test_what_a_former_grant_read_is_not_shown_with_a_new_one(dana, world):
    dana.look("/meetings")
    world.faults.append(Fault(f"{LISTS}?type=upcoming", 200, {}, {"meetings": [meeting(NEXT)]}))

    dana.connect()

    assert NEXT in read(dana.look("/meetings"))


def test_the_live_part_is_no_reload_though_the_script_asks_for_a_new_answer(dana, world):
    headers = {"Cache-Control": "no-cache", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin"}
    dana.look("/meetings?show=live")
    before = world.calls.count(LISTS)

    for _ in range(3):
        dana.get("/participants/85000000101/live", headers=headers)

    assert world.calls.count(LISTS) == before


def test_a_start_link_is_decided_by_what_runs_now(dana, world, clock):
    dana.look("/meetings")
    running = {**meeting(NEXT), "host_id": dana.id}
    world.faults.append(Fault(f"{LISTS}?type=live", 200, {}, {"meetings": [running]}))
    clock.tick(1)

    assert dana.get("/meetings/85000000101/start").status_code == 409
