"""How long a page takes while every call to Zoom takes half a second: its chain of calls, then nothing."""

import statistics
import time

import pytest
import requests

CALL_SECONDS = 0.5
FIRST_SECONDS = 1.15 * CALL_SECONDS
AGAIN_SECONDS = 0.060
#: Page, and how many calls of its first view depend on each other.
PAGES = {
    "/": 1,
    "/meetings": 1,
    "/meetings?show=live": 1,
    "/meetings?show=scheduled": 1,
    "/meetings?show=past": 1,
    "/recordings": 1,
    "/meetings/85000000101": 1,
    "/meetings/85512340987/polls": 1,
    "/participants/_I84Pj7PRnR0S-zLVAnH1w": 2,
    "/participants/_I84Pj7PRnR0S-zLVAnH1w/recording": 1,
    "/participants/_I84Pj7PRnR0S-zLVAnH1w/summary": 2,
    "/participants/_I84Pj7PRnR0S-zLVAnH1w/polls": 2,
    "/participants/_I84Pj7PRnR0S-zLVAnH1w/qa": 1,
    "/participants/_I84Pj7PRnR0S-zLVAnH1w/registrants": 3,
}


def view(browser: requests.Session, address: str) -> float:
    started_at = time.perf_counter()
    page = browser.get(address, headers={"Accept": "text/html"})
    seconds = time.perf_counter() - started_at
    assert page.status_code == 200, page.text[:300]
    return seconds


@pytest.fixture
def slow_house(house):
    """A deployment whose Zoom takes half a second for each call. The profile is known, as after a sign-in."""
    built = house(workers=2)
    # A change of the user's own: what the pages of the sign-in saved does not count.
    origin = {"Origin": built.app.url}
    change = built.browser.patch(
        f"{built.app.url}/zoom/api/v2/meetings/85000000101", json={"agenda": "New"}, headers=origin
    )
    assert change.status_code == 204, change.text
    view(built.browser, f"{built.app.url}/settings")
    built.zoom.fault(route="GET /v2/**", delay=CALL_SECONDS)
    return built


@pytest.mark.parametrize(("path", "chain"), PAGES.items())
def test_a_page_takes_as_long_as_its_chain_of_calls_and_then_nothing(slow_house, path, chain, record_property):
    first = view(slow_house.browser, slow_house.app.url + path)
    again = statistics.median(view(slow_house.browser, slow_house.app.url + path) for _ in range(5))
    record_property("first and again", f"{path}: {first:.3f} s, {again:.3f} s")
    print(f"{path}: first {first:.3f} s, again {again:.3f} s")

    assert first <= chain * FIRST_SECONDS
    assert again <= AGAIN_SECONDS
