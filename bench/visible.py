"""The row of the time until participants are visible in Chromium, beside a dashboard as Zoom's guide makes it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from bench.figures import Figure, alternate, median, ratio
from bench.page_times import newcomers
from bench.plan import Plan
from bench.servers import Target
from bench.slow_zoom import RUNNING
from devtools import found
from devtools.install import Failed, say

#: How long a person looks at the overview before they open the participants.
LOOK_MS = 1000
REPEATS, TIMEOUT_MS = 2, 30_000
#: Sets ``times``: when the first row was in the document, and when the largest element was painted; milliseconds.
TIMES = """(() => {
  window.times = { row: 0, paint: 0 };
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) times.paint = entry.startTime; })
    .observe({ type: "largest-contentful-paint", buffered: true });
  const rows = new MutationObserver(() => {
    if (!document.querySelector('SELECTOR')) return;
    times.row = performance.now();
    performance.mark("first row");
    rows.disconnect();
  });
  rows.observe(document, { childList: true, subtree: true });
})()"""
#: The row is painted with the next frame, and Chromium reports a paint a little later.
AFTER_PAINT = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(window.times), 150)))"


@dataclass(frozen=True)
class Page:
    """A page, the selector of a participant's row in it, and the page that the person looks at before, if any."""

    path: str
    row: str
    before: str = ""


OURS = Page(f"/participants/{RUNNING}", 'tr[id^="p-"]')
GUIDE = Page(f"/guide/index.html#{RUNNING}", "[data-participant]")
PAGES = OURS, replace(OURS, before="/"), GUIDE


@dataclass(frozen=True)
class Times:
    """Of one view, in seconds: the first row is in the document; it and the largest element are painted."""

    row: float
    visible: float


@dataclass(frozen=True)
class Views:
    """The views of one new person: the first one, and the later ones."""

    first: Times
    again: list[Times]


def visible(plan: Plan) -> list[Figure]:
    """Until participants are visible in Chromium, each call to Zoom taking 0.2 s, beside the guide's dashboard."""
    app = plan.servers.slow_app()
    cookies = iter(newcomers(app, "live", len(PAGES) * (1 + plan.rounds)))
    with _chromium() as browser:

        def view(page: Page) -> Views:
            return _views(browser, app, page, next(cookies))

        for page in PAGES:
            view(page)
        ours, linked, guide = alternate(PAGES, plan.rounds, view)
    return [
        *_figures("first view", _first(ours), _first(guide), must=0.8),
        *_figures("first view, from the overview", _first(linked), _first(guide), must=0.8),
        *_figures("again", _again(ours), _again(guide), must=0.2),
    ]


def _first(rounds: list[Views]) -> list[Times]:
    return [views.first for views in rounds]


def _again(rounds: list[Views]) -> list[Times]:
    """The medians of each round."""
    return [
        Times(median(times.row for times in views.again), median(times.visible for times in views.again))
        for views in rounds
    ]


def _figures(name: str, ours: list[Times], guide: list[Times], must: float) -> list[Figure]:
    for page, rounds in (("ours", ours), ("the guide's", guide)):
        say(f"  {name}, {page}: " + ", ".join(f"{times.visible:.3f}" for times in rounds) + " s")
    row = ratio([times.row for times in ours], [times.row for times in guide])
    against = ratio([times.visible for times in ours], [times.visible for times in guide])
    return [
        Figure(f"participants visible, {name}", median(times.visible for times in ours), "s"),
        Figure(f"participants visible, {name}: against the guide's page", against, must=must),
        Figure(f"first participant in the document, {name}: the same", row),
    ]


@contextmanager
def _chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = found.chromium() or playwright.chromium.executable_path
        if not Path(path).exists():
            raise Failed("This row needs Chromium, and there is none on this machine.")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


def _views(browser: Browser, app: Target, page: Page, cookies: str) -> Views:
    """The views of a new person, in a browser that has loaded nothing yet but the page before."""
    context = browser.new_context()
    try:
        for cookie in cookies.split("; "):
            name, _, value = cookie.partition("=")
            context.add_cookies([{"name": name, "value": value, "url": app.url}])
        context.add_init_script(TIMES.replace("SELECTOR", page.row))
        if page.before:
            tab = context.new_page()
            tab.goto(app.url + page.before)
            tab.wait_for_timeout(LOOK_MS)
        first, *again = [_times(context, app.url + page.path) for _ in range(1 + REPEATS)]
    finally:
        context.close()
    return Views(first, again)


def _times(context: BrowserContext, url: str) -> Times:
    """The times of a view in a new tab: the same address in the same tab is a reload, for which our page asks Zoom."""
    tab = context.new_page()
    tab.goto(url)
    tab.wait_for_function("times.row", timeout=TIMEOUT_MS)
    times = tab.evaluate(AFTER_PAINT)
    tab.close()
    return Times(times["row"] / 1000, max(times["row"], times["paint"]) / 1000)
