"""Our app in the Zoom client: opened, connected without leaving it, and at home there."""

from sandbox.seat import Seat
from tests.client.transports import TRANSPORTS, ask_over_http

PEOPLE = ("dana", "jonas", "ada", "priya")
SIGNED_IN = "() => location.pathname.startsWith('/participants') && !document.querySelector('[data-connect]')"


def test_person_connects_without_leaving_the_client_over_each_transport(stack, zoom_client):
    app, zoom = stack
    for transport, person in zip(TRANSPORTS, PEOPLE, strict=True):
        client = zoom_client(
            transport, f"{app.url}/api/zoomapp/home", ask_over_http(zoom.url), sandbox_url=zoom.url, seat=Seat(person)
        )

        client.open()
        client.press("[data-connect]")
        client.app.wait_for_function(SIGNED_IN)

        assert client.log == [], transport
        assert [error for error in client.errors if "401" not in error] == [], transport
        client.close()


def test_person_who_declines_is_told_so_and_may_try_again(stack, zoom_client):
    app, zoom = stack
    home_url = f"{app.url}/api/zoomapp/home"
    client = zoom_client("webview2", home_url, ask_over_http(zoom.url), seat=Seat("dana"), agrees=False)

    client.open()
    client.press("[data-connect]")
    client.app.wait_for_selector("text=Nothing was changed")
    client.agrees = True
    client.press("[data-connect]")

    client.app.wait_for_function(SIGNED_IN)
