"""The host's own client tells who is in the meeting: for that host's page alone."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from zoomapp.attendance.current_meeting import running
from zoomapp.errors import NotFound, TooLarge
from zoomapp.web.current_user import services, user_client
from zoomapp.web.middleware.request_json import json_body
from zoomapp.zoom.meeting_ids import instance_of

bp = Blueprint("sighted", __name__)

#: A meeting of 1,000, some of them at the door, whatever their names are written in.
MAX_BODY_BYTES, MOST_PEOPLE = 512 * 1024, 1_500
#: The running meeting is looked up in Zoom's list at most this often.
LIST_SECONDS = 60.0

Text = Annotated[str, msgspec.Meta(max_length=256)]


class ReportedParticipant(msgspec.Struct, omit_defaults=True):
    """One participant, as the SDK names its fields; whatever else there is, is left out."""

    participantUUID: Text = ""
    screenName: Text = ""
    role: Text = ""
    room: Literal["", "waiting"] = ""


class ParticipantReport(msgspec.Struct):
    """Everybody who is there now, in the instance that the client names; ``uuid`` is empty where it could not tell."""

    uuid: Text
    participants: Annotated[list[ReportedParticipant], msgspec.Meta(max_length=MOST_PEOPLE)]


@bp.post("/participants/<key>/sighted")
def take(key: str) -> ResponseReturnValue:
    """Keep it for this person's view of this meeting, while it runs."""
    if (request.content_length or 0) > MAX_BODY_BYTES:
        raise TooLarge(f"{request.content_length} bytes")
    instance, who = instance_of(key), user_client().user_id
    meeting = running(instance, LIST_SECONDS).value if instance else None
    if meeting is None:
        raise NotFound
    said = json_body(ParticipantReport)
    rows = [msgspec.to_builtins(row) for row in said.participants]
    services().client_reports.add(who, meeting.id, said.uuid or meeting.uuid, rows)
    return "", 204
