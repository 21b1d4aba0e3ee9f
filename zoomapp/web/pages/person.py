"""One person of a meeting: stays, device, address, and the connections that were merged.

A row of the participants page opens on a part of this page; without JavaScript it links here.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from zoomapp.attendance.connections import merge_reason, merged_connections
from zoomapp.attendance.series import match_people
from zoomapp.attendance.series_loading import load_series
from zoomapp.errors import NotFound
from zoomapp.web.components import person_sessions
from zoomapp.web.components.attendance import attendance_sources, requested_attendance
from zoomapp.web.pages.participants import names_hidden, view_options
from zoomapp.web.pages.series import COUNTS
from zoomapp.web.viewer import viewer
from zoomapp.zoom.models import PastMeeting

bp = Blueprint("person", __name__)


@bp.get("/participants/<key>/people/<person>")
def show(key: str, person: str) -> ResponseReturnValue:
    """The page of one person."""
    attendance, loaded = requested_attendance(key)
    if loaded.value is None:
        return (
            render_template("pages/trouble.html", title="Person", notice=loaded.trouble),
            loaded.status,
            loaded.headers,
        )
    table = loaded.value.without_names() if names_hidden() else loaded.value
    row = next((row for row in table.rows if row.person.key == person), None)
    if row is None:
        raise NotFound
    return render_template(
        "pages/person.html",
        row=row,
        names=request.args.get("names"),
        **_series(key, attendance.past, person, row.person.name),
        topic=attendance.topic,
        merged=merged_connections(row.person, table.records, hide_names=names_hidden()),
        reason=merge_reason(row.person),
    )


def _series(key: str, meeting: PastMeeting | None, person: str, name: str) -> dict[str, Any]:
    """The person over the newest sessions of the series if the address asks for them, else the link to ask."""
    attendance = {"back": url_for("participants.show", key=key, **view_options()), "back_words": "Attendance"}
    if meeting is None or not meeting.id:
        return attendance
    count = request.args.get("series", "")
    if count not in COUNTS:
        return {
            **attendance,
            "series_link": url_for("person.show", key=key, person=person, series="10", **view_options()),
        }
    sessions = load_series(attendance_sources(), meeting.id, COUNTS[count]).sessions
    people = match_people(sessions, 60.0 * viewer().chosen.late_minutes)
    found = person_sessions.find_person(people, sessions, meeting.uuid, person)
    if found is None:
        return attendance
    return {
        "back": url_for("series.show", key=meeting.id, sessions=count, names=request.args.get("names")),
        "back_words": "All sessions",
        "lines": person_sessions.lines_of(found, sessions),
        "sentence": person_sessions.sentence(found, name),
        "series_count": count,
    }
