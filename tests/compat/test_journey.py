"""The frontend in the Zoom client: its five calls, with every possible result."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Response

from devtools.processes import free_port, wait_until
from offline_zoom.client_window.client_session import ClientSession
from tests.client.transports import TRANSPORTS, ZoomClient, ask_over_http
from tests.sockets.remote import Zoom
from tests.support.processes import HANG_SECONDS
from tests.support.servers import Served

DOOR = "/api/zoomapp/proxy"
ME, AUTHORIZE, ON_AUTHORIZED = "/zoom/api/v2/users/me", "/api/zoomapp/authorize", "/api/zoomapp/onauthorized"
PEOPLE = {"dana": "Dana Okoye", "jonas": "Jonas Weber", "ada": "Ada Lindqvist", "priya": "Priya Nair"}


@dataclass
class Opened:
    """The app opened by one person; ``answers`` are all that came to the window since."""

    client: ZoomClient
    answers: list[Response] = field(default_factory=list)

    def shows(self, screen: str) -> str:
        """What the frontend says, once it is on this screen."""
        return self.client.app.wait_for_selector(f"[data-screen={screen}]").text_content()

    def authorize(self) -> None:
        self.shows("authorize")
        self.client.press("#authorize")

    def reopen(self) -> None:
        self.answers.clear()
        self.client.open()

    @property
    def calls(self) -> list[tuple[str, str, int]]:
        """Method, path and status of the requests that are in the table, in order."""
        found = [(each.request.method, "/" + each.url.split("/", 3)[-1], each.status) for each in self.answers]
        return [call for call in found if call[1] in (ME, AUTHORIZE, ON_AUTHORIZED)]


@dataclass
class House:
    """An app with the frontend before it, and its offline Zoom."""

    app: Served
    zoom: Zoom
    make_client: Any

    def open(self, transport: str = "webview2", person: str = "dana", **state: Any) -> Opened:
        home, ask = f"{self.app.url}/api/zoomapp/home", ask_over_http(self.zoom.url)
        client = self.make_client(
            transport, home, ask, offline_zoom_url=self.zoom.url, seat=ClientSession(person), state=state
        )
        opened = Opened(client)
        client.page.on("response", lambda answer: opened.answers.append(answer))
        client.open()
        return opened


@pytest.fixture
def house(redis_url, serve_offline_zoom, serve_app, build, zoom_client):
    port = free_port()
    zoom = Zoom(serve_offline_zoom(f"http://127.0.0.1:{port}", story="live-meeting"))
    app = serve_app(redis_url, zoom.url, port=port, workers=1, FRONTEND_DIR=str(build))
    return House(app, zoom, zoom_client)


@pytest.fixture
def dana(house):
    """Dana, who has authorized in her client."""
    opened = house.open()
    opened.authorize()
    opened.shows("user")
    return opened


def test_a_person_authorizes_in_the_client_over_each_transport(house):
    for transport, person in zip(TRANSPORTS, PEOPLE, strict=True):
        opened = house.open(transport, person)

        opened.authorize()

        assert opened.shows("user") == PEOPLE[person], transport
        assert opened.client.log == [], transport
        opened.client.close()


def test_the_frontend_makes_its_calls_in_order_without_errors(house):
    opened = house.open()
    opened.authorize()
    opened.shows("user")

    assert opened.calls == [
        ("GET", ME, 401),
        ("GET", AUTHORIZE, 200),
        ("POST", ON_AUTHORIZED, 200),
        ("GET", ME, 200),
    ]
    assert opened.client.page.frame_locator("iframe").locator("body").text_content() == "Hello from Rollcall!"
    assert opened.client.page.evaluate("document.querySelector('#logo').naturalWidth") == 192
    assert opened.client.page.evaluate("getComputedStyle(document.querySelector('#screen')).fontWeight") == "600"
    assert opened.client.page.evaluate("getComputedStyle(document.querySelector('#screen')).letterSpacing") == "1px"
    assert [error for error in opened.client.errors if "401" not in error] == []
    assert {each.url for each in opened.answers if each.status >= 400} == {house.app.url + ME}


def test_opening_the_app_signs_in_a_user_who_has_authorized(dana):
    before = dana.client.context.cookies()
    dana.client.context.clear_cookies()

    dana.reopen()

    assert dana.shows("user") == "Dana Okoye"
    assert dana.calls == [("GET", ME, 200)]
    assert dana.client.context.cookies() != before


def test_a_missing_unchanged_or_percent_encoded_state_is_accepted(house):
    came_back = {}
    for authorization, person in zip(("usual", "with-state", "encoded-state"), PEOPLE, strict=False):
        opened = house.open(person=person, authorization=authorization)

        opened.authorize()

        assert opened.shows("user") == PEOPLE[person], authorization
        sent = next(each.request.post_data_json for each in opened.answers if each.url.endswith(ON_AUTHORIZED))
        signin = next(each.json() for each in opened.answers if each.url.endswith(AUTHORIZE))
        assert sent["href"] == f"{house.app.url}{DOOR}#/userinfo"
        came_back[authorization] = (sent.get("state"), signin["state"])
        opened.client.close()

    assert came_back["usual"][0] is None
    assert came_back["with-state"][0] == came_back["with-state"][1]
    assert came_back["encoded-state"][0].startswith("%63%2D")


def test_an_expired_token_is_refreshed_without_notice(house, dana):
    house.zoom.expire_tokens()
    house.zoom.clear()

    dana.reopen()

    assert dana.shows("user") == "Dana Okoye"
    assert dana.calls == [("GET", ME, 200)]
    assert house.zoom.count("POST /oauth/token") == 1


def test_after_a_revoked_grant_the_person_authorizes_again(house, dana):
    house.zoom.control("tokens", do="deauthorize", user="dana")
    # Zoom's event comes by itself; it ends the session, too, and must not meet the next one half-way.
    wait_until(lambda: "user deleted" in house.app.log, HANG_SECONDS)

    dana.reopen()
    dana.authorize()

    assert dana.shows("user") == "Dana Okoye"
    assert [status for _, path, status in dana.calls if path == ME] == [401, 200]
