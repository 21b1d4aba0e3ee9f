"""The sandbox's meeting window, our app beside it, webhooks in between, each a process of its own."""

import time

from sandbox.seat import Seat
from tests.client.transports import ask_over_http

SIGNED_IN = "() => location.pathname.startsWith('/participants') && !document.querySelector('[data-connect]')"


def test_somebody_who_joins_is_in_the_app_within_two_seconds(stack, zoom_client):
    app_url, zoom_url = stack
    home_url, ask = f"{app_url}/api/zoomapp/home", ask_over_http(zoom_url)
    client = zoom_client("iframe", home_url, ask, sandbox_url=zoom_url, seat=Seat("dana"))
    client.open()
    client.press("[data-connect]")
    client.app.wait_for_function(SIGNED_IN)
    # The first event makes the page look for more every moment.
    client.act("join", name="Guest Lee")
    client.app.wait_for_selector("tbody >> text=Guest Lee", timeout=20_000)

    began = time.monotonic()
    client.act("join", name="Mara Lindholm")
    client.app.wait_for_selector("tbody >> text=Mara Lindholm", timeout=5_000)

    assert time.monotonic() - began < 2.5
