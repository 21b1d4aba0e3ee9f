"""The user's own attendance of a meeting that somebody else hosts: reports of their client, the page, their record.

Only the user's own client fills it, and only the user sees it. So the role that a page sends grants nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from zoomapp import csv_export, dates
from zoomapp.attendance.current_meeting import may_read
from zoomapp.attendance.own_attendance import OwnAttendance, own_attendance, report_own_stay
from zoomapp.attendance.past import PendingMeeting
from zoomapp.errors import NotFound, TooLarge
from zoomapp.meeting_content.loading import load_summary
from zoomapp.web.components.attendance import SEAT_SECONDS, attendance_sources
from zoomapp.web.current_user import services, user_client
from zoomapp.web.middleware.request_json import json_object
from zoomapp.web.signed_seat import SignedSeat, signed_seat
from zoomapp.web.viewer import now, viewer
from zoomapp.zoom.endpoints import READ_SUMMARY
from zoomapp.zoom.meeting_ids import instance_of, key_of
from zoomapp.zoom.models import PastMeeting
from zoomapp.zoom.tolerant_reader import JsonObject

bp = Blueprint("own", __name__)

MAX_BODY_BYTES, MAX_TEXT = 4096, 256
#: The roles of an app context that see only themselves; a co-host does until their client lists the others.
PARTICIPANTS = ("participant", "attendee", "panelist", "co-host")
#: For this long after the app was opened, the role decides which page opens. It grants nothing.
ROLE_SECONDS = 600.0
COLUMNS = ("joined", "left", "minutes")


def current_own_attendance() -> OwnAttendance | None:
    """The user's own attendance of the meeting that they are or just were in."""
    return own_attendance(services().client_reports, user_client().user_id, now())


def page() -> str | None:
    """The page of the user's own attendance, without times until their client reports; None for no participant."""
    own, seat = current_own_attendance(), signed_seat(ROLE_SECONDS)
    if own is None and not is_participant(seat):
        return None
    return render_template("pages/own_attendance.html", **context(own))


def is_participant(seat: SignedSeat | None) -> bool:
    """Whether Zoom's client opened the app a moment ago for a participant of a meeting, or in its waiting room."""
    return seat is not None and (seat.role in PARTICIPANTS or not seat.meeting_uuid)


def _may_read_summary(uuid: str) -> bool:
    """Whether Zoom shows the user the summary of this meeting, because its host shares it."""
    sources = attendance_sources()
    if instance_of(key_of(uuid)) != uuid or not may_read(sources, READ_SUMMARY):
        return False
    return load_summary(sources, PendingMeeting(uuid, lambda: PastMeeting(uuid))).value is not None


def context(own: OwnAttendance | None) -> dict[str, Any]:
    """The template variables of the page, and of the part that changes."""
    seat = signed_seat(ROLE_SECONDS)
    return {
        "own": own,
        "summary": _summary(own) if own else "",
        "people": _people_here() if own is None or own.is_here else None,
        # Nothing of the host's is shown, only whether co-hosts may read it.
        "shares": seat is not None and services().shared_meetings.host_of(seat.meeting_uuid) != "",
        "has_summary": own is not None and not own.is_here and _may_read_summary(own.uuid),
    }


def _people_here() -> int | None:
    """How many people are in the meeting, if its host shares it.

    Zoom's client has to have signed a moment ago that the user is in this meeting.
    """
    seat = signed_seat(SEAT_SECONDS)
    return services().shared_counts.people_in(seat.meeting_uuid) if seat and seat.meeting_uuid else None


@bp.post("/participants/own")
def take() -> ResponseReturnValue:
    """Save a report of the user's client about themselves: {"uuid": …, "name": …, "ended": …}. Returns the part."""
    if (request.content_length or 0) > MAX_BODY_BYTES:
        raise TooLarge(f"{request.content_length} bytes")
    body = JsonObject(json_object(), "own report")
    uuid, name = body.text("uuid")[:MAX_TEXT], body.text("name")[:MAX_TEXT]
    parts, user_id = services(), user_client().user_id
    report_own_stay(parts.client_reports, user_id, uuid, name, parts.clock, is_here=not body.flag("ended"))
    return render_template("partials/own_attendance.html", **context(current_own_attendance()))


@bp.get("/participants/own/record.csv")
def record() -> ResponseReturnValue:
    """The user's stays as a CSV file."""
    own = current_own_attendance()
    if own is None:
        raise NotFound
    rows = [
        (_iso(start), _iso(end) if end else "", round(((end or now()) - start).total_seconds() / 60))
        for start, end in own.stays
    ]
    name = csv_export.disposition(own.since.astimezone(viewer().zone).date(), "my record")
    headers = {"Content-Type": "text/csv; charset=utf-8", "Content-Disposition": name}
    return Response(csv_export.csv_pieces(COLUMNS, rows), headers=headers)


def _iso(at: datetime) -> str:
    return dates.iso(at, viewer().zone)


def _summary(own: OwnAttendance) -> str:
    """The user's attendance as a line to paste: "My attendance on Monday, March 2: 10:05 – 10:41, 36 min"."""
    zone, formats = viewer().zone, viewer().formats

    def words(start: datetime, end: datetime | None) -> str:
        if end is None:
            return f"since {formats.clock(start, zone)}"
        return formats.clock_range(start, end, zone)

    day = formats.long_day(own.since, zone)
    return f"My attendance on {day}: {', '.join(words(*stay) for stay in own.stays)}; {dates.duration(own.row.seconds)}"
