"""The app with a Zoom behind it that can be put back to where it was, and the pages that it has."""

from __future__ import annotations

import copy
import os
import re
import time
from collections.abc import Callable, Iterator
from html import unescape

import pytest

from tests.support.people import Person
from zoomapp.services import Services

#: For all tests of this package together: as they are, and with ``--long``.
SECONDS, LONG_SECONDS = float(os.environ.get("FUZZ_SECONDS", "10")), 300.0
STARTS = [
    *("/", "/meetings", "/meetings?show=past", "/meetings?show=live", "/meetings?show=scheduled", "/participants"),
    *("/recordings", "/recordings.csv", "/recordings/trash", "/recordings/storage", "/tools", "/calls", "/settings"),
]
LINK = re.compile(r'(?:href|src|action|data-[a-z-]+)="(/[^"#]*)')
NOT_PAGES = ("/static", "/disconnect", "/api/zoomapp", "/zoom/api", "/meetings/new?")
MAX_PAGES = 70
#: Tried on a slow machine, too.
MIN_INPUTS = 20
#: A video is too large to be loaded a hundred times.
MAX_BYTES = 1_000_000
#: What the fixture ``pages`` found: the same for each test of this process.
usable_pages: list[str] = []


class Budget:
    """How long one test may try further inputs. ``inputs`` counts them."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.ends_at, self.inputs = time.monotonic() + seconds, 0

    def spent(self) -> bool:
        """Whether the time is over. Counts one input if it is not."""
        over = time.monotonic() >= self.ends_at and self.inputs >= MIN_INPUTS
        self.inputs += not over
        return over

    def never_ends(self) -> None:
        """After a failure, so that the same input fails again."""
        self.ends_at = float("inf")


@pytest.fixture
def budget(request: pytest.FixtureRequest) -> Iterator[Budget]:
    budget = Budget((LONG_SECONDS if request.config.getoption("--long") else SECONDS) / 4)
    yield budget
    request.node.user_properties.append(("fuzz", f"{budget.inputs} inputs: {request.node.name}"))


@pytest.fixture
def restore(dana: Person, parts: Services) -> Callable[[], None]:
    """Puts the app and its Zoom back to the moment after Dana connected."""
    world, client = dana.world, parts.redis
    keys = {key: client.dump(key) for key in client.scan_iter()}
    lifetimes = {key: max(0, client.pttl(key)) for key in keys}
    grants = copy.deepcopy(world.grants.by_user)

    def put_back() -> None:
        world.faults.clear()
        world.limits.clear()
        world.grants.by_user = copy.deepcopy(grants)
        client.flushdb()
        for key, value in keys.items():
            client.restore(key, lifetimes[key], value, replace=True)
        parts.answers.clear(dana.id)

    put_back()
    return put_back


@pytest.fixture
def pages(dana: Person, restore: Callable[[], None]) -> list[str]:
    """The addresses of pages and files that the app links to, at most four of a kind."""
    if usable_pages:
        return usable_pages
    found, kinds = list(STARTS), dict.fromkeys(map(kind_of, STARTS), 1)
    for path in found:
        for link in map(unescape, LINK.findall(dana.look(path).data.decode(errors="replace"))):
            kind = kind_of(link)
            if link in found or link.startswith(NOT_PAGES) or kinds.get(kind, 0) >= 4 or len(found) >= MAX_PAGES:
                continue
            kinds[kind] = kinds.get(kind, 0) + 1
            found.append(link)
    restore()
    answers = [(path, dana.look(path)) for path in found]
    usable_pages.extend(path for path, page in answers if page.status_code == 200 and len(page.data) < MAX_BYTES)
    restore()
    return usable_pages


def kind_of(path: str) -> str:
    """An address without its identifiers."""
    return re.sub(r"[\w-]{16,}|\d+", "*", path.split("?")[0])
