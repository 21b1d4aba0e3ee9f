"""Past meetings and their participants: for the host, and as reports for admins."""

from __future__ import annotations

from typing import Any

from flask import request

from offline_zoom.dates import DAY_SECONDS, iso
from offline_zoom.errors import current_world, refuse
from offline_zoom.model import Instance, Join
from offline_zoom.oauth.scopes import admin_only, user_and_admin
from offline_zoom.rest.endpoints import (
    EndpointRule,
    check_host,
    current_grant,
    endpoint,
    meeting_number,
    meeting_number_or_uuid,
)
from offline_zoom.rest.pagination import page
from offline_zoom.serializers.past_meetings import past_json, past_participant, report_json, report_participant

JSON = dict[str, Any]


@endpoint(
    "GET", "/past_meetings/<meeting_id>", EndpointRule(user_and_admin("meeting:read:past_meeting", "meeting:read"))
)
def get_past_meeting(meeting_id: str) -> JSON:
    """One past meeting by UUID, or the latest of a meeting number."""
    return past_json(requested_past_instance(meeting_id), current_world())


@endpoint(
    "GET",
    "/past_meetings/<meeting_id>/participants",
    EndpointRule(user_and_admin("meeting:read:list_past_participants", "meeting:read"), "Medium", "pro"),
)
def list_past_participants(meeting_id: str) -> JSON:
    """All attendance rows. None when only one person was there."""
    instance = requested_past_instance(meeting_id)
    until = instance.ended_at or 0.0
    return page(
        current_world(),
        current_grant().user_id,
        attendance_rows(instance),
        "participants",
        lambda join: past_participant(join, until),
    )


@endpoint(
    "GET",
    "/past_meetings/<meeting_id>/instances",
    EndpointRule(user_and_admin("meeting:read:list_past_instances", "meeting:read"), "Medium"),
)
def list_instances(meeting_id: str) -> JSON:
    """All past instances of a meeting number."""
    number, now = meeting_number(meeting_id), current_world().now()
    if number not in current_world().meetings:
        refuse(404, 3001, f"Meeting does not exist: {meeting_id}.")
    check_host(current_world().meetings[number].host_id)
    instances = [
        candidate
        for candidate in current_world().instances.values()
        if candidate.meeting_id == number and candidate.ended(now)
    ]
    instances.sort(key=lambda candidate: candidate.started_at)
    return {"meetings": [{"uuid": candidate.uuid, "start_time": iso(candidate.started_at)} for candidate in instances]}


@endpoint(
    "GET",
    "/report/meetings/<meeting_id>",
    EndpointRule(admin_only("report:read:meeting", "report:read:admin"), "Heavy", "pro"),
)
def get_report(meeting_id: str) -> JSON:
    """The report of one past meeting, for an admin."""
    return report_json(requested_past_instance(meeting_id), current_world())


@endpoint(
    "GET",
    "/report/meetings/<meeting_id>/participants",
    EndpointRule(admin_only("report:read:list_meeting_participants", "report:read:admin"), "Heavy", "pro"),
)
def list_report_participants(meeting_id: str) -> JSON:
    """All attendance rows of one past meeting, for an admin."""
    instance = requested_past_instance(meeting_id)
    until, registrant = instance.ended_at or 0.0, "registrant_id" in request.args.get("include_fields", "")
    return page(
        current_world(),
        current_grant().user_id,
        attendance_rows(instance),
        "participants",
        lambda join: report_participant(join, until, registrant),
    )


def requested_past_instance(segment: str, max_days: int = 365) -> Instance:
    """The past meeting in a path. Raises ZoomError if it runs, is not ready, or is too old."""
    world, key = current_world(), meeting_number_or_uuid(segment)
    now = world.now()
    candidates = [candidate for candidate in world.instances.values() if key in (candidate.uuid, candidate.meeting_id)]
    past = [candidate for candidate in candidates if candidate.ended(now)]
    if not candidates and key not in world.meetings:
        refuse(404, 3001, "This meeting is not available or ID is not valid.")
    check_host(candidates[0].host_id if candidates else world.meetings[int(key or 0)].host_id)
    latest = max(past, key=lambda candidate: candidate.started_at, default=None)
    if latest is None or (latest.ended_at or 0) + world.switches.ready_after > now:
        refuse(404, 3001, "Meeting ID is invalid or not end.")
    if latest.started_at < now - max_days * DAY_SECONDS:
        refuse(400, 12702, "Can not access a meeting a year ago.")
    return latest


def attendance_rows(instance: Instance) -> list[Join]:
    """The attendance rows by time. None when only one person was there."""
    return sorted(instance.joins, key=lambda join: join.join_at) if count_people(instance) > 1 else []


def count_people(instance: Instance) -> int:
    """The number of different people in the meeting."""
    return len({join.person_id or join.participant_uuid for join in instance.joins if not join.waiting})
