"""Polls of a meeting, and the poll results and the Q&A of a past meeting."""

from __future__ import annotations

from typing import Any

from offline_zoom.errors import ZoomError, current_world, refuse
from offline_zoom.model import Poll
from offline_zoom.oauth.scopes import user_and_admin
from offline_zoom.rest.endpoints import EndpointRule, check_host, endpoint, meeting_number
from offline_zoom.rest.meeting_content import SUMMARY_REFUSALS, is_encrypted
from offline_zoom.rest.past_meetings import requested_past_instance
from offline_zoom.serializers.polls import poll_json, statements_json

JSON = dict[str, Any]
#: fifteen months
QUESTION_DAYS = 456


@endpoint(
    "GET",
    "/meetings/<meeting_id>/polls",
    EndpointRule(user_and_admin("meeting:read:list_polls", "meeting:read"), "Light", "pro"),
)
def list_polls(meeting_id: str) -> JSON:
    """The polls of a scheduled meeting, without answers. The path takes no UUID."""
    polls = [poll_json(poll) for poll in requested_polls(meeting_id)]
    return {"total_records": len(polls), "polls": polls}


@endpoint(
    "GET",
    "/meetings/<meeting_id>/polls/<poll_id>",
    EndpointRule(user_and_admin("meeting:read:poll", "meeting:read"), "Light", "pro"),
)
def get_poll(meeting_id: str, poll_id: str) -> JSON:
    """One poll of a scheduled meeting."""
    found = next((poll for poll in requested_polls(meeting_id) if poll.id == poll_id), None)
    if found is None:
        refuse(404, 404, "Meeting poll not found")
    return poll_json(found)


def requested_polls(meeting_id: str) -> list[Poll]:
    """The polls of the meeting in the path. Raises ZoomError."""
    world, number = current_world(), meeting_number(meeting_id)
    meeting = world.meetings.get(number or 0)
    if meeting is None or meeting.deleted:
        refuse(404, 404, "Meeting not found.")
    check_host(meeting.host_id)
    if world.switches.polls == "off":
        refuse(400, 4400, "Meeting polls disabled. To enable this feature, enable the Meeting Polls setting.")
    return [] if world.switches.polls == "deleted" else meeting.polls


@endpoint(
    "GET",
    "/past_meetings/<meeting_id>/polls",
    EndpointRule(user_and_admin("meeting:read:list_poll_results", "meeting:read"), "Medium", "pro"),
)
def list_poll_results(meeting_id: str) -> JSON:
    """What each person answered in the polls of one past meeting."""
    state = current_world().switches.polls
    if state == "not-shared":
        refuse(*SUMMARY_REFUSALS["not-shared"])
    instance = requested_past_instance(meeting_id)
    empty = state in ("missing", "off") or is_encrypted(instance)
    return statements_json(instance, [] if empty else instance.poll_answers)


@endpoint(
    "GET",
    "/past_meetings/<meeting_id>/qa",
    EndpointRule(user_and_admin("meeting:read:past_qa", "meeting:read"), "Medium"),
)
def list_questions(meeting_id: str) -> JSON:
    """What each person asked in the Q&A of one past meeting. A host of another account is a 401."""
    state = current_world().switches.questions
    if state == "not-shared":
        refuse(*SUMMARY_REFUSALS["not-shared"])
    try:
        instance = requested_past_instance(meeting_id, QUESTION_DAYS)
    except ZoomError as error:
        if error.body["code"] == 1010:
            error.status = 401
        raise
    empty = state == "missing" or is_encrypted(instance)
    return statements_json(instance, [] if empty else instance.questions)
