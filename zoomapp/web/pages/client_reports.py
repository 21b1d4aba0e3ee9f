"""The reports of a user's Zoom client of who is in the meeting: saved for that user's page alone."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from zoomapp.attendance.cohosted import COHOSTED, cohosted_report, end_cohosted
from zoomapp.attendance.current_meeting import running
from zoomapp.errors import BadRequest, NotFound, TooLarge
from zoomapp.web.components.attendance import attendance_sources, requested_instance
from zoomapp.web.current_user import services, user_client
from zoomapp.web.middleware.request_json import json_object
from zoomapp.zoom.meeting_ids import instance_of
from zoomapp.zoom.tolerant_reader import JsonObject, Rows, read_rows

bp = Blueprint("sighted", __name__)

#: Enough for a meeting of 1,000 and its waiting room, with names in any script.
MAX_BODY_BYTES, MAX_PEOPLE = 512 * 1024, 1_500
#: A longer name or id is cut.
MAX_TEXT = 256
#: Zoom lists the user's running meetings at most once in this time.
LIST_SECONDS = 60.0


@bp.post("/participants/<key>/sighted")
def take(key: str) -> ResponseReturnValue:
    """Save a report for this user's view of the running meeting."""
    if (request.content_length or 0) > MAX_BODY_BYTES:
        raise TooLarge(f"{request.content_length} bytes")
    sources = attendance_sources(with_viewer=False)
    instance = requested_instance(key)
    meeting = running(sources, instance, LIST_SECONDS).value
    is_hosted = meeting is not None and bool(meeting.host_id)
    cohosted = None if is_hosted else cohosted_report(sources.client_reports, sources.user_id, instance)
    if meeting is None and cohosted is None:
        raise NotFound
    body = json_object()
    uuid, rows = _read(body)
    listed: dict[str, Any] = {"complete": _is_complete(body), "unreadable": rows.unreadable}
    if cohosted and uuid in ("", cohosted.uuid):
        # A report that was on its way when the meeting or the role ended does not open the meeting again.
        if not cohosted.at:
            return "", 204
        sources.client_reports.add(sources.user_id, COHOSTED, cohosted.uuid, rows, **listed)
    elif meeting:
        sources.client_reports.add(sources.user_id, meeting.id, uuid or meeting.uuid, rows, **listed)
    return "", 204


@bp.post("/participants/cohosted")
def take_cohosted() -> ResponseReturnValue:
    """Save the first report of a co-host's client: who is in which meeting. Returns the address of its page.

    ``{uuid, number, topic, participants, room}``. With ``room`` the list is of a breakout room; with ``ended`` the
    client is not in the meeting any more, or not co-host. It is saved for this user's page alone, so it needs no proof
    of the role.
    """
    if (request.content_length or 0) > MAX_BODY_BYTES:
        raise TooLarge(f"{request.content_length} bytes")
    reports, user_id, body = services().client_reports, user_client().user_id, json_object()
    fields = JsonObject(body, "co-host report")
    if fields.flag("ended"):
        end_cohosted(reports, user_id, fields.text("uuid")[:MAX_TEXT])
        return "", 204
    uuid, rows = _read(body)
    number, topic = fields.number("number"), fields.text("topic")[:MAX_TEXT]
    if not uuid or instance_of(str(number)) is None:
        raise BadRequest("a co-host's report has the UUID and the number of the meeting")
    listed: dict[str, Any] = {"complete": _is_complete(body), "unreadable": rows.unreadable}
    reports.add(user_id, COHOSTED, uuid, rows, topic=topic, meeting_number=number, **listed)
    return {"location": url_for("participants.show", key=str(number))}


def _read(body: dict[str, Any]) -> tuple[str, Rows[dict[str, Any]]]:
    """The UUID of the meeting's instance, empty if the client cannot tell, and all participants at this moment.

    Their fields have the names of the Zoom Apps SDK. A row without a name and an id is left out and counted. Raises
    BadRequest for a report without a list of participants, or with too many.
    """
    listed = body.get("participants")
    if not isinstance(listed, list) or len(listed) > MAX_PEOPLE:
        raise BadRequest(f"a report has a list of at most {MAX_PEOPLE} participants")
    rows = read_rows(body, "participants", _read_participant, "client report participant")
    return JsonObject(body, "client report").text("uuid")[:MAX_TEXT], rows


def _is_complete(body: dict[str, Any]) -> bool:
    """Whether a report lists everybody in the meeting, not only those of the client's breakout room."""
    return not JsonObject(body, "client report").flag("room")


def _read_participant(row: JsonObject) -> dict[str, Any] | None:
    texts = {name: row.text(name)[:MAX_TEXT] for name in ("participantUUID", "screenName", "role")}
    if not texts["participantUUID"] and not texts["screenName"]:
        return None
    return {**texts, "room": "waiting" if row.text("room") == "waiting" else ""}
