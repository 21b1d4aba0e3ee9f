"""The recordings pages: a range of days, the list of the trash, storage by month, the CSV file, a passcode."""

from __future__ import annotations

from datetime import date, tzinfo
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from zoomapp import csv_export
from zoomapp.errors import NotFound, UpstreamError, ZoomRefused
from zoomapp.recordings import export
from zoomapp.recordings.library import (
    RecordingLibrary,
    RecordingList,
    earlier_range,
    expiring,
    largest,
    later_range,
    matching,
    valid_range,
)
from zoomapp.recordings.parts import DayRange
from zoomapp.recordings.storage import STORAGE_MONTHS
from zoomapp.web.components.filters import link as zoom_link
from zoomapp.web.components.notice import FILES, RECORDINGS, error_page
from zoomapp.web.components.page_data import page_cache
from zoomapp.web.components.section import Section, section
from zoomapp.web.current_user import services, user_client
from zoomapp.web.errors import prefers_html
from zoomapp.web.viewer import today, viewer
from zoomapp.zoom.meeting_ids import instance_of

bp = Blueprint("recordings", __name__)

ROWS, MAX_ROWS = 50, 5000


@bp.get("/recordings")
def index() -> ResponseReturnValue:
    """The recordings of a range of days, newest first. ``q`` searches, ``show=expiring`` filters, ``rows`` limits."""
    first, last, query = _arguments()
    show = request.args.get("show", "")
    max_rows = max(ROWS, min(request.args.get("rows", ROWS, type=int), MAX_ROWS))
    recording_list = section(library().in_range(first, last), RECORDINGS)
    found = matching(recording_list.value.recordings if recording_list.value else (), query)
    expiring_soon = expiring(found, today())
    rows = expiring_soon if show == "expiring" else found
    page = render_template(
        "pages/recordings.html",
        recording_list=recording_list,
        rows=rows,
        max_rows=max_rows,
        query=query,
        show=show,
        first=first,
        last=last,
        days=(last - first).days + 1,
        range_text=viewer().formats.date_range(first, last),
        expiring=expiring_soon,
        size_bytes=sum(recording.size_bytes for recording in rows),
        largest=largest(found),
        storage=section(library().storage_by_month(today(), fetch=False), RECORDINGS),
        months=STORAGE_MONTHS,
        more=_address((first, last), query, show=show or None, rows=max_rows + ROWS) if len(rows) > max_rows else "",
        **_links(first, last, query),
    )
    return page, recording_list.status, {**recording_list.headers, **_refresh(recording_list)}


@bp.get("/recordings.csv")
def spreadsheet() -> ResponseReturnValue:
    """The recordings as a CSV file; while a long range loads, a page with the progress."""
    first, last, query = _arguments()
    recording_list = section(library().in_range(first, last, reload=False), RECORDINGS)
    loaded = recording_list.value
    if loaded is None or (not loaded.ended and not recording_list.trouble):
        page = render_template("pages/export.html", recording_list=recording_list, back=_address((first, last), query))
        return page, recording_list.status, {**recording_list.headers, **_refresh(recording_list)}
    complete = loaded.ended and loaded.complete
    # The rows are made here, because the body is sent after the request, when the viewer's zone is not known.
    rows = export.rows(matching(loaded.recordings, query), viewer().zone, zoom_link, complete=complete)
    file_name = csv_export.disposition(last, query or "recordings", kind="recordings", partial=not complete)
    body = csv_export.csv_pieces(export.COLUMNS, rows)
    return Response(body, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": file_name})


@bp.get("/recordings/trash")
def trash() -> ResponseReturnValue:
    """The recordings that were deleted in the last thirty days."""
    recording_list = section(library().trash(), RECORDINGS)
    page = render_template("pages/recordings_trash.html", recording_list=recording_list)
    return page, recording_list.status, recording_list.headers


@bp.get("/recordings/storage")
def storage() -> ResponseReturnValue:
    """Storage by month. Each request loads for a few seconds; the page of recordings includes the section from here."""
    months = section(library().storage_by_month(today(), fetch=True), RECORDINGS)
    page = render_template("pages/recordings_storage.html", storage=months, months=STORAGE_MONTHS)
    unfinished = months.value and len(months.value.months) < STORAGE_MONTHS and not months.trouble
    return page, 200, {"Refresh": "1"} if unfinished else {}


@bp.get("/recordings/<key>/passcode")
def passcode(key: str) -> ResponseReturnValue:
    """The passcode of one recording, and a text to share it. The passcode is not part of any other page."""
    uuid = instance_of(key)
    if not uuid:
        raise NotFound
    try:
        recording = user_client().recording(uuid)
    except (ZoomRefused, UpstreamError) as error:
        return error_page(error, FILES, "Recording")
    text = "\n".join((recording.topic, zoom_link(recording.share_url), f"Passcode: {recording.passcode}"))
    if not prefers_html():
        return {"passcode": recording.passcode, "text": text}
    return render_template(
        "pages/asked.html",
        heading="Passcode",
        title=recording.topic,
        back=(url_for(".index"), "Recordings"),
        text=text,
        passcode=recording.passcode,
    )


def library(zone: tzinfo | None = None) -> RecordingLibrary:
    """The recordings of the user of this request. ``zone``: of the days; the viewer's by default."""
    return RecordingLibrary(user_client(), page_cache(), services().clock, zone or viewer().zone)


def _arguments() -> tuple[date, date, str]:
    """The first day, the last day and the search text that the address asks for."""
    first, last = valid_range(request.args.get("from", ""), request.args.get("to", ""), today())
    return first, last, request.args.get("q", "").strip()[:200]


def _links(first: date, last: date, query: str) -> dict[str, str]:
    """The addresses of the ranges before and after this one, and of this one without a filter."""
    later = later_range(first, last, today())
    return {
        "earlier": _address(earlier_range(first, last), query),
        "later": _address(later, query) if later else "",
        "unfiltered": _address((first, last), query),
    }


def _refresh(recording_list: Section[RecordingList]) -> dict[str, str]:
    """The header with which the page reloads itself until the list is loaded."""
    unfinished = recording_list.value and not recording_list.value.ended and not recording_list.trouble
    return {"Refresh": "1"} if unfinished else {}


def _address(days: DayRange, query: str, **more: Any) -> str:
    arguments: dict[str, Any] = {"from": days[0].isoformat(), "to": days[1].isoformat(), "q": query or None, **more}
    return url_for(".index", **arguments)
