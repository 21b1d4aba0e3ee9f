"""What the client allows, refuses and announces, through the real SDK."""

import base64
import hashlib
import json
from urllib.parse import unquote

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from offline_zoom.client_window.client_session import ClientSession
from tests.client.test_transports import AUTHORIZE, CHALLENGE, CONFIG


@pytest.fixture
def client(zoom_client, tiny, ask):
    return zoom_client("webview2", f"{tiny.url}/home", ask)


def opened(client, *capabilities):
    """The tiny page, configured for these."""
    app = client.open()
    app.wait_for_selector("[data-ready]")
    app.evaluate(CONFIG, list(capabilities))
    return app


def outcome(app, call):
    """What a call of the SDK ends in: its result, or the code of the refusal."""
    return app.evaluate(f"() => sdk.zoom.{call}.then((value) => value, (error) => error.code || error.message)")


def listen(app, event):
    app.evaluate(
        "name => { sdk.heard = []; sdk.zoom.addEventListener(name, (event) => sdk.heard.push(event)); }", event
    )


def heard(app, times=1):
    app.wait_for_function("times => sdk.heard.length >= times", arg=times)
    return app.evaluate("() => sdk.heard")


def test_a_capability_that_was_not_declared_is_refused(client):
    app = opened(client, "getUserContext")

    assert outcome(app, "getMeetingUUID()") == "10001"


def test_a_new_page_address_ends_the_sdk_permission(client):
    app = opened(client, "getUserContext")

    app.evaluate("() => history.pushState(null, '', '/elsewhere')")

    assert outcome(app, "getUserContext()") == "10001"


def test_a_jump_to_an_anchor_keeps_the_sdk_permission(client):
    app = opened(client, "getUserContext")

    app.evaluate("() => { location.hash = 'people'; }")

    assert outcome(app, "getUserContext()")["role"] == "host"


def test_each_page_has_to_call_config(client, tiny):
    opened(client, "getUserContext")

    client.page.goto(f"{tiny.url}/other")
    client.app.wait_for_selector("[data-ready]")

    assert "must call zoomSdk.config" in outcome(client.app, "getUserContext()")


def test_unknown_capability_is_named_or_refuses_everything(client):
    app = opened(client, "getUserContext")

    named = app.evaluate(CONFIG, ["getUserContext", "readMinds"])
    client.set(rejectsUnknown=True)

    assert named["unsupportedApis"] == ["readMinds"]
    assert outcome(app, "config({version: '0.16', capabilities: ['readMinds']})") == "10002"


@pytest.mark.parametrize(
    ("seat", "code"),
    [
        (ClientSession("jonas", role="participant"), "80012"),
        (ClientSession("jonas", role="host", status="unauthenticated"), "10284"),
    ],
)
def test_config_names_or_rejects_what_a_role_or_a_guest_may_not_use(client, seat, code):
    client.seat = seat
    names = ["getUserContext", "getMeetingContext"]
    sdk_status = "authorized" if seat.status == "authorized" else "unauthorized"
    app = opened(client, *names)
    client.set(roleRefusals="listed")

    listed = app.evaluate(CONFIG, names)
    client.set(authNames="types")
    typed = app.evaluate(CONFIG, names)
    client.set(roleRefusals="rejected")

    assert listed["unsupportedApis"] == ["getMeetingContext"]
    assert (listed["auth"]["status"], typed["auth"]["status"]) == (seat.status, sdk_status)
    assert outcome(app, "getUserContext()")["screenName"]
    assert outcome(app, f"config({{version: '0.16', capabilities: {names}}})") == code


@pytest.mark.parametrize("call", ["getMeetingParticipants()", "getMeetingContext()", "getMeetingJoinUrl()"])
def test_participants_may_not_use_the_calls_of_hosts(client, call):
    app = opened(client, "getMeetingParticipants", "getMeetingContext", "getMeetingJoinUrl", "getMeetingUUID")

    as_host = outcome(app, call)
    client.sit(role="participant")

    assert isinstance(as_host, dict)
    assert outcome(app, call) == "80012"
    assert outcome(app, "getMeetingUUID()")["meetingUUID"]


def test_meeting_context_has_no_uuid(client):
    app = opened(client, "getMeetingContext")

    assert set(outcome(app, "getMeetingContext()")) == {"meetingTopic", "meetingID"}


def test_the_main_window_has_no_meeting(client):
    client.seat = ClientSession("dana", running_context="inMainClient")
    app = opened(client, "getMeetingUUID", "getRunningContext")

    assert outcome(app, "getRunningContext()") == {"context": "inMainClient"}
    assert outcome(app, "getMeetingUUID()") == "10116"


