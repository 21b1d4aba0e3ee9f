"""The dashboard: running and past meetings of the whole account, and who is in them."""

from __future__ import annotations

from typing import Any

from flask import request

from offline_zoom.dates import day_of, month_before, parse_day
from offline_zoom.errors import current_world, refuse
from offline_zoom.model import Instance, Join
from offline_zoom.oauth import scopes
from offline_zoom.rest.endpoints import (
    EndpointRule,
    check_host,
    current_grant,
    current_user,
    endpoint,
    meeting_number_or_uuid,
)
from offline_zoom.rest.pagination import page
from offline_zoom.rest.past_meetings import people
from offline_zoom.serializers.dashboard import metrics_meeting, metrics_participant

JSON = dict[str, Any]
NOT_ENDED = "Meeting ID is invalid or not end."
GONE = "This meeting's details info is not available or ID is not valid."
PLAN = "Only available for paid account and enabled Dashboard feature."


@endpoint("GET", "/metrics/meetings", EndpointRule(scopes.LIST_METRICS, "Resource-intensive", "business", PLAN))
def list_metrics() -> JSON:
    """The account's meetings of one month at most, within half a year."""
    world, me = current_world(), current_user()
    first, last = span()
    tracking = "tracking_fields" in request.args.get("include_fields", "")

    def shape(one: Instance) -> JSON:
        told = metrics_meeting(one, world)
        return {**told, "tracking_fields": world.meetings[one.meeting_id].tracking_fields} if tracking else told

    found = [
        one
        for one in world.instances.values()
        if me
        and world.users[one.host_id].account_id == me.account_id
        and of_kind(one)
        and first <= str(day_of(one.started_at)) <= last
    ]
    found.sort(key=lambda one: one.started_at)
    frame = page(world, current_grant().user_id, found, "meetings", shape)
    return {"from": first, "to": last, **frame}


def span() -> tuple[str, str]:
    """``from`` and ``to``. Refuses a missing one and a span the dashboard does not keep."""
    first, last = parse_day(request.args.get("from", "")), parse_day(request.args.get("to", ""))
    if first is None or last is None:
        wrong = "from" if first is None else "to"
        refuse(400, 300, "Validation Failed.", [{"field": wrong, "message": "Invalid field."}])
    oldest = day_of(current_world().now())
    for _ in range(6):
        oldest = month_before(oldest)
    if first > last or first < month_before(last) or first < oldest:
        refuse(400, 300, "The date range may span one month, within the last six months.")
    return str(first), str(last)


def of_kind(instance: Instance) -> bool:
    """Whether it is live, past, or past with one attendee, as ``type`` asks."""
    now, kind = current_world().now(), request.args.get("type", "live")
    if kind not in ("past", "pastOne"):
        return instance.live(now)
    ready = instance.ended(now) and (instance.ended_at or 0) + current_world().switches.ready_after <= now
    return ready and (people(instance) == 1) == (kind == "pastOne")


@endpoint("GET", "/metrics/meetings/<meeting_id>", EndpointRule(scopes.READ_METRICS, "Heavy", "business", PLAN))
def get_metrics(meeting_id: str) -> JSON:
    """One meeting of the account."""
    return {
        **metrics_meeting(asked(meeting_id), current_world()),
        "in_room_participants": 0,
        "has_meeting_summary": False,
    }


@endpoint(
    "GET",
    "/metrics/meetings/<meeting_id>/participants",
    EndpointRule(scopes.METRICS_PARTICIPANTS, "Heavy", "business", PLAN),
)
def list_metrics_participants(meeting_id: str) -> JSON:
    """Everybody who joined so far, those who left included."""
    instance, now = asked(meeting_id), current_world().now()
    live = instance.live(now)
    registrant = "registrant_id" in request.args.get("include_fields", "") and not live
    came = sorted(instance.joined(now), key=lambda join: join.join_at)

    def shape(join: Join) -> JSON:
        return metrics_participant(join, now, registrant)

    return page(current_world(), current_grant().user_id, came, "participants", shape)


def asked(segment: str) -> Instance:
    """The latest meeting of the path's number or UUID that is of the kind asked for."""
    world, key = current_world(), meeting_number_or_uuid(segment)
    if key in world.meetings and world.meetings[int(key)].webinar:
        refuse(400, 300, "Can not access webinar info")
    named = [one for one in world.instances.values() if key in (one.uuid, one.meeting_id)]
    if named:
        check_host(named[0].host_id)
    found = max(filter(of_kind, named), key=lambda one: one.started_at, default=None)
    if found is None:
        past = request.args.get("type", "live") in ("past", "pastOne")
        refuse(404, 3001, NOT_ENDED if past and named else GONE)
    return found
