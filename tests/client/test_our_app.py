"""The app in the Zoom client: opening it and connecting without leaving it."""

import pytest

from offline_zoom.client_window.client_session import ClientSession
from tests.client.transports import TRANSPORTS, ask_over_http

PEOPLE = ("dana", "jonas", "ada", "priya")
#: Zoom sends the state back, or does not; some clients percent-encode it
AUTHORIZATIONS = ("usual", "with-state", "encoded-state", "usual")
SIGNED_IN = "() => location.pathname.startsWith('/participants') && !document.querySelector('[data-connect]')"


@pytest.fixture
def open_client(zoom_client):
    """A factory of clients of one app, seated and opened."""

    def open_client(transport, stack, seat="dana", **more):
        app_url, zoom_url = stack
        home_url, ask = f"{app_url}/api/zoomapp/home", ask_over_http(zoom_url)
        seat = seat if isinstance(seat, ClientSession) else ClientSession(seat)
        client = zoom_client(transport, home_url, ask, offline_zoom_url=zoom_url, seat=seat, **more)
        client.open()
        return client

    return open_client


def test_person_connects_without_leaving_the_client_over_each_transport(stack, open_client):
    for transport, person, authorization in zip(TRANSPORTS, PEOPLE, AUTHORIZATIONS, strict=True):
        client = open_client(transport, stack, person, state={"authorization": authorization})

        client.press("[data-connect]")
        client.app.wait_for_function(SIGNED_IN)

        assert client.log == [], transport
        assert [error for error in client.errors if "401" not in error] == [], transport
        client.close()


def test_a_person_who_declines_sees_a_message_and_can_try_again(stack, open_client):
    client = open_client("webview2", stack, agrees=False)

    client.press("[data-connect]")
    client.app.wait_for_selector("text=Nothing was changed")
    client.agrees = True
    client.press("[data-connect]")

    client.app.wait_for_function(SIGNED_IN)


def test_one_press_signs_a_guest_in_adds_the_app_and_connects(stack, open_client):
    # Zoom's samples and its SDK have different words for a guest.
    for transport, person, words in zip(TRANSPORTS, PEOPLE, ("samples", "types") * 2, strict=True):
        seat = ClientSession(person, status="unauthenticated", role="participant")
        client = open_client(transport, stack, seat, state={"authNames": words})
        client.app.wait_for_selector("text=You’re a guest in this meeting")

        client.press("[data-connect]")
        if client.framed:
            for asks in ("Add this app?", "Allow this app?"):
                client.page.wait_for_selector(f"#sheet[open] >> text={asks}")
                client.page.click("#sheet[open] [value=yes]")

        client.app.wait_for_function(SIGNED_IN)
        # Its window outlives the page: nothing was asked of a client that had no config since it last changed.
        if client.framed:
            assert " ".join(client.calls()).count("promptAuthorize config promptAuthorize config authorize") == 1
        assert [error for error in client.errors if "401" not in error] == [], transport
        client.close()


def test_a_guest_who_declined_can_press_again(stack, open_client):
    client = open_client(
        "webview2", stack, ClientSession("jonas", status="unauthenticated", role="participant"), agrees=False
    )
    client.press("[data-connect]")
    client.app.wait_for_selector("text=Zoom is asking you to sign in")
    client.page.wait_for_function("() => !window.client.prompting")
    client.agrees = True

    client.press("[data-connect]")

    client.app.wait_for_function(SIGNED_IN)


@pytest.mark.parametrize("how", ["listed", "rejected"])
@pytest.mark.parametrize("status", ["unauthenticated", "authorized"])
def test_person_connects_where_config_names_or_rejects_what_they_may_not_use(stack, open_client, how, status):
    seat = ClientSession("jonas", status=status, role="participant")
    client = open_client("webview2", stack, seat, state={"roleRefusals": how})

    client.press("[data-connect]")
    client.app.wait_for_function(SIGNED_IN)

    # A participant, who may become the host, still gets role changes.
    client.page.wait_for_function("() => client.state.granted.includes('onMyUserContextChange')")
    assert [error for error in client.errors if "401" not in error] == []


def test_a_role_change_reloads_the_page_once(stack, open_client):
    client = open_client("webview2", stack)
    client.press("[data-connect]")
    client.app.wait_for_function(SIGNED_IN)
    client.page.wait_for_function("() => client.state.granted.includes('onMyUserContextChange')")
    client.app.evaluate("() => (window.old = true)")

    client.emit("onMyUserContextChange", {"timestamp": 1, "role": "coHost", "screenName": "Dana"})
    client.page.wait_for_function("() => !window.old && client.state.granted.includes('onMyUserContextChange')")
    client.app.evaluate("() => (window.old = true)")
    before = len(client.calls())
    client.emit("onMyUserContextChange", {"timestamp": 2, "role": "coHost", "screenName": "Dana"})

    again = "before => client.state.log.slice(before).some((call) => call.apiName === 'config')"
    client.page.wait_for_function(again, arg=before)
    assert client.app.evaluate("() => window.old")


def test_partitioned_cookie_survives_in_a_frame_of_another_site(start_stack, open_client):
    client = open_client("iframe", start_stack("localhost", COOKIE_MODE="partitioned"))

    client.press("[data-connect]")

    client.app.wait_for_function(SIGNED_IN)
    assert client.context.cookies() != []


def test_the_page_explains_why_an_sdk_context_was_refused(start_stack, open_client):
    client = open_client("iframe", start_stack("localhost", COOKIE_MODE="partitioned", ZOOM_CLIENT_ID="of-another-app"))

    client.app.wait_for_selector("[data-context-status] >> text=this app’s client ID may be wrong")


def test_a_lax_cookie_is_not_sent_in_a_frame_of_another_site(start_stack, open_client):
    client = open_client("iframe", start_stack("localhost", COOKIE_MODE="lax"))

    client.press("[data-connect]")

    client.app.wait_for_selector("text=This window blocks our cookie")
    assert client.context.cookies() == []
