"""Cloud recordings, thirty days at a time."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from zoomapp import agenda, deadline, times
from zoomapp.errors import NotFound, UpstreamError
from zoomapp.paging import Collected, collect
from zoomapp.web.block import Block, block
from zoomapp.web.current import gateway
from zoomapp.web.trouble import RECORDINGS
from zoomapp.web.viewer import now, viewer
from zoomapp.zoom.client import Answer
from zoomapp.zoom.ids import instance_of
from zoomapp.zoom.recordings import Recording, RecordingFile

bp = Blueprint("recordings", __name__)

SOON_DAYS = 7
DOWNLOAD_SECONDS = 4 * 3600.0
FILE_HEADERS = ("Content-Length", "Content-Range", "Accept-Ranges")


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


@bp.get("/recordings/<key>/<file>")
def download(key: str, file: str) -> Response:
    """One file, streamed through us with the server's token; what is not the file is never passed off as it."""
    uuid = instance_of(key)
    found = gateway().recording(uuid).file(file) if uuid else None
    if found is None or not found.download_url:
        raise NotFound
    # A file may take longer than a page: each piece has its own time to come.
    deadline.begin(DOWNLOAD_SECONDS)
    answer = gateway().download(found.download_url, request.headers.get("Range", ""))
    _check_file(answer, found)
    headers = {name: answer.headers[name] for name in FILE_HEADERS if name in answer.headers}
    headers["Content-Disposition"] = f'attachment; filename="{found.name.lower().replace(" ", "-")}.{found.extension}"'
    response = Response(answer.chunks(), answer.status, headers, mimetype="application/octet-stream")
    response.call_on_close(answer.close)
    return response


def _check_file(answer: Answer, file: RecordingFile) -> None:
    """Zoom refuses with small JSON bodies and login pages, at times with status 200. Raises UpstreamError, NotFound."""
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    page = kind == "text/html" or (kind == "application/json" and file.extension != "json")
    length = answer.headers.get("Content-Length", "")
    short = answer.status == 200 and file.size_bytes and length.isdigit() and int(length) != file.size_bytes
    if answer.status == 404:
        answer.close()
        raise NotFound
    if answer.status not in (200, 206) or page or short:
        answer.close()
        raise UpstreamError(f"download answered {answer.status} {kind} {length}")


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
