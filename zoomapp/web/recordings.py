"""Cloud recordings, thirty days at a time."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from zoomapp import agenda, times
from zoomapp.paging import Collected, collect
from zoomapp.web.block import Block, block
from zoomapp.web.current import gateway
from zoomapp.web.trouble import RECORDINGS
from zoomapp.web.viewer import now, viewer
from zoomapp.zoom.recordings import Recording

bp = Blueprint("recordings", __name__)

SOON_DAYS = 7


@bp.get("/recordings")
def index() -> ResponseReturnValue:
    """The recordings of a range of days, newest first; ``q`` searches their topics."""
    first, last = _range()
    query = request.args.get("q", "").strip()[:200]
    listed = _listed(first, last)
    rows = [each for each in listed.value or () if agenda.matches(query, each.topic, each.id)]
    expiring = [each for each in rows if each.deleted_on and each.deleted_on <= now() + timedelta(days=SOON_DAYS)]
    step, today = timedelta(days=times.RANGE_DAYS), times.local(now(), viewer().zone).date()
    later = _address(last + timedelta(days=1), min(last + step, today), query) if last < today else ""
    page = render_template(
        "pages/recordings.html",
        listed=listed,
        rows=rows,
        query=query,
        first=first,
        last=last,
        words=times.date_range(first, last),
        expiring=expiring,
        size_bytes=sum(each.size_bytes for each in rows),
        largest=sorted(rows, key=lambda each: -each.size_bytes)[:4],
        earlier=_address(first - step, first - timedelta(days=1), query),
        later=later,
    )
    return page, listed.status, listed.headers


def _address(first: date, last: date, query: str) -> str:
    days: dict[str, Any] = {"from": first.isoformat(), "to": last.isoformat()}
    return url_for(".index", **days, q=query or None)


def _range() -> tuple[date, date]:
    """The days asked for; without a sound pair, the last thirty."""
    today = times.local(now(), viewer().zone).date()
    last = _day(request.args.get("to", "")) or today
    last = min(last, today)
    first = _day(request.args.get("from", "")) or last - timedelta(days=times.RANGE_DAYS - 1)
    return min(first, last), last


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _piece(first: date, last: date) -> Collected:
    return collect(lambda token: gateway().recordings(first, last, token), "meetings")


def _listed(first: date, last: date) -> Block[tuple[Recording, ...]]:
    def fetch() -> dict[str, Any]:
        pieces = [_piece(begin, end) for begin, end in times.month_ranges(first, last)]
        return {"rows": [row for piece in pieces for row in piece.rows]}

    def read(body: Any) -> tuple[Recording, ...]:
        found = {each.uuid: each for each in map(Recording.from_api, body["rows"])}
        return tuple(sorted(found.values(), key=lambda each: each.start_at or now(), reverse=True))

    return block(f"recordings {first} {last}", RECORDINGS, fetch, read)
