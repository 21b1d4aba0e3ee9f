"""Chromium loads a page ahead when the pointer is on its link, and shows it without asking again."""

from dataclasses import replace

import pytest

from devtools.processes import wait_until
from tests.support.processes import HANG_SECONDS


@pytest.fixture
def settings(settings):
    return replace(settings, page_cache_seconds=60, prefetch=True)


@pytest.fixture
def requests(app):
    """The path and the purpose of each request."""
    found, inner = [], app.wsgi_app

    def record(environ, start_response):
        found.append((environ["PATH_INFO"], environ.get("HTTP_SEC_PURPOSE", "")))
        return inner(environ, start_response)

    app.wsgi_app = record
    return found


def test_page_of_a_hovered_link_is_shown_without_another_request(dana, dana_at, world, requests):
    dana.look("/meetings")  # saves what the page shows
    page = dana_at()
    page.goto("/settings")
    page.hover(".nav a[href='/meetings']")
    assert wait_until(lambda: ("/meetings", "prefetch") in requests, HANG_SECONDS)

    page.click(".nav a[href='/meetings']")
    page.wait_for_selector("h1 >> text=Meetings")

    assert "Design review" in page.text_content("main")
    assert [request for request in requests if request[0] == "/meetings"] == [
        ("/meetings", ""),
        ("/meetings", "prefetch"),
    ]
