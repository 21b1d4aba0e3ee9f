"""All pages of one of Zoom's lists, by Zoom's rules: https://developers.zoom.us/docs/api/pagination"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from zoomapp import deadline
from zoomapp.errors import UpstreamError, ZoomRefused

#: 50 pages of 300 are more than any list of ours; a longer one is a mistake.
MOST_PAGES = 50


@dataclass(frozen=True)
class Collected:
    """The rows of all pages that came. ``complete``: nothing is missing; ``total``: how many Zoom says there are.

    ``token``: of the page to go on with, if it was the asker who had enough for now.
    """

    rows: tuple[Mapping[str, Any], ...]
    total: int
    pages: int
    complete: bool = True
    token: str = ""

    @property
    def pages_in_all(self) -> int:
        """How many pages it takes, if all are as long as those that came."""
        return -(-self.total * self.pages // max(1, len(self.rows)))


def collect(
    fetch: Callable[[str], Any],
    name: str,
    most_pages: int = MOST_PAGES,
    *,
    begun: Collected | None = None,
    enough: Callable[[], bool] = lambda: False,
) -> Collected:
    """The list ``name`` of every page that ``fetch`` gives for a page token, beginning with the empty one.

    What the first page raises is raised; what a later one raises ends the list there, incomplete. A token that comes
    back would repeat the same page for ever, and the request must end in time: both end the list, too.
    ``begun``: what came before, to go on with. ``enough``: asked after each page, whether to leave the rest for later.
    """
    start = begun or Collected((), 0, 0)
    rows, token, total, pages = list(start.rows), start.token, start.total, start.pages
    seen = {"", token}
    while pages < most_pages:
        try:
            body = fetch(token)
        except (UpstreamError, ZoomRefused):
            if not pages:
                raise
            return Collected(tuple(rows), max(total, len(rows)), pages, complete=False)
        pages += 1
        page = body if isinstance(body, dict) else {}
        found = page.get(name)
        rows += [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
        count, token = page.get("total_records"), page.get("next_page_token") or ""
        total = count if isinstance(count, int) else total
        if not token:
            return Collected(tuple(rows), len(rows), pages)
        if token in seen or deadline.passed():
            break
        seen.add(token)
        if enough():
            return Collected(tuple(rows), max(total, len(rows)), pages, complete=False, token=token)
    return Collected(tuple(rows), max(total, len(rows)), pages, complete=False)
