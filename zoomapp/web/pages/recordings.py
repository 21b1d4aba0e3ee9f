"""Cloud recordings: a range of days, the trash, storage by month, a spreadsheet, a passcode on request."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from zoomapp import csv_export, dates
from zoomapp.errors import NotFound, UpstreamError, ZoomRefused
from zoomapp.meetings import agenda
from zoomapp.recordings.library import (
    STORAGE_MONTHS,
    RecordingList,
    list_recordings,
    list_trash,
    storage_by_month,
    today,
    valid_range,
)
from zoomapp.web.components.filters import link as link_of
from zoomapp.web.components.notice import FILES, error_page
from zoomapp.web.components.section import Section
from zoomapp.web.current_user import user_client
from zoomapp.web.errors import prefers_html
from zoomapp.web.viewer import now, viewer
from zoomapp.zoom.meeting_ids import instance_of
from zoomapp.zoom.recordings import Recording

bp = Blueprint("recordings", __name__)

SOON_DAYS = 7
ROWS = 50
COLUMNS = (
    *("start", "topic", "meeting_id", "duration_minutes", "size_bytes", "files", "deleted_on", "share_url"),
    "complete",
)


@bp.get("/recordings")
def index() -> ResponseReturnValue:
    """The recordings of a range of days, newest first; ``q`` searches, ``show=expiring`` leaves what goes soon."""
    first, last = valid_range(request.args.get("from", ""), request.args.get("to", ""))
    query, show = request.args.get("q", "").strip()[:200], request.args.get("show", "")
    listed = list_recordings(first, last)
    found = _matching(listed, query)
    expiring = [each for each in found if each.deleted_on and each.deleted_on <= now() + timedelta(days=SOON_DAYS)]
    rows = expiring if show == "expiring" else found
    most = max(ROWS, min(request.args.get("rows", ROWS, type=int), 5000))
    step = last - first + timedelta(days=1)
    later = _address(last + timedelta(days=1), min(last + step, today()), query) if last < today() else ""
    page = render_template(
        "pages/recordings.html",
        listed=listed,
        rows=rows,
        most=most,
        more=_address(first, last, query, show=show or None, rows=most + ROWS) if len(rows) > most else "",
        query=query,
        show=show,
        first=first,
        last=last,
        days=step.days,
        words=dates.date_range(first, last),
        expiring=expiring,
        size_bytes=sum(each.size_bytes for each in rows),
        largest=sorted(found, key=lambda each: -each.size_bytes)[:4],
        earlier=_address(first - step, first - timedelta(days=1), query),
        later=later,
        whole=_address(first, last, query),
        storage=storage_by_month(ask=False),
        months=STORAGE_MONTHS,
    )
    return page, listed.status, {**listed.headers, **_again(listed)}


@bp.get("/recordings.csv")
def spreadsheet() -> ResponseReturnValue:
    """The same as a CSV file, a row per recording; while a long range is being read, a page that says how far it is."""
    first, last = valid_range(request.args.get("from", ""), request.args.get("to", ""))
    query = request.args.get("q", "").strip()[:200]
    listed = list_recordings(first, last, again=False)
    if listed.value is None or (not listed.value.ended and not listed.trouble):
        page = render_template("pages/export.html", listed=listed, back=_address(first, last, query))
        return page, listed.status, {**listed.headers, **_again(listed)}
    complete = listed.value.ended and listed.value.complete
    # All at once: the pieces go out after the request, when nobody's zone is known any more.
    rows = [_row(each, complete) for each in _matching(listed, query)]
    name = csv_export.disposition(last, query or "recordings", kind="recordings", partial=not complete)
    body = csv_export.csv_pieces(COLUMNS, rows)
    return Response(body, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})


@bp.get("/recordings/trash")
def trash() -> ResponseReturnValue:
    """What was deleted in Zoom within the last thirty days."""
    listed = list_trash()
    page = render_template("pages/recordings_trash.html", listed=listed)
    return page, listed.status, listed.headers


@bp.get("/recordings/storage")
def storage() -> ResponseReturnValue:
    """Bytes by month, a few seconds of asking at a time; the list's page takes its section from here."""
    months = storage_by_month(ask=True)
    page = render_template("pages/recordings_storage.html", storage=months, months=STORAGE_MONTHS)
    known = len(months.value.months) if months.value else 0
    unfinished = known < STORAGE_MONTHS and not months.trouble
    return page, 200, {"Refresh": "1"} if unfinished else {}


@bp.get("/recordings/<key>/passcode")
def passcode(key: str) -> ResponseReturnValue:
    """The passcode of one recording, and the text to share it with: only on request, never part of a list."""
    uuid = instance_of(key)
    if not uuid:
        raise NotFound
    try:
        found = user_client().recording(uuid)
    except (ZoomRefused, UpstreamError) as error:
        return error_page(error, FILES, "Recording")
    text = "\n".join((found.topic, link_of(found.share_url), f"{'Passcode:'} {found.passcode}"))
    if not prefers_html():
        return {"passcode": found.passcode, "text": text}
    back = (url_for(".index"), "Recordings")
    return render_template(
        "pages/asked.html", heading="Passcode", title=found.topic, back=back, words=text, passcode=found.passcode
    )


def _matching(listed: Section[RecordingList], query: str) -> list[Recording]:
    recordings = listed.value.recordings if listed.value else ()
    return [each for each in recordings if agenda.matches(query, each.topic, each.id)]


def _again(listed: Section[RecordingList]) -> dict[str, str]:
    """A page that is still being put together asks again by itself."""
    unfinished = listed.value and not listed.value.ended and not listed.trouble
    return {"Refresh": "1"} if unfinished else {}


def _row(recording: Recording, complete: bool) -> tuple[object, ...]:
    files = " ".join(each.name.lower().replace(" ", "-") for each in recording.files)
    return (
        dates.iso(recording.start_at, viewer().zone) if recording.start_at else "",
        recording.topic,
        recording.id,
        recording.duration_minutes,
        recording.size_bytes,
        files,
        recording.deleted_on.date().isoformat() if recording.deleted_on else "",
        link_of(recording.share_url),
        "yes" if complete else "no",
    )


def _address(first: date, last: date, query: str, **more: Any) -> str:
    days: dict[str, Any] = {"from": first.isoformat(), "to": last.isoformat()}
    return url_for(".index", **days, q=query or None, **more)
