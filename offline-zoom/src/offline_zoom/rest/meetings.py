"""Scheduled meetings: list, read, create, change, delete, end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import unquote

from flask import request

from offline_zoom.dates import DAY_SECONDS, day_start, parse_day, zone
from offline_zoom.errors import current_world, refuse
from offline_zoom.model import FIXED_TIME, INSTANT, NO_FIXED_TIME, Meeting, Occurrence, User
from offline_zoom.oauth.scopes import user_and_admin
from offline_zoom.rate_limits import RateLimitExceeded
from offline_zoom.rest import meeting_changes
from offline_zoom.rest.endpoints import (
    EndpointRule,
    check_host,
    current_grant,
    current_user,
    endpoint,
    meeting_number,
    raise_rate_limit,
    requested_user,
)
from offline_zoom.rest.meeting_validation import json_body, meeting_body
from offline_zoom.rest.pagination import page
from offline_zoom.serializers.meetings import meeting_item, meeting_json, upcoming, upcoming_item
from offline_zoom.serializers.past_meetings import past_json
from offline_zoom.webhooks.schedule_events import created_event, removed_event, updated_event

JSON = dict[str, Any]
Row = tuple[Meeting, float | None]
NO_CONTENT = ("", 204)


@endpoint(
    "GET",
    "/users/<user_id>/meetings",
    EndpointRule(user_and_admin("meeting:read:list_meetings", "meeting:read"), "Medium"),
)
def list_meetings(user_id: str) -> JSON:
    """The user's own meetings of the requested ``type``, without instant ones."""
    world, user = current_world(), requested_user(user_id)
    kind = request.args.get("type", "scheduled")
    if kind == "previous_meetings":
        ended = [
            instance
            for instance in world.instances.values()
            if instance.host_id == user.id and instance.ended(world.now())
        ]
        ended.sort(key=lambda instance: instance.started_at)
        return page(world, current_grant().user_id, ended, "meetings", previous_item, numbered=True)
    begin, end = requested_range()
    rows = [row for row in rows_of(user, kind) if is_within(row[1], begin, end)]
    rows.sort(key=lambda row: (row[1] or 0, row[0].id))
    return page(
        world, current_grant().user_id, rows, "meetings", lambda row: meeting_item(row[0], world, row[1]), numbered=True
    )


def rows_of(user: User, kind: str) -> list[Row]:
    """Meetings with their start. A series has one row in ``scheduled``, one per occurrence in ``upcoming``."""
    world = current_world()
    now = world.now()
    own_meetings = [meeting for meeting in world.meetings.values() if meeting.host_id == user.id and listed(meeting)]
    if kind == "live":
        running = [(meeting, world.live_instance(meeting)) for meeting in own_meetings]
        return [(meeting, instance.started_at) for meeting, instance in running if instance]
    if kind not in ("upcoming", "upcoming_meetings"):
        return [(meeting, meeting.start_at) for meeting in own_meetings]
    rows: list[Row] = []
    for meeting in own_meetings:
        dates = starts_to_come(meeting, now)
        rows += [
            (meeting, at)
            for at in dates
            if at is None or at + meeting.duration_minutes * 60 > now or world.live_instance(meeting)
        ]
    return rows


def starts_to_come(meeting: Meeting, now: float) -> list[float | None]:
    """The starts of the occurrences that are not over; of another meeting its only start."""
    return [date.current_start_at for date in upcoming(meeting, now)] if meeting.occurrences else [meeting.start_at]


def listed(meeting: Meeting) -> bool:
    """Whether lists contain the meeting. Instant, deleted and expired meetings and webinars are left out."""
    return not (meeting.deleted or meeting.webinar or meeting.type == INSTANT or expired(meeting))


def expired(meeting: Meeting) -> bool:
    """Whether the meeting number is expired: 30 days after its last use, a year for a recurring meeting."""
    world = current_world()
    starts = [instance.started_at for instance in world.instances.values() if instance.meeting_id == meeting.id]
    dates = [date.start_at for date in meeting.occurrences]
    last = max([meeting.created_at, meeting.start_at or 0, *starts, *dates])
    return last < world.now() - (365 if meeting.type in (NO_FIXED_TIME, FIXED_TIME) else 30) * DAY_SECONDS


