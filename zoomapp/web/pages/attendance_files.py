"""Attendance as files: a row per person, a row per join and leave, or JSON."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from zoomapp import csv_export
from zoomapp.attendance.attendance_table import AttendanceTable
from zoomapp.attendance.live import people
from zoomapp.csv_export import Sheet
from zoomapp.errors import NotFound
from zoomapp.web.components.section import Section
from zoomapp.web.viewer import viewer
from zoomapp.zoom.meeting_ids import instance_of
from zoomapp.zoom.models import Meeting, PastMeeting

bp = Blueprint("files", __name__)

#: What comes after the meeting's key in the address, and what it is.
FORMS = {
    "csv": ("text/csv; charset=utf-8", ".csv"),
    "events.csv": ("text/csv; charset=utf-8", "_events.csv"),
    "json": ("application/json", ".json"),
}


@bp.get("/participants/<key>.<any('csv', 'json'):form>")
@bp.get("/participants/<key>/events.csv", defaults={"form": "events.csv"})
def show(key: str, form: str) -> ResponseReturnValue:
    """The file, in pieces."""
    key, form = _asked(key, form)
    seen, about = _seen(key)
    if seen.value is None:
        return _refusal(seen)
    return Response(_pieces(seen.value, about, key, form), headers=_headers(seen.value, about, form))


def _asked(key: str, form: str) -> tuple[str, str]:
    """``.events.csv`` after the key means the same as ``/events.csv``."""
    return (key.removesuffix(".events"), "events.csv") if key.endswith(".events") and form == "csv" else (key, form)


def _seen(key: str) -> tuple[Section[AttendanceTable], Meeting | PastMeeting | None]:
    instance = instance_of(key)
    if instance is None:
        raise NotFound
    meeting, about, seen = people(instance)
    return seen, meeting or about


def _pieces(roster: AttendanceTable, about: Meeting | PastMeeting | None, key: str, form: str) -> Iterator[str]:
    number = str(about.id) if about and about.id else key
    sheet = Sheet(number, about.topic if about else "", viewer().zone, roster.frame, roster.complete)
    if form == "events.csv":
        return csv_export.events_csv(roster.records, sheet)
    return (csv_export.people_csv if form == "csv" else csv_export.people_json)(roster.people, sheet)


def _headers(roster: AttendanceTable, about: Meeting | PastMeeting | None, form: str) -> dict[str, str]:
    kind, ending = FORMS[form]
    begun = about.start_at if about and about.start_at else datetime.fromtimestamp(roster.axis.start, UTC)
    day = begun.astimezone(viewer().zone).date()
    name = csv_export.disposition(day, about.topic if about else "", ending, partial=not roster.complete)
    return {"Content-Type": kind, "Content-Disposition": name}


def _refusal(seen: Section[AttendanceTable]) -> ResponseReturnValue:
    page = render_template("pages/trouble.html", title="Export", notice=seen.trouble)
    # A file that is not one must not be saved as if it were.
    return page, seen.status if seen.status >= 400 else 502, seen.headers