def test_guest_signs_in_and_then_adds_the_app(client):
    client.seat = ClientSession("jonas", status="unauthenticated", role="participant")
    capabilities = ("promptAuthorize", "authorize", "getUserContext", "onMyUserContextChange")
    app = opened(client, *capabilities)
    listen(app, "onMyUserContextChange")

    refused = outcome(app, f"authorize({{codeChallenge: '{CHALLENGE}'}})")
    outcome(app, "promptAuthorize()")
    heard(app, 1)
    app.evaluate(CONFIG, list(capabilities))
    outcome(app, "promptAuthorize()")
    said = heard(app, 2)

    assert refused == "10284"
    assert [event["status"] for event in said] == ["authenticated", "authorized"]


@pytest.mark.parametrize(("who", "heard_roles"), [("all", ["coHost", "attendee"]), ("hosts", ["attendee"])])
def test_new_role_is_an_event_for_everyone_or_for_hosts_only(client, who, heard_roles):
    client.seat = ClientSession("jonas", role="participant")
    app = opened(client, "onMyUserContextChange", "getUserContext")
    client.set(roleEvents=who)
    listen(app, "onMyUserContextChange")

    for role in ("co-host", "participant"):
        client.sit(role=role)
    outcome(app, "getUserContext()")

    assert [event["role"] for event in heard(app, len(heard_roles))] == heard_roles


def test_calls_are_refused_after_a_sign_in_until_config_is_called_again(client):
    client.seat = ClientSession("jonas", status="unauthenticated", role="participant")
    app = opened(client, "promptAuthorize", "getUserContext", "onMyUserContextChange")
    listen(app, "onMyUserContextChange")

    outcome(app, "promptAuthorize()")
    heard(app)

    assert outcome(app, "getUserContext()") == "10001"


def test_the_app_context_is_encrypted_for_this_app_and_user(client, world):
    app = opened(client, "getAppContext")

    claims = unsealed(outcome(app, "getAppContext()")["context"], world.client_secret)

    assert (claims["uid"], claims["aud"], claims["typ"]) == (world.user("dana").id, world.client_id, "meeting")
    assert (claims["attendrole"], claims["mid"]) == ("host", world.live_instance().uuid)


def test_the_app_context_of_a_guest_has_no_user(client, world):
    client.seat = ClientSession("jonas", status="unauthenticated", role="participant")
    app = opened(client, "getAppContext")

    claims = unsealed(outcome(app, "getAppContext()")["context"], world.client_secret)

    assert "uid" not in claims
    assert claims["iid"]


def test_context_after_a_deep_link_carries_its_action(client, world):
    launch = world.deeplink(world.user("dana").id, '{"meeting": 1}').rsplit("/", 1)[1]
    client.seat = ClientSession("dana", launch=launch)
    app = opened(client, "getAppContext")

    claims = unsealed(outcome(app, "getAppContext()")["context"], world.client_secret)

    assert claims["act"] == '{"meeting": 1}'


def test_the_state_is_returned_only_if_the_client_is_set_to_do_so(client):
    app = opened(client, "authorize", "onAuthorized")

    _, usual = app.evaluate(AUTHORIZE, CHALLENGE)
    client.set(authorization="with-state")
    _, with_state = app.evaluate(AUTHORIZE, CHALLENGE)
    client.set(authorization="encoded-state")
    _, encoded = app.evaluate(AUTHORIZE, CHALLENGE)

    assert "state" not in usual
    assert with_state["state"] == "kept-by-the-page"
    assert unquote(encoded["state"]) == "kept-by-the-page" != encoded["state"]


def test_a_declined_authorization_has_a_result_and_no_code(client):
    client.state["authorization"] = "denied"
    app = opened(client, "authorize", "onAuthorized")

    _, event = app.evaluate(AUTHORIZE, CHALLENGE)

    assert event["result"] is False
    assert "code" not in event


def test_declining_the_consent_sheet_denies_the_authorization(client):
    client.agrees = False
    app = opened(client, "authorize", "onAuthorized")

    _, event = app.evaluate(AUTHORIZE, CHALLENGE)

    assert event["result"] is False


def test_an_authorization_may_get_no_answer(client):
    client.state["authorization"] = "never"
    app = opened(client, "authorize", "onAuthorized", "getUserContext")
    listen(app, "onAuthorized")

    accepted = outcome(app, f"authorize({{codeChallenge: '{CHALLENGE}'}})")
    outcome(app, "getUserContext()")

    assert accepted == {"message": "Success"}
    assert app.evaluate("() => sdk.heard") == []


def test_an_authorization_event_may_arrive_twice(client):
    client.state["authorization"] = "twice"
    app = opened(client, "authorize", "onAuthorized")
    listen(app, "onAuthorized")

    outcome(app, f"authorize({{codeChallenge: '{CHALLENGE}'}})")
    first, second = heard(app, 2)

    assert first == second


