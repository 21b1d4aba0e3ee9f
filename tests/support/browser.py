"""One headless Chromium for the whole test run.

Playwright's synchronous API can be started once per thread only, so every browser test takes these fixtures.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from devtools import found
from tests.support.processes import HANG_SECONDS

#: Why a browser test did not run; the summary counts the tests skipped for this.
NOT_RUN = "not run: there is no Chromium on this machine"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-features=SpareRendererForSitePerProcess",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real headless Chromium for the whole run."""
    with sync_playwright() as playwright:
        downloaded = Path(playwright.chromium.executable_path)
        path = found.chromium() or (downloaded.exists() and str(downloaded))
        if not path:
            pytest.skip(NOT_RUN)
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def large_font_browser(browser: Browser) -> Iterator[Browser]:
    """A Chromium whose person chose a font of twice the usual size."""
    path = found.chromium() or browser.browser_type.executable_path
    chromium = browser.browser_type.launch(executable_path=path, args=[*FLAGS, "--blink-settings=defaultFontSize=32"])
    yield chromium
    chromium.close()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """A factory of pages, each with cookies of its own: ``new_page(width=360)``; other arguments are the context's.

    Nothing moves on them: an animation costs a headless browser a whole core.
    """
    contexts = []

    def new(width: int = 1200, height: int = 800, **options: Any) -> Page:
        viewport = {"width": width, "height": height}
        context = browser.new_context(**{"viewport": viewport, "reduced_motion": "reduce", **options})
        context.set_default_timeout(HANG_SECONDS * 1000)
        contexts.append(context)
        return context.new_page()

    yield new
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A page 1200 px wide, with cookies of its own."""
    return new_page()


@pytest.fixture
def chromium(browser: Browser) -> Browser:
    """The same browser, for tests that make contexts of their own."""
    return browser
