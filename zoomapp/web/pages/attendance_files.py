"""Attendance as files: CSV with a row per person, CSV with a row per join and leave, or JSON."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from zoomapp import csv_export
from zoomapp.attendance.attendance_table import AttendanceTable
from zoomapp.attendance.exports import export
from zoomapp.attendance.meeting_attendance import MeetingAttendance
from zoomapp.web.components.attendance import requested_attendance
from zoomapp.web.components.section import Section
from zoomapp.web.viewer import viewer

bp = Blueprint("files", __name__)

#: By the end of the address: content type, and the end of the file's name.
FORMATS = {
    "csv": ("text/csv; charset=utf-8", ".csv"),
    "events.csv": ("text/csv; charset=utf-8", "_events.csv"),
    "json": ("application/json", ".json"),
}


@bp.get("/participants/<key>.<any('csv', 'json'):form>")
@bp.get("/participants/<key>/events.csv", defaults={"form": "events.csv"})
def show(key: str, form: str) -> ResponseReturnValue:
    """The file, in pieces. ``.events.csv`` after the key means the same as ``/events.csv``."""
    if key.endswith(".events") and form == "csv":
        key, form = key.removesuffix(".events"), "events.csv"
    attendance, loaded = requested_attendance(key)
    if loaded.value is None:
        return _refusal(loaded)
    number = str(attendance.meeting.id) if attendance.meeting and attendance.meeting.id else key
    pieces = export(form, loaded.value, number, attendance.topic, viewer().zone)
    return Response(pieces, headers=_headers(attendance, loaded.value, form))


def _headers(attendance: MeetingAttendance, table: AttendanceTable, form: str) -> dict[str, str]:
    content_type, ending = FORMATS[form]
    meeting, zone = attendance.meeting, viewer().zone
    start = (
        meeting.start_at
        if meeting and meeting.start_at
        else datetime.fromtimestamp(table.axis(zone, viewer().formats).start, UTC)
    )
    day = start.astimezone(zone).date()
    name = csv_export.disposition(day, attendance.topic, ending, partial=not table.is_whole)
    return {"Content-Type": content_type, "Content-Disposition": name}


def _refusal(loaded: Section[AttendanceTable]) -> ResponseReturnValue:
    """The reason why there is no file, always with an error status: a browser must not save it as the file."""
    page = render_template("pages/trouble.html", title="Export", notice=loaded.trouble)
    return page, loaded.status if loaded.status >= 400 else 502, loaded.headers
