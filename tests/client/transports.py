"""The Zoom client in headless Chromium, over each of the four ways the SDK can reach it.

``zoom_client(transport, ...)`` is the fixture. The three native clients show the app as a top-level page with a
bridge in it; the web client is the offline Zoom's own ``/client`` with the app in a frame. All four run the same
``client.js``, and what belongs to Zoom's servers is decided by the world: in this process, or over HTTP.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, Frame, Page
from playwright.sync_api import Error as PlaywrightError

from offline_zoom.client_window.client_session import ClientSession
from offline_zoom.client_window.views import answer_request
from offline_zoom.world import World
from tests.client.network import Network
from tests.support.processes import HANG_SECONDS

TRANSPORTS = ("webview2", "wkwebview", "android", "iframe")
USER_AGENT = "Mozilla/5.0 ZoomWebKit/537.36 (KHTML, like Gecko) ZoomApps/1.0"
SCRIPTS = Path(__file__).parents[2] / "offline-zoom" / "src" / "offline_zoom" / "client_window" / "static"
UPDATE = "state => window.client.update(state)"

Ask = Callable[[ClientSession, str, dict[str, Any]], Any]


def ask_world(world: World) -> Ask:
    """Zoom's side of the questions, from a world in this process."""

    def ask(seat: ClientSession, name: str, data: dict[str, Any]) -> Any:
        with world.lock:
            return answer_request(world, seat, name, data)

    return ask


def ask_over_http(offline_zoom_url: str) -> Ask:
    """The same for an offline Zoom in another process."""

    def ask(seat: ClientSession, name: str, data: dict[str, Any]) -> Any:
        answer = requests.post(
            f"{offline_zoom_url}/client/ask/{name}", json={"seat": vars(seat), "data": data}, timeout=HANG_SECONDS
        )
        answer.raise_for_status()
        return answer.json()["answer"]

    return ask


