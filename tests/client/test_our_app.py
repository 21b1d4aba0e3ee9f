"""Our app in the Zoom client: opened, connected without leaving it, and at home there."""

import pytest

from sandbox.seat import Seat
from tests.client.transports import TRANSPORTS, ask_over_http

PEOPLE = ("dana", "jonas", "ada", "priya")
SIGNED_IN = "() => location.pathname.startsWith('/participants') && !document.querySelector('[data-connect]')"


@pytest.fixture
def open_client(zoom_client):
    """A factory of clients of one app, seated and opened."""

    def open_client(transport, stack, person="dana", **more):
        app_url, zoom_url = stack
        home_url, ask = f"{app_url}/api/zoomapp/home", ask_over_http(zoom_url)
        client = zoom_client(transport, home_url, ask, sandbox_url=zoom_url, seat=Seat(person), **more)
        client.open()
        return client

    return open_client


def test_person_connects_without_leaving_the_client_over_each_transport(stack, open_client):
    for transport, person in zip(TRANSPORTS, PEOPLE, strict=True):
        client = open_client(transport, stack, person)

        client.press("[data-connect]")
        client.app.wait_for_function(SIGNED_IN)

        assert client.log == [], transport
        assert [error for error in client.errors if "401" not in error] == [], transport
        client.close()


def test_person_who_declines_is_told_so_and_may_try_again(stack, open_client):
    client = open_client("webview2", stack, agrees=False)

    client.press("[data-connect]")
    client.app.wait_for_selector("text=Nothing was changed")
    client.agrees = True
    client.press("[data-connect]")

    client.app.wait_for_function(SIGNED_IN)


def test_partitioned_cookie_survives_in_a_frame_of_another_site(start_stack, open_client):
    client = open_client("iframe", start_stack("localhost", COOKIE_MODE="partitioned"))

    client.press("[data-connect]")

    client.app.wait_for_function(SIGNED_IN)
    assert client.context.cookies() != []


def test_lax_cookie_does_not(start_stack, open_client):
    client = open_client("iframe", start_stack("localhost", COOKIE_MODE="lax"))

    client.press("[data-connect]")

    client.app.wait_for_selector("text=This window blocks our cookie")
    assert client.context.cookies() == []
