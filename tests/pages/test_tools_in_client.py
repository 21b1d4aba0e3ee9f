"""Meeting tools inside Zoom's client: what it grants works, what it does not is said."""

import pytest

from tests.client.transports import ask_world


@pytest.fixture
def open_tools(dana, world, site, zoom_client):
    """A factory of clients, in a running meeting, with the tools open."""
    world.tell("live-meeting")
    cookie = dana.browser.get_cookie("zoomapp")

    def open_tools(**state):
        client = zoom_client("webview2", f"{site}/tools", ask_world(world), state=state)
        client.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])
        client.open()
        return client

    return open_tools


def said(client, what, words):
    client.app.wait_for_function(
        "([what, words]) => document.querySelector(what).textContent.includes(words)", arg=[what, words]
    )


def test_a_message_reaches_the_meeting_and_the_stream_is_switched(open_tools):
    client = open_tools()
    said(client, "[data-rtms-status]", "stopped")

    client.app.fill("[name=message]", "Starts now")
    client.app.press("[name=message]", "Tab")
    client.app.click("text=Send to the meeting")
    said(client, "[data-chat-status]", "Sent")
    client.app.click("[data-rtms-start]")
    said(client, "[data-rtms-status]", "running")

    assert client.app.evaluate("() => window.client.state.notes?.messages ?? window.client.state.messages") == [
        "Starts now"
    ]
    assert client.app.is_disabled("[data-rtms-start]")
    client.app.click("[data-rtms-stop]")
    said(client, "[data-rtms-status]", "stopped")
    assert client.errors == []


def test_what_zoom_has_not_granted_is_named_and_stays_away(open_tools):
    client = open_tools(features=["authorize", "onAuthorized", "getAppContext", "promptAuthorize", "openUrl"])

    said(client, "[data-chat-status]", "Zoom has not granted sendMessageToChat to this app")
    said(client, "[data-rtms-status]", "Zoom has not granted startRTMS, stopRTMS, getRTMSStatus to this app")

    assert not client.app.is_visible("[data-chat]")
    assert not client.app.is_visible("[data-rtms]")
