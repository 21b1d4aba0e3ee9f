"""The unmodified SDK reaches the client over each of the four transports."""

import re

import pytest

from tests.client.transports import TRANSPORTS, USER_AGENT

CONFIG = "caps => sdk.zoom.config({version: '0.16', capabilities: caps})"
AUTHORIZE = """async (challenge) => {
    const heard = new Promise((done) => sdk.zoom.onAuthorized(done));
    const accepted = await sdk.zoom.authorize({codeChallenge: challenge, state: 'kept-by-the-page'});
    return [accepted, await heard];
}"""
CHALLENGE = "v" * 64


@pytest.fixture(params=TRANSPORTS)
def opened(request, zoom_client, tiny, ask, offline_zoom_url):
    """The tiny page in a client, over each transport in turn."""
    client = zoom_client(request.param, f"{tiny.url}/home", ask, offline_zoom_url=offline_zoom_url)
    client.open()
    client.app.wait_for_selector("[data-ready]")
    return client


def test_sdk_is_configured_and_authorizes(opened, world):
    world.switches.auto_consent = True

    config = opened.app.evaluate(CONFIG, ["authorize", "onAuthorized", "getRunningContext", "getUserContext"])
    running = opened.app.evaluate("() => sdk.zoom.getRunningContext()")
    me = opened.app.evaluate("() => sdk.zoom.getUserContext()")
    accepted, event = opened.app.evaluate(AUTHORIZE, CHALLENGE)

    assert config["unsupportedApis"] == []
    assert running == {"context": "inMeeting"}
    assert (me["screenName"], me["role"]) == ("Dana Okoye", "host")
    assert accepted == {"message": "Success"}
    assert event["result"] is True
    assert world.grants.codes[event["code"]].challenge == CHALLENGE
    assert world.grants.codes[event["code"]].redirect_uri == event["redirectUri"] == world.home_url


def test_the_client_receives_calls_in_the_format_of_the_sdk(opened):
    opened.app.evaluate(CONFIG, ["getUserContext"])

    first = opened.page.evaluate("() => client.state.log[0]")

    assert re.fullmatch("id[0-9a-f]{32}", first["jsCallId"])
    assert first["apiName"] == "config"
    assert first["data"]["js_api_lists"] == ["getUserContext"]


def test_the_app_gets_an_event_when_a_participant_joins(opened, world):
    opened.app.evaluate(CONFIG, ["onParticipantChange"])
    opened.app.evaluate("() => { sdk.heard = []; sdk.zoom.onParticipantChange((event) => sdk.heard.push(event)); }")

    opened.act("join", name="Late Larry")

    opened.app.wait_for_function("() => sdk.heard.length")
    (person,) = opened.app.evaluate("() => sdk.heard[0].participants")
    assert (person["status"], person["screenName"], person["role"]) == ("join", "Late Larry", "attendee")
    assert isinstance(person["participantId"], int)


def test_native_clients_send_the_context_to_the_home_url_only(opened, tiny):
    if opened.framed:
        assert all(context is None for _, context, _ in tiny.seen)
        return

    opened.page.goto(f"{tiny.url}/other")

    assert [path for path, context, _ in tiny.seen if context] == ["/home"]
    assert {agent for _, _, agent in tiny.seen} == {USER_AGENT}