def test_the_client_can_report_a_redirect_uri_of_another_host(client, tiny):
    client.state["authorization"] = "wrong-redirect"
    app = opened(client, "authorize", "onAuthorized")

    _, event = app.evaluate(AUTHORIZE, CHALLENGE)

    assert not event["redirectUri"].startswith(tiny.url)


def test_consent_is_not_asked_again_for_granted_scopes(client, world):
    world.grants.grant(world.user("dana").id, world.scopes("dana"))
    client.agrees = False
    app = opened(client, "authorize", "onAuthorized")

    _, event = app.evaluate(AUTHORIZE, CHALLENGE)

    assert event["result"] is True


def test_open_url_gets_no_answer_and_a_relative_address_throws(client):
    app = opened(client, "openUrl")

    absolute = outcome(app, "openUrl({url: 'https://example.com/x'})")
    relative = outcome(app, "openUrl({url: '/x'})")

    assert absolute == {"message": "success"}
    assert "Invalid URL" in relative
    assert client.page.evaluate("() => client.state.opened") == ["https://example.com/x"]


def test_a_call_without_an_answer_ends_with_the_sdks_timeout(client):
    client.state["silent"] = ["getUserContext"]
    app = client.open()
    app.wait_for_selector("[data-ready]")

    app.evaluate("() => sdk.zoom.config({version: '0.16', capabilities: ['getUserContext'], timeout: 1500})")

    assert "took longer than 1500ms" in outcome(app, "getUserContext()")


def test_waiting_room_is_switched_watched_and_emptied(client, world):
    names = ("setWaitingRoomState", "getWaitingRoomState", "getWaitingRoomParticipants")
    app = opened(client, *names, "admitParticipantFromWaitingRoom", "onWaitingRoomParticipantJoin")
    listen(app, "onWaitingRoomParticipantJoin")

    switched = outcome(app, "setWaitingRoomState({waitingRoom: false})")
    again = outcome(app, "setWaitingRoomState({waitingRoom: false})")
    client.act("join", name="Early Ella", waiting=True)
    (event,) = heard(app)
    uuid = event["participant"]["participantUUID"]
    admitted = outcome(app, f"admitParticipantFromWaitingRoom({{participantUUID: '{uuid}'}})")
    twice = outcome(app, f"admitParticipantFromWaitingRoom({{participantUUID: '{uuid}'}})")

    assert (switched, again) == ({"message": "Success"}, "10234")
    assert (admitted, twice) == ({"message": "Success"}, "10238")
    assert "Early Ella" in [row.name for row in world.live_instance().present(world.now()) if not row.waiting]


def test_hosts_are_not_put_in_the_waiting_room(client):
    app = opened(client, "putParticipantToWaitingRoom", "getUserContext")
    mine = outcome(app, "getUserContext()")["participantUUID"]

    assert outcome(app, f"putParticipantToWaitingRoom({{participantUUID: '{mine}'}})") == "10239"


def test_end_of_the_meeting_is_announced(client):
    app = opened(client, "onMeeting")
    listen(app, "onMeeting")

    client.act("end")

    assert heard(app)[0]["action"] == "ended"


def test_stream_starts_once_and_stops(client):
    app = opened(client, "startRTMS", "stopRTMS", "getRTMSStatus")

    said = [outcome(app, f"{name}()") for name in ("startRTMS", "startRTMS", "stopRTMS")]

    assert [answer["message"] for answer in said] == ["Success", "Failure", "Success"]
    assert outcome(app, "getRTMSStatus()")["rtmsStatus"][0]["status"] == "stopped"


def test_window_can_be_popped_out_once(client):
    app = opened(client, "appPopout")

    assert outcome(app, "appPopout({action: 'undock'})") == {"message": "Success"}
    assert outcome(app, "appPopout({action: 'undock'})")["warning"]["code"] == "40010"


def test_page_without_the_four_headers_stays_blank(client, tiny):
    client.home_url = f"{tiny.url}/bare"

    client.open()

    assert client.page.title() == ""
    assert "Missing OWASP Secure Headers:" in client.log[0]


def test_redirect_does_not_get_around_the_four_headers(client, tiny):
    client.page.goto(f"{tiny.url}/moved")

    assert client.page.title() == ""
    assert client.log[0].endswith(f"{tiny.url}/bare")


def test_other_hosts_are_blocked(client):
    client.open()

    client.page.goto("http://elsewhere.example/")

    assert client.log[0] == "Blocked by the domain allow list: http://elsewhere.example/"


def unsealed(blob, secret):
    """The claims of a context, read by the published layout."""
    raw = base64.urlsafe_b64decode(blob + "=" * (-len(blob) % 4))
    iv, rest = raw[1 : 1 + raw[0]], raw[1 + raw[0] :]
    return json.loads(AESGCM(hashlib.sha256(secret.encode()).digest()).decrypt(iv, rest[6:], b""))
