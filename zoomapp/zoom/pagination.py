"""Loads all pages of one of Zoom's lists: https://developers.zoom.us/docs/api/pagination"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from zoomapp import deadline
from zoomapp.errors import UpstreamError, ZoomRefused

#: No list that the app shows has more than 50 pages of 300 rows.
MAX_PAGES = 50


@dataclass(frozen=True)
class Collected:
    """The rows of the pages that were loaded. ``total``: the number of rows that Zoom reports.

    ``complete``: whether no row is missing. ``token``: of the next page, if loading was paused.
    """

    rows: tuple[Mapping[str, Any], ...]
    total: int
    pages: int
    complete: bool = True
    token: str = ""

    @property
    def pages_in_all(self) -> int:
        """The number of pages of the whole list, if all are as long as those that were loaded."""
        return -(-self.total * self.pages // max(1, len(self.rows)))


def collect(
    fetch: Callable[[str], Any],
    name: str,
    max_pages: int = MAX_PAGES,
    *,
    start: Collected | None = None,
    pause: Callable[[], bool] = lambda: False,
) -> Collected:
    """The rows called ``name`` of every page. ``fetch`` returns the page for a token; the first token is empty.

    ``start``: a result to continue. ``pause``: called after each page, whether to load the others later.

    Raises what ``fetch`` raises for the first page. A failure of a later page ends the list, incomplete. So do a
    repeated token, which would load the same page for ever, and the request's deadline.
    """
    start = start or Collected((), 0, 0)
    rows, token, total, pages = list(start.rows), start.token, start.total, start.pages
    tokens = {"", token}
    while pages < max_pages:
        try:
            body = fetch(token)
        except (UpstreamError, ZoomRefused):
            if not pages:
                raise
            return Collected(tuple(rows), max(total, len(rows)), pages, complete=False)
        pages += 1
        page = body if isinstance(body, dict) else {}
        page_rows = page.get(name)
        rows += [row for row in page_rows if isinstance(row, dict)] if isinstance(page_rows, list) else []
        count, token = page.get("total_records"), page.get("next_page_token") or ""
        total = count if isinstance(count, int) else total
        if not token:
            return Collected(tuple(rows), len(rows), pages)
        if token in tokens or deadline.passed():
            break
        tokens.add(token)
        if pause():
            return Collected(tuple(rows), max(total, len(rows)), pages, complete=False, token=token)
    return Collected(tuple(rows), max(total, len(rows)), pages, complete=False)
