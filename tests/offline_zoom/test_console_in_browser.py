"""The console in Chromium: axe, width, keyboard, live lists."""

from __future__ import annotations

import pytest
import requests
from playwright.sync_api import expect

from offline_zoom.serving.server import serve
from offline_zoom.webhooks.sender import WebhookSender
from offline_zoom.world import World
from tests.offline_zoom.conftest import caller
from tests.pages.axe import faults_of
from tests.support.processes import HANG_SECONDS

expect.set_options(timeout=HANG_SECONDS * 1000)


@pytest.fixture
def server(clock):
    """An offline Zoom in which a meeting runs, with a webhook address that nothing listens to."""
    world = World("live-meeting", clock=clock)
    with serve(world) as server:
        sender = WebhookSender("http://127.0.0.1:9/hook", "secret", clock)
        server.app.extensions["webhooks"] = sender
        world.on_event(sender.enqueue)
        yield server


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_no_width_overflows(server, new_page, scheme):
    dana = caller(server.world, "dana")
    server.world.faults.add("lost-rotation")
    requests.get(f"{server.url}/v2/users/me", headers={"Authorization": f"Bearer {dana.access_token}"})
    requests.get(f"{server.url}/v2/meetings/1?next_page_token={'x' * 300}")
    guest = server.world.join(server.world.live_instance(), None, "A guest with a name without end " * 5, waiting=True)
    page = new_page(360, color_scheme=scheme)
    page.goto(f"{server.url}/?call=2&delivery=1")
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")

    assert page.get_by_text(guest.name.strip()).first.is_visible()
    for width in (360, 720, 1120, 1600):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if width in (360, 1600):
            assert faults_of(page) == []


def test_calls_and_clock_are_live_while_typed_text_and_focus_stay(server, new_page, clock):
    page = new_page()
    page.goto(server.url)
    name = page.get_by_label("Name (optional)").first
    name.fill("Ola")

    requests.get(f"{server.url}/v2/first")
    server.world.start_meeting(85000000101)
    clock.at += 600

    expect(page.locator("#calls-rows")).to_contain_text("/v2/first")
    expect(page.locator("#clock-now")).to_contain_text("11:10:00")
    expect(page.locator("#calls-empty")).to_have_count(0)
    expect(page.locator("#meetings-list > article")).to_have_count(2)
    expect(name).to_have_value("Ola")
    expect(name).to_be_focused()
    server.world.faults.add("empty-error", count=2)
    remove = page.get_by_role("button", name="Remove empty-error")
    remove.focus()
    requests.get(f"{server.url}/v2/failing")
    page.evaluate("refresh()")
    expect(remove).to_be_focused()
    page.get_by_role("button", name="Live").click()
    page.get_by_role("button", name="Paused").click()
    expect(page.locator("#faults-list")).to_contain_text("1 more time")
    page.get_by_role("button", name="Live").click()
    requests.get(f"{server.url}/v2/second")
    page.evaluate("refresh()")
    expect(page.locator("#calls-rows")).not_to_contain_text("/v2/second")
    page.get_by_role("button", name="Paused").click()
    expect(page.locator("#calls-rows tr").first).to_contain_text("/v2/second")
    page.route(f"{server.url}/", lambda route: route.fulfill(status=502, body="<h1>Bad gateway</h1>"))
    expect(page.get_by_role("button", name="No answer")).to_be_visible()


def test_clock_is_advanced_by_keyboard(server, new_page):
    page = new_page()
    page.goto(server.url)
    page.get_by_label("Minutes").focus()

    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Advance")).to_be_focused()
    page.keyboard.press("Enter")

    page.wait_for_url("**/#clock")
    expect(page.locator("#clock-now")).to_contain_text("11:05:00")
    assert server.world.offset_seconds == 300
