"""The fixtures of all tests."""

import gc

import pytest
from hypothesis import settings as hypothesis_settings

from devtools import found
from tests.client.transports import zoom_client
from tests.support.browser import NOT_RUN, browser, chromium, large_font_browser, new_page, page
from tests.support.people import anyone, apart, app, clock, dana, parts, priya, settings, webhooks, world
from tests.support.processes import group, processes
from tests.support.redis_cluster import redis_cluster, redis_sentinel
from tests.support.redis_process import redis_client, redis_process, redis_server, redis_url, which_redis
from tests.support.servers import checkout, dev_run, serve_app, serve_offline_zoom
from zoomapp import deadline

__all__ = [
    "anyone",
    "apart",
    "app",
    "browser",
    "checkout",
    "chromium",
    "clock",
    "dana",
    "dev_run",
    "group",
    "large_font_browser",
    "new_page",
    "page",
    "parts",
    "priya",
    "processes",
    "redis_client",
    "redis_cluster",
    "redis_process",
    "redis_sentinel",
    "redis_server",
    "redis_url",
    "serve_app",
    "serve_offline_zoom",
    "settings",
    "webhooks",
    "world",
    "zoom_client",
]

#: The packages whose tests mostly wait for a process or a browser.
WAITING = ("client", "compat", "dev", "hosts", "journeys", "pages", "sockets")

# A busy machine makes an example slow, not wrong.
hypothesis_settings.register_profile("house", deadline=None, max_examples=40)
hypothesis_settings.load_profile("house")


@pytest.fixture(autouse=True)
def all_the_time_there_is() -> None:
    """Removes the deadline that a request of an earlier test left in this thread."""
    deadline.start(float("inf"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the tests with random inputs (tests/fuzz) for minutes")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Spread the tests that wait for processes and browsers evenly over the run, beside tests that compute."""
    waiting = [item for item in items if item.path.parent.name in WAITING]
    computing = [item for item in items if item.path.parent.name not in WAITING]
    position = {
        item: (number + 0.5) / len(group) for group in (waiting, computing) for number, item in enumerate(group)
    }
    items.sort(key=position.__getitem__)


def pytest_collection_finish() -> None:
    """Leave thousands of collected tests, which stay until the end, out of each garbage collection."""
    gc.collect()
    gc.freeze()


def pytest_report_header() -> list[str]:
    return [f"redis: {which_redis()}", f"browser: {found.chromium()}"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end how many tests did not run for lack of a browser, so that they do not seem to have passed."""
    missed = [report for report in terminalreporter.stats.get("skipped", []) if NOT_RUN in str(report.longrepr)]
    if missed:
        terminalreporter.write_line(f"{len(missed)} browser tests were NOT RUN: there is no Chromium.", red=True)
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, figure in getattr(report, "user_properties", []):
                if name == "fuzz":
                    terminalreporter.write_line(f"fuzz: {figure}")
