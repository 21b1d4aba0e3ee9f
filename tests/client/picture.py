"""The picture of the meeting window in the README: ``python3 dev.py test tests/client/picture.py`` takes a new one."""

from pathlib import Path

from offline_zoom.client_window.client_session import ClientSession
from tests.client.transports import ask_over_http

PICTURE = Path(__file__).parents[2] / "docs" / "img" / "client.png"
LARGEST_BYTES = 200_000


def test_picture_of_the_meeting_window(stack, zoom_client):
    app_url, zoom_url = stack
    home_url, ask = f"{app_url}/api/zoomapp/home", ask_over_http(zoom_url)
    client = zoom_client("iframe", home_url, ask, offline_zoom_url=zoom_url, seat=ClientSession("dana"))
    client.page.set_viewport_size({"width": 1360, "height": 800})
    client.open()
    client.press("[data-connect]")
    client.app.wait_for_selector("text=Product review")

    client.page.click("[data-come=wait]")
    client.page.locator("#waiting li").first.wait_for()
    client.page.mouse.move(5, 5)
    client.app.wait_for_load_state("networkidle")
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    client.page.screenshot(path=PICTURE)

    assert PICTURE.stat().st_size <= LARGEST_BYTES
