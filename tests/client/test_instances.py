"""Two instances of the app, in the meeting and in the main window; and what the app may do with camera and sharing."""

import pytest

from offline_zoom.client_window.client_session import ClientSession
from tests.client.test_client import heard, listen, opened, outcome
from tests.client.test_transports import CONFIG

BOTH = ["connect", "postMessage", "onConnect", "onMessage"]
MEDIA = ["shareApp", "setVirtualBackground", "removeVirtualBackground", "setVideoMirrorEffect", "listCameras"]
MEDIA += ["allowParticipantToRecord", "onShareApp", "onActiveSpeakerChange"]


@pytest.fixture
def client(zoom_client, tiny, ask):
    return zoom_client("webview2", f"{tiny.url}/home", ask)


@pytest.fixture
def window(zoom_client, tiny, ask, offline_zoom_url):
    """The client window ``/client`` with the app in the meeting, and the app in the main window beside it."""
    client = zoom_client("iframe", f"{tiny.url}/home", ask, offline_zoom_url=offline_zoom_url)
    client.open()
    client.app.wait_for_selector("[data-ready]")
    client.app.evaluate(CONFIG, BOTH)
    return client


def set_connect_wait(client, milliseconds):
    """How long the client waits for the app in the main window."""
    client.page.evaluate("ms => { window.client.state.connectMilliseconds = ms }", milliseconds)


def main_window(client):
    """The frame of the app in the main window, in another tab of the same browser."""
    set_connect_wait(client, 60_000)
    page = client.context.new_page()
    page.goto(f"{client.offline_zoom_url}/client?user=dana&running_context=inMainClient")
    page.frame_locator("#frame").locator("[data-ready]").wait_for(state="attached")
    app = next(frame for frame in page.frames if frame.parent_frame == page.main_frame)
    app.evaluate(CONFIG, BOTH)
    return app


def test_meeting_and_main_window_connect_and_pass_messages_both_ways(window):
    main, meeting = main_window(window), window.app
    listen(meeting, "onConnect")

    connected = outcome(meeting, "connect()")

    assert connected == {"message": "Success"}
    assert heard(meeting)[0]["action"] == "success"
    for sender, receiver in ((meeting, main), (main, meeting)):
        listen(receiver, "onMessage")
        assert outcome(sender, "postMessage({page: '/people', row: 7})") == {"message": "Success"}
        assert heard(receiver)[0]["payload"] == {"page": "/people", "row": 7}
    assert window.errors == []


def test_without_a_main_window_connecting_fails(window):
    listen(window.app, "onConnect")

    assert outcome(window.app, "connect()") == "10039"
    assert heard(window.app)[0]["action"] == "failure"
    assert outcome(window.app, "postMessage({a: 1})") == "10041"


def test_closed_main_window_is_no_longer_connected(window):
    main = main_window(window)
    outcome(window.app, "connect()")

    main.page.close()
    set_connect_wait(window, 500)

    assert outcome(window.app, "connect()") == "10039"
    assert outcome(window.app, "postMessage({a: 1})") == "10041"


def test_message_of_half_a_megabyte_is_refused(window):
    main_window(window)
    outcome(window.app, "connect()")

    assert outcome(window.app, "postMessage({text: 'x'.repeat(512 * 1024)})") == "10038"


def test_main_window_cannot_connect(client):
    client.seat = ClientSession("dana", running_context="inMainClient")
    app = opened(client, *BOTH)

    assert outcome(app, "connect()") == "10116"


def test_every_recent_sdk_call_is_supported_and_answered(client):
    app = opened(client)

    unsupported = app.evaluate(CONFIG, [*BOTH, *MEDIA])["unsupportedApis"]

    assert unsupported == []
    assert outcome(app, "setVideoMirrorEffect({mirrorMyVideo: true})") == {"message": "Success"}
    assert outcome(app, "setVirtualBackground({blur: true})") == {"message": "Success"}
    assert client.page.evaluate("() => client.state.background") == {"blur": True}
    assert outcome(app, "removeVirtualBackground()") == {"message": "Success"}
    assert client.page.evaluate("() => [client.state.background, client.state.mirrored]") == [None, True]
    assert not [error for error in client.errors if "Failed to load resource" not in error]


def test_cameras_are_listed(client):
    cameras = outcome(opened(client, *MEDIA), "listCameras()")["cameras"]

    assert all(set(camera) == {"id", "name"} for camera in cameras)
    assert len(cameras) == 2


def test_app_is_shared_once_and_stopped_once(client):
    app = opened(client, *MEDIA)
    listen(app, "onShareApp")

    answers = [outcome(app, f"shareApp({{action: '{action}'}})") for action in ("stop", "start", "start", "stop")]

    assert answers == ["10025", {"message": "Success"}, "10024", {"message": "Success"}]
    assert heard(app, 2) == ["start", "stop"]


def test_user_can_decline_a_background(client):
    app = opened(client, *MEDIA)
    client.set(agrees=False)

    assert outcome(app, "setVirtualBackground({blur: true})") == "10017"


def test_host_allows_a_participant_to_record(client, world):
    uuid = next(row.participant_uuid for row in world.live_instance().present(world.now()) if row.name == "Jonas Weber")
    app = opened(client, *MEDIA)

    def allow(action, participant=uuid):
        return outcome(app, f"allowParticipantToRecord({{participantUUID: '{participant}', action: '{action}'}})")

    assert [allow("revoke"), allow("grant"), allow("grant")] == ["10052", {"message": "Success"}, "10050"]
    assert allow("grant", "nobody") == "10051"
    client.sit(role="participant")
    assert allow("revoke") == "80012"
