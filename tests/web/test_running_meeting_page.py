"""The participants page is the page of the running meeting, without a redirect, in the time of two calls."""

import re
import threading
from dataclasses import replace

import pytest

from offline_zoom.faults import Fault
from tests.web.reading import read

GUARD_SECONDS = 60
METRICS = "GET /v2/metrics/meetings/*/participants"
PLANNED = "GET /v2/meetings/*"
LIVE = "GET /v2/users/me/meetings?type=live"


@pytest.fixture
def settings(settings):
    return replace(settings, page_cache_seconds=60)


@pytest.fixture
def running(dana, world):
    """The address of Dana's running meeting."""
    world.load_story("live-meeting")
    world.calls.clear()
    return f"/participants/{world.live_instance().meeting_id}"


def test_participants_page_is_the_page_of_the_running_meeting(dana, running):
    page = dana.look("/participants")

    assert read(page) == read(dana.look(running))
    assert f'<link rel="canonical" href="{running}">' in page.text
    assert re.search(r'data-live="([^"]*)"', page.text)[1] == f"{running}/live"
    assert f'action="{running}"' in dana.look("/participants?q=a").text


def test_choices_in_the_address_apply_to_the_running_meeting(dana, running):
    page = dana.look("/participants?q=nobody-of-this-name")

    assert "Nobody matches" in read(page)


def test_participants_page_waits_for_two_calls_after_each_other(dana, world, running):
    barriers = {1: threading.Barrier(2, timeout=GUARD_SECONDS), 2: threading.Barrier(2, timeout=GUARD_SECONDS)}
    world.sleep = lambda seconds: barriers[seconds].wait()
    for route, wave in ((LIVE, 1), ("GET /v2/users/me", 1), (METRICS, 2), (PLANNED, 2)):
        world.faults.append(Fault(route, delay=wave, count=1))

    read(dana.look("/participants"))

    assert [barrier.broken for barrier in barriers.values()] == [False, False]
    assert world.calls.count("GET /v2/**") == 4


def test_participants_page_within_a_minute_costs_no_call_but_the_shared_poll(dana, world, running, clock):
    dana.look("/participants")
    before = world.calls.count("GET /v2/**")
    clock.tick(14)

    assert dana.look("/participants").status_code == 200
    assert world.calls.count("GET /v2/**") == before


def test_an_old_list_of_running_meetings_does_not_replace_the_live_page(dana, running, clock):
    dana.look("/participants")
    clock.tick(61)

    page = dana.look("/participants")

    assert "js/live.js" in page.text
    assert "js/refresh.js" not in page.text


def test_participants_page_lets_choose_among_several_meetings(dana, world, running):
    world.start_meeting(85000000102)

    page = dana.look("/participants")

    assert {running, "/participants/85000000102"} <= set(re.findall(r'href="([^"]+)"', page.text))
    assert "canonical" not in page.text
