"""The app in the Zoom client for each role, from the start to the end of the meeting. Nothing comes by webhook."""

from dataclasses import replace

import pytest

from devtools.processes import free_port
from offline_zoom.client_window.client_session import ClientSession
from tests.client.transports import ask_world

REVIEW = 85000000102
MARA = "Mara Lindholm"


@pytest.fixture
def settings(settings, world):
    url = f"http://127.0.0.1:{free_port()}"
    world.redirect_uris = [url]
    return replace(settings, public_url=url)


@pytest.fixture
def open_client(dana, priya, world, site, zoom_client, clock):
    """A factory of a person's client in Dana's meeting, with the app open."""
    meeting = world.start_meeting(REVIEW)
    world.join(meeting, "dana")

    def open_client(person, path, **state):
        if person is not dana:
            world.join(meeting, person.name)
        seat = ClientSession(person.name)
        client = zoom_client("webview2", f"{site}{path}", ask_world(world), seat=seat, state=state)
        cookie = person.browser.get_cookie("zoomapp")
        client.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])
        client.page.set_viewport_size({"width": 360, "height": 800})
        client.open()
        return client

    return open_client


def end(world, client, clock):
    """End the meeting a few seconds after the newest answer that the app may have of Zoom."""
    world.end_meeting(world.live_instance(REVIEW))
    clock.tick(5)
    client.refresh()


def test_host_sees_the_report_when_the_client_says_that_the_meeting_ended(open_client, dana, world, clock):
    world.join(world.live_instance(REVIEW), None, MARA)
    client = open_client(dana, "/participants")
    client.app.wait_for_selector("tbody >> text=Dana Okoye")
    clock.tick(2400)

    end(world, client, clock)

    client.app.wait_for_selector("text=Ended just now")
    assert client.app.text_content("[data-say]").startswith("The meeting ended. 2 people came")
    assert client.app.locator(".strip.warn, [data-pause]").count() == 0
    assert client.errors == []


def test_participant_becomes_co_host_and_participant_again_until_the_end(open_client, priya, world, clock):
    client = open_client(priya, "/participants", roleEvents="hosts")
    app = client.app
    app.wait_for_selector("text=Counted since")
    assert not app.is_visible("text=Dana Okoye")

    # A promotion is no event for an attendee: the next press shows it.
    instance = world.live_instance(REVIEW)
    client.seat = replace(client.seat, role="co-host")
    client.refresh()
    app.click("h1")
    app.wait_for_selector("tbody >> text=Dana Okoye")
    assert app.is_visible("text=you’re co-host")
    assert app.is_visible("text=Here by")
    app.wait_for_selector("[data-say] >> text=You’re now co-host.", state="attached")
    clock.tick(5)
    world.join(instance, None, MARA)
    client.refresh()
    app.wait_for_selector(f"tbody >> text={MARA}")

    client.seat = replace(client.seat, role="participant")
    client.page.evaluate("() => (window.client.state.role = 'participant')")
    app.click("h1")
    app.wait_for_selector("text=Your attendance")
    app.wait_for_selector("text=Counted since")
    assert not app.is_visible(f"text={MARA}")

    clock.tick(120)
    end(world, client, clock)
    app.wait_for_selector("text=You were there")
    assert app.text_content("[data-say]").startswith("The meeting ended. You were there")
    assert client.errors == []
