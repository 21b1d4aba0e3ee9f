"""Inside Zoom's client: tools work where they are granted, and a lost sign-in is renewed without leaving the page."""

from dataclasses import replace

import pytest

from devtools.processes import free_port
from offline_zoom.faults import Fault
from tests.client.transports import ask_world


@pytest.fixture
def settings(settings, world):
    """An app whose public address is where it is: signing in inside the client binds codes to it."""
    url = f"http://127.0.0.1:{free_port()}"
    world.redirect_uris = [url]
    return replace(settings, public_url=url)


@pytest.fixture
def open_tools(dana, world, site, zoom_client):
    """A factory of clients, in a running meeting, with the tools or another page open."""
    world.load_story("live-meeting")
    cookie = dana.browser.get_cookie("zoomapp")

    def open_tools(page="/tools", **state):
        client = zoom_client("webview2", f"{site}{page}", ask_world(world), state=state)
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

    assert client.app.evaluate("() => window.client.state.messages") == ["Starts now"]
    assert client.app.is_disabled("[data-rtms-start]")
    client.app.click("[data-rtms-stop]")
    said(client, "[data-rtms-status]", "stopped")
    said(client, "[data-door-status]", "The waiting room is on")
    client.app.click("[data-door] >> text=Turn off")
    said(client, "[data-door-status]", "The waiting room is off")
    assert client.errors == []


def test_tools_without_a_granted_capability_are_named_and_not_shown(open_tools):
    client = open_tools(features=["authorize", "onAuthorized", "getAppContext", "promptAuthorize", "openUrl"])

    said(client, "[data-chat-status]", "Zoom has not granted sendMessageToChat to this app")
    said(client, "[data-rtms-status]", "Zoom has not granted startRTMS, stopRTMS, getRTMSStatus to this app")

    assert not client.app.is_visible("[data-chat]")
    assert not client.app.is_visible("[data-rtms]")


@pytest.mark.parametrize("how", ["listed", "rejected"])
def test_tools_that_the_role_may_not_use_are_named_and_stay_hidden(open_tools, how):
    client = open_tools(roleRefusals=how, role="attendee")

    said(client, "[data-chat-status]", "Zoom has not granted sendMessageToChat to this app. Your role")

    said(client, "[data-door-status]", "while you host or co-host")
    assert not client.app.is_visible("[data-chat]")
    assert client.errors == []


def test_tools_follow_the_client_out_of_the_meeting_and_back(open_tools):
    client = open_tools()
    client.app.wait_for_selector("[data-chat]:visible")
    client.app.fill("[name=message]", "Half a sentence")

    client.sit(running_context="inMainClient")
    said(client, "[data-chat-status]", "You aren’t in one")
    assert not client.app.is_visible("[data-chat]")
    client.sit(running_context="inMeeting")

    client.app.wait_for_selector("[data-chat]:visible")
    assert client.app.input_value("[name=message]") == "Half a sentence"
    assert client.errors == []


def test_a_lost_sign_in_is_renewed_in_the_client_and_the_call_is_repeated(open_tools, dana, parts, world, clock):
    client = open_tools("/calls")
    client.app.wait_for_selector("[data-tryout]:visible")
    parts.tokens.delete(dana.id)

    client.press("[data-tryout] button")

    client.app.wait_for_selector("[data-answer]:visible")
    assert dana.id in client.app.text_content("[data-answer]")


def test_a_form_is_sent_by_a_press_after_signing_in_again_in_the_client(open_tools, dana, world):
    client = open_tools("/meetings/new")
    client.app.fill("[name=topic]", "Budget circle")
    dana.post("/api/zoomapp/logout")
    client.app.click("text=Schedule meeting")
    client.app.wait_for_selector("text=Your entries are still here")

    client.press("[data-connect]")

    # Somebody else may have signed in: only a press sends them.
    said(client, "[data-connect-status]", "Now send your entries.")
    assert "Budget circle" not in [each.topic for each in world.meetings.values()]
    client.app.click("text=Send my entries")
    client.app.wait_for_selector("text=Meeting scheduled")
    assert [each.topic for each in world.meetings.values()].count("Budget circle") == 1


FILES = {
    "/participants/mZ_f3MfttxSz5wUidTLRvw": ["CSV file", "Every join and leave", "JSON"],
    "/recordings": ["Export CSV", "Video"],
    "/meetings/85000000101": ["Add to calendar"],
}


@pytest.mark.parametrize("page", FILES)
def test_a_file_can_be_opened_in_the_system_browser_repeatedly(open_tools, app, page):
    client = open_tools(page)
    for words in [*FILES[page], FILES[page][0]]:
        client.app.evaluate("() => document.querySelector('[popover]:has([data-file])')?.showPopover()")

        client.press(f"[data-file]:has-text('{words}') >> nth=0")

        link = opened(client)
        answer = app.test_client().get("/" + link.split("/", 3)[3])
        assert answer.headers["Content-Disposition"].startswith("attachment"), words
        client.page.evaluate("() => client.state.opened.splice(0)")
    assert client.page.url.endswith(page)
    assert client.errors == []


def opened(client):
    """The one address that the system browser was sent to."""
    client.page.wait_for_function("() => client.state.opened.length")
    (address,) = client.page.evaluate("() => client.state.opened")
    return address


def test_a_meeting_is_started_in_the_system_browser_and_the_panel_stays(open_tools, world, caplog):
    world.load_story("quiet-day")
    for page in ("/meetings", "/meetings/85000000101"):
        client = open_tools(page)

        client.press("text=Start >> nth=0")

        assert "zak=" in opened(client)
        assert client.page.url.endswith(page)
        assert "zak=" not in client.page.content() + caplog.text
        assert client.errors == []


def test_the_panel_asks_before_it_starts_a_second_meeting_of_the_user(open_tools):
    client = open_tools("/meetings/85000000101")

    client.press("text=Start >> nth=0")
    client.app.wait_for_selector("text=Another meeting of yours is running")
    assert client.page.evaluate("() => client.state.opened") == []
    client.press("text=Start anyway")

    assert "zak=" in opened(client)


def test_a_meeting_start_that_zoom_refuses_is_explained_on_the_page(open_tools, world):
    world.load_story("quiet-day")
    client = open_tools("/meetings")
    world.faults.append(Fault("GET /v2/meetings/*", 400, {}, {"code": 300, "message": "The meeting is locked."}))

    client.press("text=Start >> nth=0")

    client.app.wait_for_selector("text=Zoom says: The meeting is locked.")
    assert client.page.evaluate("() => client.state.opened") == []


def test_a_missing_permission_is_granted_without_leaving_the_page(open_tools, world):
    scopes = {"code": 4711, "message": "does not contain scopes:[meeting:read:list_meetings]."}
    world.faults.append(Fault("GET /v2/users/me/meetings", 400, {}, scopes))
    client = open_tools("/meetings")
    world.faults.clear()

    client.press("a >> text=Connect again")

    client.app.wait_for_selector("article.meeting")
    assert "authorize" in client.asked
    assert client.page.url.endswith("/meetings")


def test_external_links_open_in_the_system_browser(open_tools, world):
    world.faults.append(Fault("GET /v2/users/me/meetings", drop="before"))
    client = open_tools("/meetings")

    client.press("text=Zoom status")

    assert opened(client) == "https://status.zoom.us/"
    assert client.page.url.endswith("/meetings")