def requested_range() -> tuple[float | None, float | None]:
    """The begin of the day ``from`` and the end of the day ``to``. None for a day that is not requested."""
    where = zone(request.args.get("timezone", "UTC"))
    first, last = parse_day(request.args.get("from", "")), parse_day(request.args.get("to", ""))
    return (
        None if first is None else day_start(first, where),
        None if last is None else day_start(last + timedelta(days=1), where),
    )


def is_within(at: float | None, begin: float | None, end: float | None) -> bool:
    """Whether a start is in the range. One without a time is only in a range without limits."""
    if at is None:
        return begin is None and end is None
    return (begin is None or at >= begin) and (end is None or at < end)


def previous_item(instance: Any) -> JSON:
    """A past instance as a row of the list."""
    world = current_world()
    fields, meeting = past_json(instance, world), world.meetings.get(instance.meeting_id)
    row = {key: fields[key] for key in ("uuid", "id", "host_id", "topic", "type", "start_time", "duration")}
    item = meeting_item(meeting, world) if meeting else {}
    return {
        **row,
        "timezone": instance.timezone,
        **{key: item[key] for key in ("created_at", "join_url") if key in item},
    }


@endpoint(
    "GET",
    "/users/<user_id>/upcoming_meetings",
    EndpointRule(user_and_admin("meeting:read:list_upcoming_meetings", "meeting:read"), "Medium"),
)
def list_upcoming(user_id: str) -> JSON:
    """The meetings of the next 24 hours, including invitations, without UUIDs."""
    world, user = current_world(), requested_user(user_id)
    now = world.now()
    found = []
    for meeting in world.meetings.values():
        invited = {"email": user.email} in meeting.settings.get("meeting_invitees", [])
        if not listed(meeting) or not (meeting.host_id == user.id or invited):
            continue
        dates = starts_to_come(meeting, now)
        found += [
            (at, meeting)
            for at in dates
            if at is not None and now < at + meeting.duration_minutes * 60 and at <= now + DAY_SECONDS
        ]
    found.sort(key=lambda row: row[0])
    rows = [upcoming_item(meeting, world, at, user.id) for at, meeting in found]
    return {"total_records": len(rows), "meetings": rows}


@endpoint("POST", "/users/<user_id>/meetings", EndpointRule(user_and_admin("meeting:write:meeting", "meeting:write")))
def create_meeting(user_id: str) -> tuple[JSON, int]:
    """Create a meeting. At most a hundred a day and host."""
    world, user = current_world(), requested_user(user_id)
    count_creation(user.id)
    body = meeting_body()
    if user.type == 99:
        refuse(400, 3161, "Your user account is not allowed meeting hosting and scheduling capabilities.")
    with world.lock:
        meeting = meeting_changes.create(world, host_for(body, user), body)
        world.save()
    world.announce(created_event(world.now(), meeting, world))
    return meeting_json(meeting, world), 201


def host_for(body: JSON, user: User) -> User:
    """The host: the user, or the user in ``schedule_for``."""
    email_or_id = body.get("schedule_for")
    if not email_or_id:
        return user
    if body.get("type") == INSTANT:
        refuse(400, 3000, "Instant meeting do not support schedule for.")
    people = current_world().users.values()
    found = next(
        (
            person
            for person in people
            if email_or_id in (person.id, person.email) and person.account_id == user.account_id
        ),
        None,
    )
    if found is None:
        refuse(400, 300, "Validation Failed.", [{"field": "schedule_for", "message": "Invalid field."}])
    return found


@endpoint("GET", "/meetings/<meeting_id>", EndpointRule(user_and_admin("meeting:read:meeting", "meeting:read")))
def get_meeting(meeting_id: str) -> JSON:
    """One scheduled meeting, by number."""
    meeting = requested_meeting(meeting_id)
    return requested_fields(meeting, requested_occurrence(meeting))


def requested_fields(meeting: Meeting, date: Occurrence | None) -> JSON:
    """A meeting's JSON, or that of one occurrence."""
    fields = meeting_json(meeting, current_world(), request.args.get("show_previous_occurrences") == "true")
    return meeting_changes.as_occurrence(fields, date) if date else fields


