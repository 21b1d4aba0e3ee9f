"""Controls a running offline Zoom over HTTP, and connects a browser to a running app."""

from typing import Any

import requests

from tests.support.servers import Served


class Zoom:
    """The control API of a running offline Zoom."""

    def __init__(self, served: Served) -> None:
        self.url = served.url
        self._control = requests.Session()

    def control(self, what: str, **body: Any) -> Any:
        answer = self._control.post(f"{self.url}/_sandbox/{what}", json=body)
        answer.raise_for_status()
        return answer.json()

    def fault(self, **fault: Any) -> None:
        self.control("faults", **fault)

    def mend(self) -> None:
        """Remove all faults."""
        self._control.delete(f"{self.url}/_sandbox/faults")

    def expire_tokens(self) -> None:
        self.control("tokens", do="expire-access")

    def count(self, route: str) -> int:
        """How often a route was called, such as ``POST /oauth/token``."""
        answer = self._control.get(f"{self.url}/_sandbox/calls", params={"route": route, "last": 0})
        return int(answer.json()["count"])

    def user_id(self, name: str) -> str:
        """Zoom's id of a user by short name."""
        return str(self._control.get(f"{self.url}/_sandbox/").json()["users"][name]["id"])

    def clear(self) -> None:
        self._control.delete(f"{self.url}/_sandbox/calls")


def connect(app_url: str, verify: bool | str = True) -> requests.Session:
    """A browser that has connected by redirect; the offline Zoom consents by itself. ``verify``: as for requests."""
    browser = requests.Session()
    browser.trust_env, browser.verify = False, verify
    answer = browser.get(f"{app_url}/api/zoomapp/install")
    assert browser.get(f"{app_url}/zoom/api/v2/users/me").status_code == 200, answer.text[:500]
    return browser
