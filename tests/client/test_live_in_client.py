"""The offline Zoom's meeting window, the app and webhooks, each program in its own process."""

import time

from offline_zoom.client_window.client_session import ClientSession
from tests.client.transports import ask_over_http

SIGNED_IN = "() => location.pathname.startsWith('/participants') && !document.querySelector('[data-connect]')"
#: What happens to Mara, and where it shows.
STEPS = {
    "wait": '.strip:has-text("Mara Lindholm")',
    "admit": 'tr.here:has-text("Mara Lindholm")',
    "leave": 'tr.left:has-text("Mara Lindholm")',
    "rejoin": 'tr.here:has-text("Mara Lindholm")',
}


def test_the_app_shows_a_person_who_waits_joins_leaves_and_rejoins(stack, zoom_client):
    assert list(seconds_until_seen(stack, zoom_client)) == list(STEPS)


def seconds_until_seen(stack, zoom_client):
    """How long each step took to show. Only webhooks show it within the two seconds of bench/time_limits."""
    app_url, zoom_url = stack
    home_url, ask = f"{app_url}/api/zoomapp/home", ask_over_http(zoom_url)
    client = zoom_client("iframe", home_url, ask, offline_zoom_url=zoom_url, seat=ClientSession("dana"))
    client.open()
    # Client reports would arrive at once. This test is about webhooks, so there are none.
    client.set(features=["authorize", "onAuthorized", "getAppContext", "promptAuthorize"])
    client.press("[data-connect]")
    client.app.wait_for_function(SIGNED_IN)
    # The first event makes the page look for more every moment.
    client.act("join", name="Guest Lee")
    client.app.wait_for_selector("tbody >> text=Guest Lee")

    took, mara = {}, ""
    for step, selector in STEPS.items():
        began = time.monotonic()
        if step == "wait":
            after = client.act("join", name="Mara Lindholm", waiting=True)
        else:
            after = client.act(step, participantId=mara)
        rows = [*after["participants"], *after["waiting"]]
        mara = next((row["participantId"] for row in rows if row["screenName"] == "Mara Lindholm"), mara)
        client.app.wait_for_selector(selector)
        took[step] = time.monotonic() - began
    return took
