"""The rows of the time a page takes over HTTP while each call to Zoom takes 0.2 s."""

from __future__ import annotations

import gzip
import http.client
import itertools
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit

from bench.figures import Figure, median
from bench.plan import Plan
from bench.servers import Target
from bench.signin import sign_in_at_once
from bench.slow_zoom import CALL_SECONDS, RUNNING
from devtools.install import Failed

#: What a page may take beside its calls, and without any: as in time_limits/test_page_times.py.
FIRST_SECONDS, AGAIN_SECONDS = 0.075, 0.060
#: Name, path, the beginning of the viewer's name, and how many calls of the first view depend on each other.
PAGES = (
    ("/", "/", "quiet", 1),
    ("/meetings", "/meetings", "quiet", 1),
    ("/recordings", "/recordings", "quiet", 1),
    ("/ while a meeting runs", "/", "live", 2),
    ("/participants of a running meeting", f"/participants/{RUNNING}", "live", 1),
)
REPEATS = 3
TIMEOUT_SECONDS = 30
numbers = itertools.count()


@dataclass(frozen=True)
class Views:
    """Seconds of one new person's views of a page: the first one, and the median of the later ones."""

    first: float
    again: float


def page_times(plan: Plan) -> list[Figure]:
    """Pages with nothing saved, and again within a minute, each call to Zoom taking 0.2 s."""
    app = plan.servers.slow_app()
    figures = []
    for name, path, kind, calls in PAGES:
        _, *rounds = [_views(app, path, cookie) for cookie in newcomers(app, kind, 1 + plan.rounds)]
        limit = calls * CALL_SECONDS + FIRST_SECONDS
        figures += [
            Figure(f"{name}: first view", median(views.first for views in rounds), "s", must=limit),
            Figure(f"{name}: again", median(views.again for views in rounds), "s", must=AGAIN_SECONDS),
        ]
    return figures


def newcomers(app: Target, kind: str, count: int) -> list[str]:
    """The cookies of new people, of whom only the profile is saved: the page after a sign-in loads it already."""
    cookies = sign_in_at_once(app.url, [f"{kind}{next(numbers)}" for _ in range(count)])
    with ThreadPoolExecutor(count) as pool:
        list(pool.map(lambda cookie: _view(app, "/settings", cookie), cookies))
    return cookies


def _views(app: Target, path: str, cookie: str) -> Views:
    first = _view(app, path, cookie)
    return Views(first, median(_view(app, path, cookie) for _ in range(REPEATS)))


def _view(app: Target, path: str, cookie: str) -> float:
    """Seconds until the whole page has arrived. Raises Failed if it is not the page of a connected user."""
    began = time.perf_counter()
    connection = http.client.HTTPConnection(urlsplit(app.url).netloc, timeout=TIMEOUT_SECONDS)
    connection.request("GET", path, headers={"Accept": "text/html", "Accept-Encoding": "gzip", "Cookie": cookie})
    response = connection.getresponse()
    body = response.read()
    seconds = time.perf_counter() - began
    connection.close()
    if response.status != 200 or b">Disconnect<" not in gzip.decompress(body):
        raise Failed(f"{path} answered {response.status}, or without the data of a connected user.")
    return seconds
