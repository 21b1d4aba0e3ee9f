"""The reports of a user's Zoom client of who is in the meeting: saved for that user's page alone."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from zoomapp.attendance.current_meeting import running
from zoomapp.errors import NotFound, TooLarge
from zoomapp.web.components.attendance import attendance_sources, requested_instance
from zoomapp.web.middleware.request_json import json_body

bp = Blueprint("sighted", __name__)

#: Enough for a meeting of 1,000 and its waiting room, with names in any script.
MAX_BODY_BYTES, MAX_PEOPLE = 512 * 1024, 1_500
#: Zoom lists the user's running meetings at most once in this time.
LIST_SECONDS = 60.0

Text = Annotated[str, msgspec.Meta(max_length=256)]


class ReportedParticipant(msgspec.Struct, omit_defaults=True):
    """One participant with the field names of the Zoom Apps SDK; other fields are ignored."""

    participantUUID: Text = ""
    screenName: Text = ""
    role: Text = ""
    room: Literal["", "waiting"] = ""


class ParticipantReport(msgspec.Struct):
    """All participants at this moment. ``uuid``: of the meeting's instance; empty if the client cannot tell."""

    uuid: Text
    participants: Annotated[list[ReportedParticipant], msgspec.Meta(max_length=MAX_PEOPLE)]


@bp.post("/participants/<key>/sighted")
def take(key: str) -> ResponseReturnValue:
    """Save a report for this user's view of the running meeting."""
    if (request.content_length or 0) > MAX_BODY_BYTES:
        raise TooLarge(f"{request.content_length} bytes")
    sources = attendance_sources(with_viewer=False)
    meeting = running(sources, requested_instance(key), LIST_SECONDS).value
    if meeting is None:
        raise NotFound
    report = json_body(ParticipantReport)
    rows = [msgspec.to_builtins(row) for row in report.participants]
    sources.client_reports.add(sources.user_id, meeting.id, report.uuid or meeting.uuid, rows)
    return "", 204
