"""How many calls to Zoom an open page costs in an hour in which nobody touches it, and how soon it shows a change."""

import re
from dataclasses import replace

import pytest

HOUR = 3600
#: As in live.js: a page that was not touched for half an hour polls once a minute.
IDLE_AFTER_SECONDS, IDLE_SECONDS = 1800, 60
METRICS = "GET /v2/metrics/meetings/*/participants"
MEETING = 85000000102


@pytest.fixture
def settings(settings):
    return replace(settings, page_cache_seconds=60)


@pytest.fixture(params=["webhooks", "dashboard"])
def source(request, dana, world, webhooks):
    """Where the app learns who is in a meeting."""
    if request.param == "dashboard":
        world._listeners.remove(webhooks)
    return request.param


@pytest.fixture
def meeting(dana, world, source):
    """A running meeting of Dana with two people."""
    started = world.start_meeting(MEETING)
    for name in ("Guest Kim", "Guest Lee"):
        world.join(started, None, name)
    return started


@pytest.fixture
def finish(parts):
    """Waits until all background calls have ended."""

    def wait():
        with parts.parallel_calls._pool:
            pass
        parts.parallel_calls.__init__()

    return wait


def open_for(seconds, person, clock, finish, path):
    """Open a page and poll as its script does, with the longest waits. Yields the page and the answer of each poll."""
    page = person.look(path)
    finish()
    yield page
    live = re.search(r'data-live="([^"]*)" .*?data-version="(\w+)"', page.text)
    ends_at, touched_at = clock() + seconds, clock()
    if live is None:
        # The scripts of these pages ask only to replace an older copy.
        assert "data-refreshing" not in page.text
        clock.tick(seconds)
        return
    address, etag, wait = live[1], f'"{live[2]}"', 1.5
    while clock() + wait < ends_at:
        clock.tick(wait)
        answer = person.get(address, headers={"If-None-Match": etag, "Sec-Fetch-Mode": "cors"})
        finish()
        yield answer
        if answer.status_code == 204:
            return
        etag = answer.headers["ETag"]
        is_idle = clock() - touched_at > IDLE_AFTER_SECONDS
        wait = 1.05 * max(float(answer.headers["X-Poll-Interval"]), IDLE_SECONDS if is_idle else 0)
    clock.tick(ends_at - clock())


def calls(world):
    """The number of calls to Zoom: of the dashboard, and of all others."""
    return world.calls.count(METRICS), world.calls.count("GET /v2/**") - world.calls.count(METRICS)


@pytest.mark.parametrize("path", ["/", "/meetings", "/meetings?show=live"])
def test_open_overview_and_list_of_meetings_cost_no_call(dana, world, clock, finish, meeting, path):
    pages = open_for(HOUR, dana, clock, finish, path)
    next(pages)
    world.calls.clear()

    assert list(pages) == []
    assert calls(world) == (0, 0)


def test_open_live_page_costs_a_hundred_calls_an_hour_and_27_with_webhooks(dana, world, clock, finish, meeting, source):
    pages = open_for(HOUR, dana, clock, finish, f"/participants/{MEETING}")
    next(pages)
    world.calls.clear()

    assert {answer.status_code for answer in pages} <= {200, 304}

    dashboard, others = calls(world)
    # It was 144 and 56, and with webhooks 58 and 5, when the dashboard was asked at the same pace all the time.
    assert dashboard <= (98 if source == "dashboard" else 24)
    assert others <= 3


@pytest.mark.parametrize("source", ["dashboard"], indirect=True)
def test_new_participant_is_shown_within_thirty_seconds_on_a_quiet_page(dana, world, clock, finish, meeting):
    pages = open_for(HOUR / 2, dana, clock, finish, f"/participants/{MEETING}")
    waits = []
    for number in range(10):
        quiet_from = clock()
        next(answer for answer in pages if clock() - quiet_from > 60 + 7 * number)
        joined_at, name = clock(), f"Guest Mara {number}"
        world.join(meeting, None, name)

        next(answer for answer in pages if name in answer.text)

        waits.append(clock() - joined_at)
    assert 15 < max(waits) < 30


@pytest.mark.parametrize("source", ["dashboard"], indirect=True)
def test_end_of_the_meeting_is_noticed_by_the_dashboard(dana, world, clock, finish, meeting):
    assert seconds_until_the_end(dana, world, clock, finish, meeting, f"/participants/{MEETING}") < 60


@pytest.mark.parametrize("source", ["dashboard"], indirect=True)
def test_end_of_the_meeting_is_noticed_though_the_client_reported_people(dana, world, clock, finish, meeting):
    key = meeting.uuid[:22].replace("+", "-").replace("/", "_")
    people = [{"participantUUID": "A", "screenName": "Guest Lee", "role": "attendee"}]
    dana.look(f"/participants/{MEETING}")
    report = {"uuid": meeting.uuid, "participants": people}
    assert dana.post(f"/participants/{MEETING}/sighted", json=report).status_code == 204

    assert seconds_until_the_end(dana, world, clock, finish, meeting, f"/participants/{key}") < 90


def seconds_until_the_end(person, world, clock, finish, meeting, path):
    """How long after its end a meeting's open page gets 204."""
    pages = open_for(HOUR, person, clock, finish, path)
    opened_at = clock()
    next(answer for answer in pages if clock() - opened_at > 300)
    world.end_meeting(meeting)
    ended_at = clock()
    assert next(answer for answer in pages if answer.status_code == 204).data == b""
    return clock() - ended_at
