"""The states every page can be in: each says what happened and leaves a way on."""

import re

import pytest

from sandbox.faults import Fault
from tests.web.reading import read
from zoomapp.web.trouble import ALPHABET

LISTS = {
    "/meetings": "GET /v2/users/me/meetings",
    "/recordings": "GET /v2/users/me/recordings",
    "/meetings/8551234098": "GET /v2/meetings/*",
}
PAGES = ["/", "/participants", "/meetings", "/meetings/new", "/recordings", "/settings", "/help", "/privacy"]


def refusal(route, code, message, status=400):
    return Fault(route, status, {}, {"code": code, "message": message})


@pytest.mark.parametrize("path", [*PAGES, "/disconnect"])
def test_every_page_keeps_the_rules(dana, path):
    read(dana.look(path))


@pytest.mark.parametrize("path", ["/participants", "/meetings", "/meetings/new", "/recordings"])
def test_a_stranger_is_asked_to_connect(anyone, path):
    assert "Connect your Zoom account" in read(anyone.look(path), 401)


def test_the_start_and_connect_are_open_to_strangers(anyone):
    for path in ("/", "/connect"):
        assert "Connect Zoom" in read(anyone.look(path))


def test_a_revoked_grant_says_that_zoom_signed_the_person_out(dana, world, clock):
    world.faults.add("refused-refresh")
    clock.tick(7200)

    assert "Zoom signed you out" in read(dana.look("/meetings"), 401)


@pytest.mark.parametrize(("path", "route"), LISTS.items())
def test_a_missing_scope_is_named_exactly_with_a_text_for_the_admin(dana, world, path, route):
    needed = "Invalid access token, does not contain scopes:[a:read:thing:admin, a:read:thing]."
    world.faults.append(refusal(route, 4711, needed))

    answer = dana.look(path)

    text = read(answer)
    assert "One permission is missing" in text
    assert "Zoom must allow a:read:thing." in text
    assert re.search(r'data-copy="Rollcall needs the Zoom scope a:read:thing to ', answer.text)
    assert "Connect again" in text


def test_an_admin_scope_says_who_can_grant_it(dana, world):
    world.faults.append(refusal(LISTS["/recordings"], 4711, "x does not contain scopes:[a:read:thing:admin]."))

    assert "Only an admin of your Zoom account can grant it" in read(dana.look("/recordings"))


def test_a_missing_scope_without_a_list_falls_back_to_the_one_we_know(dana, world):
    world.faults.append(refusal(LISTS["/meetings"], 4711, "Invalid access token, does not contain scopes"))

    assert "meeting:read:list_meetings" in read(dana.look("/meetings"))


def test_a_plan_that_is_too_low_is_named(dana, world):
    world.faults.append(refusal(LISTS["/recordings"], 200, "Only available for Paid account."))

    assert "Cloud recording needs a Pro plan or higher" in read(dana.look("/recordings"))


def test_slowing_down_shows_the_wait_and_a_client_hears_it(dana, world):
    world.faults.append(Fault(LISTS["/meetings"], 429, {"Retry-After": "24"}, {"code": 429, "message": "slow"}))

    answer = dana.look("/meetings")

    assert "Updates resume in 0:24" in read(answer, 429)
    assert answer.headers["Retry-After"] == "24"


def test_the_daily_limit_says_when_it_resets(dana, world, clock):
    headers = {"Retry-After": "2026-03-03T00:00:00Z", "X-RateLimit-Type": "Daily-limit"}
    world.faults.append(Fault(LISTS["/meetings"], 429, headers, {"code": 429, "message": "daily rate limit"}))

    text = read(dana.look("/meetings"), 429)

    assert "Zoom’s daily limit for your account is used up" in text
    assert "It resets at 01:00 (Berlin)." in text


@pytest.mark.parametrize(("path", "route"), list(LISTS.items())[:2])
def test_zoom_out_of_reach_shows_the_last_data_and_its_age(dana, world, clock, path, route):
    read(dana.look(path))
    world.faults.append(Fault(route, 502, {}, "<h1>Bad gateway</h1>"))
    clock.tick(120)

    text = read(dana.look(path))

    assert "We couldn’t reach Zoom" in text
    assert "2 min ago" in text
    assert "Weekly sync" in text


@pytest.mark.parametrize(("path", "route"), LISTS.items())
def test_zoom_out_of_reach_without_anything_seen_is_an_outage_with_a_reference(dana, world, path, route):
    world.faults.append(Fault(route, 502, {}, "<h1>Bad gateway</h1>"))

    text = read(dana.look(path), 502)

    assert re.search(rf"Reference [{ALPHABET}]{{4}}-[{ALPHABET}]{{2}}\b", text)
    assert "Try now" in text


def test_too_slow_is_a_time_out(dana, world):
    world.faults.append(Fault(LISTS["/meetings"], delay=60))

    read(dana.look("/meetings"), 504)


def test_one_failing_block_never_blanks_the_overview(dana, world):
    world.faults.append(Fault(LISTS["/recordings"], 502, {}, "gone"))

    text = read(dana.look("/"))

    assert "Design review" in text
    assert "We couldn’t reach Zoom" in text


def test_a_meeting_that_is_gone_is_not_found(dana):
    page = dana.look("/meetings/99999999999")

    assert "This meeting has ended or was deleted" in read(page, 404)
    assert 'href="/meetings?show=past"' in page.text
