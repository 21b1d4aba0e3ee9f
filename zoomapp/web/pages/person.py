"""One person of a meeting: stays, device, address, merged connections; and over the sessions of a series, with a file.

A row of the participants page opens on a part of this page; without JavaScript it links here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from zoomapp import csv_export
from zoomapp.attendance.attendance_table import AttendanceRow, AttendanceTable
from zoomapp.attendance.common_meetings import can_be_recognized, load_common_meetings
from zoomapp.attendance.meeting_attendance import MeetingAttendance
from zoomapp.attendance.series import SeriesPerson, match_people
from zoomapp.attendance.series_exports import person_csv
from zoomapp.attendance.series_loading import LoadedSeries, load_series
from zoomapp.errors import NotFound
from zoomapp.user_api.long_lists import ListIncomplete
from zoomapp.web.components import person_sessions, series_view
from zoomapp.web.components.attendance import attendance_sources, requested_attendance
from zoomapp.web.components.notice import MEETINGS
from zoomapp.web.components.report_view import person_detail
from zoomapp.web.components.section import section
from zoomapp.web.pages.participants import names_hidden, view_options
from zoomapp.web.pages.series import COUNTS
from zoomapp.web.viewer import viewer
from zoomapp.zoom.models import PastMeeting

bp = Blueprint("person", __name__)


@dataclass(frozen=True)
class History:
    """A person over the newest sessions of a series. ``count``: how many the address asks for."""

    person: SeriesPerson
    series: LoadedSeries
    count: str

    @property
    def is_loading(self) -> bool:
        return self.series.done < len(self.series.sessions)


@bp.get("/participants/<key>/people/<person>")
def show(key: str, person: str) -> ResponseReturnValue:
    """The page of one person."""
    attendance, loaded = requested_attendance(key)
    if loaded.value is None:
        page = render_template("pages/trouble.html", title="Person", notice=loaded.trouble)
        return page, loaded.status, loaded.headers
    table = loaded.value.without_names() if names_hidden() else loaded.value
    detail = person_detail(table, person, hide_names=names_hidden())
    if detail is None:
        raise NotFound
    row = detail.row
    history = _history(attendance.past, person, request.args.get("series", ""))
    others = None
    if request.args.get("others") and attendance.past and _can_be_recognized(loaded.value, person):
        others = load_common_meetings(attendance_sources(), attendance.past, loaded.value, person)
    page = render_template(
        "pages/person.html",
        row=row,
        key=key,
        names=request.args.get("names"),
        about=attendance.past,
        **(_series(attendance, row, history) if history else _meeting(key, attendance, row)),
        others=others,
        others_trouble=section(others.listed, MEETINGS).trouble if others else None,
        others_link=_others_link(key, attendance, loaded.value, person),
        topic=attendance.topic,
        merged=detail.merged,
        reason=detail.reason,
    )
    is_loading = (history and history.is_loading) or (others and others.is_loading)
    return page, 200, {"Refresh": "1"} if is_loading else {}


@bp.get("/participants/<key>/people/<person>/sessions")
def sessions(key: str, person: str) -> ResponseReturnValue:
    """The last ten sessions of one person as squares: a part of their details, which a script loads step by step."""
    attendance, _ = requested_attendance(key)
    history = _history(attendance.past, person, "10")
    context: dict[str, Any] = {"history": history, "key": key, "names": request.args.get("names")}
    if history:
        columns = series_view.columns_of(history.series.sessions)
        context["cells"] = series_view.cells_of(history.person, columns, 0)
        context["words"] = person_sessions.short_summary(history.person, history.series.sessions)
    return render_template("partials/person_squares.html", person=person, **context)


@bp.get("/participants/<key>/people/<person>.csv")
def file(key: str, person: str) -> ResponseReturnValue:
    """The sessions of one person as CSV. Raises ListIncomplete until all are loaded."""
    attendance, _ = requested_attendance(key)
    history = _history(attendance.past, person, request.args.get("series", "10"))
    if history is None:
        raise NotFound
    series = history.series
    if history.is_loading:
        raise ListIncomplete(series.done, len(series.sessions))
    newest = [session for session in series.sessions if session.has_data][-1]
    day = series_view.moment(newest).astimezone(viewer().zone).date()
    name = csv_export.disposition(day, series.topic, kind="person", partial=series.error is not None)
    pieces = person_csv(history.person, series.sessions, viewer().zone)
    return Response(pieces, headers={"Content-Type": "text/csv; charset=utf-8", "Content-Disposition": name})


def _history(meeting: PastMeeting | None, key: str, count: str) -> History | None:
    """The person with this key over the sessions of the series; None without a series that was asked for."""
    if meeting is None or not meeting.id or count not in COUNTS:
        return None
    series = load_series(attendance_sources(), meeting.id, COUNTS[count])
    people = match_people(series.sessions, 60.0 * viewer().chosen.late_minutes)
    found = person_sessions.find_person(people, series.sessions, meeting.uuid, key)
    return History(found, series, count) if found else None


def _meeting(key: str, attendance: MeetingAttendance, row: AttendanceRow) -> dict[str, Any]:
    """What the page shows of a person in one meeting."""
    context: dict[str, Any] = {
        "back": url_for("participants.show", key=key, **view_options()),
        "back_words": "Attendance",
    }
    if attendance.past and row.person.here:
        context["sentence"] = person_sessions.only_session(row, row.person.name)
    return context


def _can_be_recognized(table: AttendanceTable, key: str) -> bool:
    return any(can_be_recognized(person) and person.here for person in table.people if person.key == key)


def _others_link(key: str, attendance: MeetingAttendance, table: AttendanceTable, person: str) -> str:
    """The address of this page with the user's other meetings; empty if the person cannot be found in these."""
    if not attendance.past or not _can_be_recognized(table, person):
        return ""
    choices = {"series": request.args.get("series") or None, **view_options()}
    return url_for("person.show", key=key, person=person, others="1", _anchor="others", **choices)


def _series(attendance: MeetingAttendance, row: AttendanceRow, history: History) -> dict[str, Any]:
    person, sessions, name = history.person, history.series.sessions, row.person.name
    number = attendance.past.id if attendance.past else 0
    return {
        "back": url_for("series.show", key=number, sessions=history.count, names=request.args.get("names")),
        "back_words": "All sessions",
        "lines": person_sessions.lines_of(person, sessions),
        "axis": person_sessions.axis_of(sessions),
        "sentence": person_sessions.sentence(person, name),
        "numbers": person_sessions.numbers(person),
        "summary": person_sessions.summary(person, sessions, name, attendance.topic),
        "series_count": history.count,
        "series": history.series,
    }