@dataclass
class ZoomClient:
    """One client with one window. ``log`` is its console; ``agrees`` answers its sheets, ``None`` leaves them open.

    ``state`` overrides what the stand-in keeps (``authorization="denied"``, ``silent=["getMeetingUUID"]``, ...).
    """

    transport: str
    home_url: str
    ask: Ask
    browser: Browser
    offline_zoom_url: str = ""
    seat: ClientSession = field(default_factory=lambda: ClientSession("dana"))
    allowed: tuple[str, ...] = ()
    agrees: bool | None = True
    state: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.framed = self.transport == "iframe"
        here = {urlsplit(self.offline_zoom_url).netloc} if self.framed else set()
        context = None if self.framed else lambda: str(self.ask(self.seat, "context", {}))
        self.network = Network(self.home_url, {*self.allowed, *here}, context)
        self.context: BrowserContext = self.browser.new_context(
            user_agent=None if self.framed else USER_AGENT,
            reduced_motion="reduce",
            proxy={"server": self.network.address, "bypass": "<-loopback>"},
        )
        self.context.set_default_timeout(HANG_SECONDS * 1000)
        self.page: Page = self.context.new_page()
        self.asked: list[str] = []
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        if not self.framed:
            self._install()

    @property
    def log(self) -> list[str]:
        return self.network.log

    @property
    def app(self) -> Frame:
        """The frame the app lives in."""
        if not self.framed:
            return self.page.main_frame
        return next(frame for frame in self.page.frames if frame.parent_frame == self.page.main_frame)

    def open(self) -> Frame:
        """The person opens the app: the Home URL, with the context where there is one."""
        if not self.framed:
            self.page.goto(self.home_url)
            return self.app
        options_of_client = {
            name: value for name, value in {**vars(self.seat), **self.state}.items() if isinstance(value, str) and value
        }
        self.page.goto(f"{self.offline_zoom_url}/client?{urlencode(options_of_client)}")
        self.page.wait_for_function("() => window.client?.state.log.length || document.querySelector('#frame')?.src")
        self.page.frame_locator("#frame").locator("body").wait_for(state="attached")
        return self.app

    def press(self, selector: str) -> None:
        """The person presses something in the app, and answers the sheet that the web client may draw then."""
        self.page.wait_for_function("() => window.client.state.granted.length")
        self.app.click(selector)
        if self.framed and self.agrees is not None:
            self.page.click("#sheet[open] [value=yes]" if self.agrees else "#sheet[open] [value=no]")

    def sit(self, **changes: str) -> None:
        """Another role, person, status or running context, while the app looks on."""
        self.seat = replace(self.seat, **changes)
        if self.framed:
            self.page.evaluate("changes => Object.assign(window.seat, changes)", changes)
        if "role" in changes:
            self.ask(self.seat, "act", {"action": "enter"})
        self.refresh()

    def act(self, action: str, **data: Any) -> dict[str, Any]:
        """Something happens in the meeting, and the client hears of it."""
        after: dict[str, Any] = self.ask(self.seat, "act", {"action": action, **data})
        self.refresh()
        return after

    def set(self, **state: Any) -> None:
        """Other behavior of the stand-in, from now on and after every load."""
        self.state |= state
        self.page.evaluate("state => Object.assign(window.client.state, state)", state)

    def refresh(self) -> None:
        """Have the stand-in look at the world now."""
        state = self._now()
        try:
            self.page.evaluate(UPDATE, state)
        except PlaywrightError as error:
            if "context was destroyed" not in str(error):
                raise
            # The app has gone to another page meanwhile.
            self.page.wait_for_load_state()
            self.page.evaluate(UPDATE, state)

    def emit(self, name: str, data: dict[str, Any]) -> None:
        """Any event, as the client would send it."""
        self.page.evaluate("([name, data]) => window.client.emit(name, data)", [name, data])

    def calls(self) -> list[str]:
        """What the SDK asked for on this page, in order."""
        names: list[str] = self.page.evaluate("() => window.client.state.log.map((call) => call.apiName)")
        return names

    def close(self) -> None:
        self.context.close()
        self.network.close()

    def _now(self) -> dict[str, Any]:
        return {**self.ask(self.seat, "state", {}), **self.state}

    def _install(self) -> None:
        """The bridge, in each page before the page's own scripts."""
        self.page.expose_binding("zoomAsk", lambda _, name, data: self._answer(name, data))
        names = ("rules.js", "instances.js", "media.js", "client.js", "bridges.js")
        scripts = "\n".join((SCRIPTS / name).read_text() for name in names)
        begin = (
            f"window.client = zoomClient((name, data) => window.zoomAsk(name, data), {json.dumps(self.state)});"
            f"zoomBridges.{self.transport}(window.client);"
        )
        self.page.add_init_script(f"{scripts}\n{begin}")

    def _answer(self, name: str, data: dict[str, Any]) -> Any:
        """The world's answer, after the person's when the client has to ask."""
        self.asked.append(name)
        if name == "prompt":
            return self._prompted()
        if name == "state":
            return self._now()
        answer = self.ask(self.seat, name, data)
        if name != "authorize" or "consent" not in answer:
            return answer
        if self.agrees is None:
            return None
        return self.ask(self.seat, name, {**data, "agreed": self.agrees, "declined": not self.agrees})

    def _prompted(self) -> dict[str, Any] | None:
        """A guest signs in; asked again, adds the app."""
        if not self.agrees:
            return None
        self.seat = replace(self.seat, status={"unauthenticated": "authenticated"}.get(self.seat.status, "authorized"))
        return self._now()


@pytest.fixture
def zoom_client(chromium: Browser) -> Iterator[Callable[..., ZoomClient]]:
    """Makes clients, ``zoom_client("webview2", home_url, ask)``, and closes them after the test."""
    made: list[ZoomClient] = []

    def make(transport: str, home_url: str, ask: Ask, **more: Any) -> ZoomClient:
        made.append(ZoomClient(transport, home_url, ask, chromium, **more))
        return made[-1]

    yield make
    for client in made:
        client.close()
