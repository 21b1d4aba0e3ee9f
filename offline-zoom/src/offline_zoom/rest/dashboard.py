"""The dashboard: running and past meetings of the whole account, and their participants."""

from __future__ import annotations

from typing import Any

from flask import request

from offline_zoom.dates import day_of
from offline_zoom.errors import current_world, refuse
from offline_zoom.model import Instance, Join
from offline_zoom.oauth.scopes import admin_only
from offline_zoom.rest.endpoints import (
    EndpointRule,
    check_host,
    current_grant,
    current_user,
    endpoint,
    meeting_number_or_uuid,
)
from offline_zoom.rest.pagination import page
from offline_zoom.rest.past_meetings import count_people
from offline_zoom.rest.reports import requested_range
from offline_zoom.serializers.dashboard import metrics_meeting, metrics_participant

JSON = dict[str, Any]
NOT_ENDED = "Meeting ID is invalid or not end."
NOT_AVAILABLE = "This meeting's details info is not available or ID is not valid."
#: The classic scopes of the dashboard.
DASHBOARD = ("dashboard_meetings:read:admin", "dashboard:read:admin")
PLAN_MESSAGE = "Only available for paid account and enabled Dashboard feature."


@endpoint(
    "GET",
    "/metrics/meetings",
    EndpointRule(
        admin_only("dashboard:read:list_meetings", *DASHBOARD), "Resource-intensive", "business", PLAN_MESSAGE
    ),
)
def list_metrics() -> JSON:
    """The account's meetings in a range of at most one month within the last six."""
    world, me = current_world(), current_user()
    first, last = requested_range()
    tracking = "tracking_fields" in request.args.get("include_fields", "")

    def serialize(instance: Instance) -> JSON:
        meeting = metrics_meeting(instance, world)
        return (
            {**meeting, "tracking_fields": world.meetings[instance.meeting_id].tracking_fields} if tracking else meeting
        )

    found = [
        instance
        for instance in world.instances.values()
        if me
        and world.users[instance.host_id].account_id == me.account_id
        and has_requested_type(instance)
        and first <= day_of(instance.started_at) <= last
    ]
    found.sort(key=lambda instance: instance.started_at)
    frame = page(world, current_grant().user_id, found, "meetings", serialize)
    return {"from": str(first), "to": str(last), **frame}


def has_requested_type(instance: Instance) -> bool:
    """Whether the instance has the requested ``type``: live, past, or past with one attendee."""
    now, kind = current_world().now(), request.args.get("type", "live")
    if kind not in ("past", "pastOne"):
        return instance.live(now)
    ready = instance.ended(now) and (instance.ended_at or 0) + current_world().switches.ready_after <= now
    return ready and (count_people(instance) == 1) == (kind == "pastOne")


@endpoint(
    "GET",
    "/metrics/meetings/<meeting_id>",
    EndpointRule(admin_only("dashboard:read:meeting", *DASHBOARD), "Heavy", "business", PLAN_MESSAGE),
)
def get_metrics(meeting_id: str) -> JSON:
    """One meeting of the account."""
    return {
        **metrics_meeting(requested_instance(meeting_id), current_world()),
        "in_room_participants": 0,
        "has_meeting_summary": False,
    }


@endpoint(
    "GET",
    "/metrics/meetings/<meeting_id>/participants",
    EndpointRule(admin_only("dashboard:read:list_meeting_participants", *DASHBOARD), "Heavy", "business", PLAN_MESSAGE),
)
def list_metrics_participants(meeting_id: str) -> JSON:
    """All attendance rows so far, including people who left."""
    instance, now = requested_instance(meeting_id), current_world().now()
    live = instance.live(now)
    registrant = "registrant_id" in request.args.get("include_fields", "") and not live
    rows = sorted(instance.joined(now), key=lambda join: join.join_at)

    def serialize(join: Join) -> JSON:
        return metrics_participant(join, now, registrant)

    return page(current_world(), current_grant().user_id, rows, "participants", serialize)


def requested_instance(segment: str) -> Instance:
    """The latest instance with the number or UUID in the path and the requested ``type``."""
    world, key = current_world(), meeting_number_or_uuid(segment)
    if key in world.meetings and world.meetings[int(key)].webinar:
        refuse(400, 300, "Can not access webinar info")
    instances = [instance for instance in world.instances.values() if key in (instance.uuid, instance.meeting_id)]
    if instances:
        check_host(instances[0].host_id)
    found = max(filter(has_requested_type, instances), key=lambda instance: instance.started_at, default=None)
    if found is None:
        past = request.args.get("type", "live") in ("past", "pastOne")
        refuse(404, 3001, NOT_ENDED if past and instances else NOT_AVAILABLE)
    return found
