"""Loads all pages of one of Zoom's lists: https://developers.zoom.us/docs/api/pagination"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from zoomapp import deadline
from zoomapp.errors import UpstreamError, ZoomRefused
from zoomapp.zoom.tolerant_reader import JsonObject, read_rows

#: No list that the app shows has more than 50 pages of 300 rows.
MAX_PAGES = 50


@dataclass(frozen=True)
class Collected:
    """The rows of the pages that were loaded. ``total``: the number of rows that Zoom reports.

    ``complete``: whether no row is missing. ``token``: of the next page, if loading was paused. ``unreadable``: the
    number of rows that are missing because they are no objects. ``cut_off``: whether loading stopped before the end.
    """

    rows: tuple[Mapping[str, Any], ...]
    total: int
    pages: int
    complete: bool = True
    token: str = ""
    unreadable: int = 0
    cut_off: bool = False

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

    Raises what ``fetch`` raises for the first page, and UpstreamError if that has no such list. A failure of a later
    page ends the list, incomplete. So do a repeated token, which would load the same page for ever, and the request's
    deadline.
    """
    start = start or Collected((), 0, 0)
    rows, token, total, pages, unreadable = list(start.rows), start.token, start.total, start.pages, start.unreadable
    tokens = {"", token}

    def result(*, ended: bool, next_token: str = "") -> Collected:
        # After the last page the number of rows is known; before it, Zoom's own number is the best.
        count = len(rows) + unreadable
        total_rows = count if ended else max(total, count)
        return Collected(tuple(rows), total_rows, pages, ended and not unreadable, next_token, unreadable, not ended)

    while pages < max_pages:
        try:
            body = fetch(token)
            page_rows = read_rows(body, name, lambda row: row.fields or None, name)
        except (UpstreamError, ZoomRefused):
            if not pages:
                raise
            return result(ended=False)
        pages += 1
        rows += page_rows
        unreadable += page_rows.unreadable
        page = JsonObject(body, f"page of {name}")
        total, token = page.number("total_records") or total, page.text("next_page_token")
        if not token:
            # A token of an unexpected type names a page that cannot be loaded.
            return result(ended=page.get("next_page_token") in (None, ""))
        if token in tokens or deadline.passed():
            break
        tokens.add(token)
        if pause():
            return result(ended=False, next_token=token)
    return result(ended=False)
