"""Our scripts in a real Chromium: modules from the folder, and a Zoom that answers as a test says."""

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route

STATIC = Path(__file__).resolve().parents[2] / "static"
ORIGIN = "http://app.test"


class Lab:
    """A bare page of ours. ``answers`` holds, in order, what the proxy will say; ``seen`` what was asked."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.answers: list[tuple[int, object, dict[str, str]]] = []
        self.seen: list[tuple[str, str, str | None]] = []
        self.html = "<!doctype html><title>Lab</title><body></body>"
        page.route("**/*", self._serve)

    def answer(self, status: int = 200, body: object = None, **headers: str) -> None:
        """Plan the next answer. ``headers``: names with ``_`` for ``-``."""
        self.answers.append((status, body, {name.replace("_", "-"): value for name, value in headers.items()}))

    def open(self) -> Page:
        self.page.goto(ORIGIN + "/")
        return self.page

    def run(self, script: str) -> object:
        """The result of a function body in which ``api`` is the module; a typed failure comes back as its details."""
        wrapped = f"""async () => {{
          const api = await import("/static/js/api.js");
          try {{ return await (async () => {{ {script} }})(); }}
          catch (error) {{ return {{ ...error, name: error.name, message: error.message }}; }}
        }}"""
        return self.page.evaluate(wrapped)

    def _serve(self, route: Route) -> None:
        where = urlsplit(route.request.url)
        if where.path.startswith("/static/"):
            return route.fulfill(path=STATIC / where.path.removeprefix("/static/"))
        if where.path == "/":
            return route.fulfill(body=self.html, content_type="text/html")
        target = where.path + (f"?{where.query}" if where.query else "")
        self.seen.append((route.request.method, target, route.request.post_data))
        status, body, headers = self.answers.pop(0)
        if status == 0:
            return route.abort()
        text = body if isinstance(body, str) else json.dumps(body) if body is not None else ""
        return route.fulfill(status=status, body=text, headers={"Content-Type": "application/json", **headers})


@pytest.fixture
def lab(new_page: Callable[..., Page]) -> Lab:
    return Lab(new_page())
