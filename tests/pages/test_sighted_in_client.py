"""Without webhooks and without the dashboard: the host's own client tells its page who is here, at once."""

from dataclasses import replace

import pytest

from devtools.processes import free_port
from tests.client.transports import ask_world


@pytest.fixture
def settings(settings, world):
    """An app whose public address is where it is, and grants that hold no admin's scope."""
    url = f"http://127.0.0.1:{free_port()}"
    world.redirect_uris = [url]
    world.admin_managed = False
    return replace(settings, public_url=url)


def test_people_are_there_at_once_and_come_and_go(dana, world, site, zoom_client):
    world.start_meeting(85000000102)
    world.join(world.live_instance(), "dana")
    cookie = dana.browser.get_cookie("zoomapp")
    client = zoom_client("webview2", f"{site}/participants/85000000102", ask_world(world))
    client.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])

    client.open()
    client.app.wait_for_selector("tbody >> text=Dana Okoye")
    client.act("join", name="Mara Lindholm")
    client.app.wait_for_function("() => performance.getEntriesByName(location.href + '/sighted').length >= 2")
    client.page.reload()

    client.app.wait_for_selector("tbody >> text=Mara Lindholm")
    assert "Basic view" in client.app.text_content("main")
    assert client.errors == []
