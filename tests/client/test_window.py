"""The meeting window ``/client``, and its effects on the world."""

import json

import pytest
import requests

from devtools.processes import wait_until
from tests.client.test_transports import CONFIG
from tests.support.processes import HANG_SECONDS


@pytest.fixture
def window(zoom_client, tiny, ask, offline_zoom_url):
    """The window with the tiny app in it."""
    client = zoom_client("iframe", f"{tiny.url}/home", ask, offline_zoom_url=offline_zoom_url)
    client.open()
    return client


def present(world):
    """Names of who is in the meeting, and who at its door."""
    rows = world.live_instance().present(world.now())
    return {row.name for row in rows if not row.waiting}, {row.name for row in rows if row.waiting}


def test_a_guest_waits_in_the_waiting_room_and_is_admitted(window, world):
    page = window.page

    page.click("[data-come=wait]")
    page.wait_for_selector("#waiting li")
    waiting = present(world)[1]
    page.locator("#waiting [data-act=admit]").last.click()
    page.wait_for_function("name => document.querySelector('#inside').textContent.includes(name)", arg="Mara Lindholm")

    assert "Mara Lindholm" in waiting
    assert "Mara Lindholm" in present(world)[0]


def test_a_person_who_rejoins_has_a_second_join(window, world):
    page = window.page
    before = next(row for row in world.live_instance().present(world.now()) if row.name == "Jonas Weber")

    row = page.locator("#inside li", has_text="Jonas Weber")
    row.hover()
    row.locator("[data-act=leave]").click()
    former_participant = page.locator("#left li", has_text="Jonas Weber")
    former_participant.hover()
    former_participant.locator("[data-act=rejoin]").click()
    page.locator("#inside li", has_text="Jonas Weber").wait_for()

    after = next(row for row in world.live_instance().present(world.now()) if row.name == "Jonas Weber")
    assert after.user_id != before.user_id
    assert after.person_id == before.person_id


def test_role_chosen_on_the_page_reaches_the_app_and_the_world(window, world):
    window.app.wait_for_selector("[data-ready]")
    window.app.evaluate(CONFIG, ["onMyUserContextChange"])
    window.app.evaluate("() => { sdk.heard = []; sdk.zoom.onMyUserContextChange((event) => sdk.heard.push(event)); }")

    window.page.select_option("[name=role]", "co-host")

    window.app.wait_for_function("() => sdk.heard.length")
    assert window.app.evaluate("() => sdk.heard[0].role") == "coHost"

    def own_role():
        return next(row.role for row in world.live_instance().present(world.now()) if row.person_id == world.me.id)

    assert wait_until(lambda: own_role() == "co-host", HANG_SECONDS)


def test_the_divider_sets_the_width_of_the_app_between_320_and_480(window):
    divider = window.page.locator("#divider")

    divider.focus()
    for _ in range(30):
        window.page.keyboard.press("ArrowLeft")

    assert divider.get_attribute("aria-valuenow") == "480"
    assert window.page.locator("#app").bounding_box()["width"] == 480


def test_app_is_the_main_panel_in_the_main_window(window):
    window.page.select_option("[name=running_context]", "inMainClient")

    window.page.locator(".meeting").wait_for(state="hidden")
    assert window.page.locator("#app").bounding_box()["width"] > 1000


def test_declined_sheet_gives_no_code(window, world):
    window.app.wait_for_selector("[data-ready]")
    window.app.evaluate(CONFIG, ["authorize", "onAuthorized"])
    window.app.evaluate("""() => {
        sdk.zoom.onAuthorized((event) => { sdk.event = event; });
        sdk.zoom.authorize({codeChallenge: 'v'.repeat(64)});
    }""")

    window.page.click("#sheet[open] [value=no]")

    window.app.wait_for_function("() => sdk.event")
    assert window.app.evaluate("() => sdk.event.result") is False
    assert world.grants.codes == {}


def test_messages_of_other_windows_are_not_answered(window):
    forged = json.dumps({"jsCallId": "id1", "apiName": "config", "data": {}})

    window.page.evaluate("text => window.postMessage(text, '*')", forged)
    window.page.wait_for_timeout(0)

    assert window.page.evaluate("() => client.state.log.length") == 0


def test_names_are_text_and_never_markup(window, world):
    world.join(world.live_instance(), None, "<img src=x onerror=alert(1)>")

    window.page.locator("#inside li", has_text="<img src=x").wait_for()

    assert window.page.locator("#inside img").count() == 0


def test_window_says_that_it_is_the_offline_zoom(offline_zoom_url):
    answer = requests.get(f"{offline_zoom_url}/client", timeout=HANG_SECONDS)

    assert "Offline Zoom" in answer.text
    assert answer.headers["X-Sandbox"]