@endpoint("PATCH", "/meetings/<meeting_id>", EndpointRule(user_and_admin("meeting:update:meeting", "meeting:write")))
def update_meeting(meeting_id: str) -> tuple[str, int]:
    """Change a meeting, or one occurrence of it."""
    world = current_world()
    number = meeting_number(meeting_id)
    if number in world.meetings:
        count_creation(world.meetings[number].host_id)
    body = meeting_body(new=False)
    meeting = requested_meeting(meeting_id)
    date = requested_occurrence(meeting)
    if date is None and meeting_changes.lacks_recurrence(world, meeting, body):
        refuse(400, 300, "Validation Failed.", [{"field": "recurrence", "message": "Invalid field."}])
    with world.lock:
        before = requested_fields(meeting, date)
        changes = (
            meeting_changes.change_occurrence(world, meeting, date, body)
            if date
            else meeting_changes.change(world, meeting, body)
        )
        meeting.edited = True
        world.save()
    world.announce(updated_event(world.now(), meeting, date, world, changes, before))
    return NO_CONTENT


@endpoint("DELETE", "/meetings/<meeting_id>", EndpointRule(user_and_admin("meeting:delete:meeting", "meeting:write")))
def delete_meeting(meeting_id: str) -> tuple[str, int]:
    """Delete a meeting, or one occurrence of it."""
    world, meeting = current_world(), requested_meeting(meeting_id)
    date = requested_occurrence(meeting)
    if meeting.personal:
        refuse(400, 3018, "Not allowed to delete PMI.")
    if world.live_instance(meeting):
        refuse(400, 3002, "Sorry, you cannot delete this meeting since it's in progress.")
    with world.lock:
        if date:
            date.deleted = True
        else:
            meeting.deleted = True
        meeting.edited = True
        world.save()
    world.announce(removed_event("meeting.deleted", world.now(), meeting, date, world))
    return NO_CONTENT


@endpoint(
    "PUT", "/meetings/<meeting_id>/status", EndpointRule(user_and_admin("meeting:update:status", "meeting:write"))
)
def update_status(meeting_id: str) -> tuple[str, int]:
    """End a running meeting, or recover a deleted one."""
    world, action = current_world(), json_body().get("action")
    if action not in ("end", "recover"):
        refuse(400, 300, "Validation Failed.", [{"field": "action", "message": "Invalid field."}])
    meeting = requested_meeting(meeting_id, deleted=action == "recover")
    if action == "recover":
        meeting.deleted, meeting.edited = False, True
        world.save()
        world.announce(removed_event("meeting.recovered", world.now(), meeting, None, world))
        return NO_CONTENT
    running = world.live_instance(meeting)
    if running is None:
        refuse(400, 3000, f"Meeting {meeting.id} is not in progress.")
    world.end_meeting(running)
    return NO_CONTENT


def requested_meeting(segment: str, deleted: bool = False) -> Meeting:
    """The meeting with the number in the path, if the token may use it. Raises ZoomError."""
    number = meeting_number(segment)
    meeting = current_world().meetings.get(number) if number else None
    if meeting is None or (meeting.deleted and not deleted) or expired(meeting):
        refuse(404, 3001, f"Meeting does not exist: {unquote(segment)}.")
    me = current_user()
    if me and current_world().users[meeting.host_id].account_id != me.account_id:
        refuse(404, 3001, f"Meeting does not exist: {meeting.id}.")
    check_host(meeting.host_id)
    if meeting.webinar:
        refuse(400, 3000, "Cannot access webinar info.")
    return meeting


def requested_occurrence(meeting: Meeting) -> Occurrence | None:
    """The occurrence of ``occurrence_id``. None without that parameter."""
    occurrence_id = request.args.get("occurrence_id")
    if not occurrence_id:
        return None
    found = next((date for date in meeting.occurrences if date.id == occurrence_id and not date.deleted), None)
    if found is None:
        refuse(400, 3000, "Invalid occurrence_id.")
    return found


def count_creation(host_id: str) -> None:
    try:
        current_world().limits.take_creation(host_id)
    except RateLimitExceeded as error:
        raise_rate_limit(error)
