"""Registrants of a meeting: list, add, approve, deny, cancel; and the questions of the registration form."""

from __future__ import annotations

import re
from typing import Any

from flask import request

from offline_zoom.dates import iso
from offline_zoom.errors import ZoomError, current_world, refuse
from offline_zoom.model import SCHEDULED, Meeting, Registrant
from offline_zoom.oauth.scopes import user_and_admin
from offline_zoom.rate_limits import MAX_ADDITIONS, MAX_STATUS_CHANGES, RateLimitExceeded
from offline_zoom.registration import ACTIONS, find_registrant, new_registrant
from offline_zoom.rest.endpoints import EndpointRule, current_grant, current_user, endpoint, raise_rate_limit
from offline_zoom.rest.meeting_validation import json_body
from offline_zoom.rest.meetings import requested_meeting, requested_occurrence
from offline_zoom.rest.pagination import page
from offline_zoom.serializers.registrants import personal_link, registrant_json
from offline_zoom.webhooks.registration_events import registration_event

JSON = dict[str, Any]
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
MAX_AT_ONCE, MAX_REGISTRANTS = 30, 4999
STATUSES = ("pending", "approved", "denied")
NOT_ENABLED = "Registration has not been enabled for this meeting: {number}."
NO_HOSTING = "Your user account is not allowed meeting hosting and scheduling capabilities."


@endpoint(
    "GET",
    "/meetings/<meeting_id>/registrants",
    EndpointRule(user_and_admin("meeting:read:list_registrants", "meeting:read"), "Medium", "pro"),
)
def list_registrants(meeting_id: str) -> JSON:
    """The registrants with one ``status``, by default the approved ones. A webinar is code 300 here."""
    world = current_world()
    try:
        meeting = requested_meeting(meeting_id)
    except ZoomError as error:
        if error.body["code"] == 3000:
            error.body["code"] = 300
        raise
    check_registration(meeting, 300)
    status, occurrence_id = request.args.get("status") or "approved", requested_occurrence_id(meeting)
    if status not in STATUSES:
        refuse(400, 300, "Validation Failed.", [{"field": "status", "message": "Invalid field."}])
    people = [person for person in meeting.registrants if person.status == status and person.comes_to(occurrence_id)]
    return page(
        world,
        current_grant().user_id,
        people,
        "registrants",
        lambda person: registrant_json(person, meeting, world),
        numbered=True,
    )


@endpoint(
    "POST",
    "/meetings/<meeting_id>/registrants",
    EndpointRule(user_and_admin("meeting:write:registrant", "meeting:write"), "Light", "pro"),
)
def add_registrant(meeting_id: str) -> tuple[JSON, int]:
    """Add one person. An unknown meeting is code 1001 here. A person who is registered already stays as they are."""
    world = current_world()
    try:
        meeting = requested_meeting(meeting_id)
    except ZoomError as error:
        if error.body["code"] == 3001:
            error.body["code"] = 1001
        raise
    check_registration(meeting, 3000)
    body = json_body()
    check_people([body])
    chosen = [date for date in request.args.get("occurrence_ids", "").split(",") if date]
    if set(chosen) - {date.id for date in meeting.occurrences}:
        refuse(400, 3000, "Invalid occurrence_ids.")
    count_calls(meeting, [body["email"]], MAX_ADDITIONS)
    with world.lock:
        person, is_new = register(meeting, body, approve=body.get("auto_approve") is True)
        person.occurrence_ids = chosen or person.occurrence_ids
    announce_new([person] if is_new else [], meeting)
    answer: JSON = {
        "id": meeting.id,
        "registrant_id": person.id,
        "topic": meeting.topic,
        "start_time": iso(meeting.start_at) if meeting.start_at is not None else "",
        "join_url": personal_link(person, meeting, world) if person.status == "approved" else "",
    }
    dates = [date for date in meeting.occurrences if date.id in person.occurrence_ids]
    if dates:
        answer["occurrences"] = [
            {
                "occurrence_id": date.id,
                "start_time": iso(date.current_start_at),
                "duration": date.duration_minutes,
                "status": "deleted" if date.deleted else "available",
            }
            for date in dates
        ]
    return answer, 201


@endpoint(
    "POST",
    "/meetings/<meeting_id>/batch_registrants",
    EndpointRule(user_and_admin("meeting:write:batch_registrants", "meeting:write"), "Heavy", "pro"),
)
def add_registrants(meeting_id: str) -> tuple[JSON, int]:
    """Add up to thirty people to a scheduled meeting that does not repeat."""
    world, meeting = current_world(), requested_meeting(meeting_id)
    if meeting.type != SCHEDULED:
        refuse(400, 303, "Batch registration is only for scheduled meetings.")
    check_registration(meeting, 404)
    if meeting.start_at is not None and meeting.start_at + meeting.duration_minutes * 60 <= world.now():
        refuse(400, 3038, "Meeting is over, you can not register now.")
    body = json_body()
    rows: Any = body.get("registrants")
    check_people(rows)
    count_calls(meeting, [row["email"] for row in rows], MAX_ADDITIONS)
    with world.lock:
        people = [register(meeting, row, approve=body.get("auto_approve") is True) for row in rows]
    announce_new([person for person, is_new in people if is_new], meeting)
    return {
        "registrants": [
            {
                "email": person.email,
                "registrant_id": person.id,
                "join_url": personal_link(person, meeting, world) if person.status == "approved" else "",
            }
            for person, _ in people
        ]
    }, 201


@endpoint(
    "PUT",
    "/meetings/<meeting_id>/registrants/status",
    EndpointRule(user_and_admin("meeting:update:registrant_status", "meeting:write"), "Medium", "pro"),
)
def update_status(meeting_id: str) -> tuple[str, int]:
    """Approve, deny or cancel up to thirty registrants."""
    world, meeting = current_world(), requested_meeting(meeting_id)
    check_registration(meeting, 3000)
    requested_occurrence_id(meeting)
    body = json_body()
    action, rows = body.get("action"), body.get("registrants") or []
    valid = isinstance(rows, list) and len(rows) <= MAX_AT_ONCE and all(isinstance(row, dict) for row in rows)
    if action not in ACTIONS or not valid:
        refuse(400, 300, "Validation Failed.", [{"field": "action", "message": "Invalid field."}])
    people = [person for row in rows if (person := find_registrant(meeting, row))]
    if len(people) < len(rows):
        refuse(400, 3000, "Registrant not found.")
    count_calls(meeting, [person.email for person in people], MAX_STATUS_CHANGES)
    changed = [person for person in people if person.status != ACTIONS[action]]
    with world.lock:
        for person in changed:
            person.status = ACTIONS[action]
        save(meeting)
    for person in changed:
        name = f"meeting.registration_{person.status}"
        world.announce(registration_event(name, world.now(), meeting, person, world, current_user()))
    return "", 204


@endpoint(
    "GET",
    "/meetings/<meeting_id>/registrants/questions",
    EndpointRule(user_and_admin("meeting:read:list_registration_questions", "meeting:read"), "Light", "pro"),
)
def list_questions(meeting_id: str) -> JSON:
    """The questions of the registration form."""
    meeting = requested_meeting(meeting_id)
    return {"questions": [], "custom_questions": [], **meeting.registration_questions}


def check_registration(meeting: Meeting, code: int) -> None:
    """Check that people register for the meeting, and that its host may let them. Raises ZoomError."""
    if current_world().users[meeting.host_id].type == 99:
        refuse(400, 3161, NO_HOSTING)
    if not meeting.has_registration:
        refuse(400, code, NOT_ENABLED.format(number=meeting.id))


def requested_occurrence_id(meeting: Meeting) -> str:
    """The ``occurrence_id`` of the request; empty without one. Raises ZoomError for one that the meeting lacks."""
    date = requested_occurrence(meeting)
    return date.id if date else ""


def check_people(rows: Any) -> None:
    """Check the people to add: each with an email address and a first name. Raises ZoomError."""
    if not isinstance(rows, list) or not 0 < len(rows) <= MAX_AT_ONCE or not all(isinstance(row, dict) for row in rows):
        refuse(400, 300, "Validation Failed.", [{"field": "registrants", "message": "Invalid field."}])
    for row in rows:
        email, first_name, last_name = (row.get(name) for name in ("email", "first_name", "last_name"))
        if not isinstance(email, str) or not EMAIL.fullmatch(email) or len(email) > 128:
            refuse(400, 300, "Validation Failed.", [{"field": "email", "message": "Invalid field."}])
        if not isinstance(first_name, str) or not 0 < len(first_name) <= 64:
            refuse(400, 300, "Validation Failed.", [{"field": "first_name", "message": "Invalid field."}])
        if last_name is not None and not (isinstance(last_name, str) and len(last_name) <= 64):
            refuse(400, 300, "Validation Failed.", [{"field": "last_name", "message": "Invalid field."}])


def register(meeting: Meeting, row: JSON, *, approve: bool) -> tuple[Registrant, bool]:
    """The person of a request, and whether they are new. Cancelled people register again."""
    found = find_registrant(meeting, {"email": row["email"]})
    if found and found.status != "cancelled":
        return found, False
    if len(meeting.registrants) >= MAX_REGISTRANTS:
        refuse(400, 3043, "Meeting has reached maximum attendee capacity.")
    if found:
        meeting.registrants.remove(found)
    person = new_registrant(meeting, row, current_world().now(), approve=approve)
    meeting.registrants.append(person)
    save(meeting)
    return person, True


def announce_new(people: list[Registrant], meeting: Meeting) -> None:
    """Announce new registrants, and the approval of those who need none."""
    world = current_world()
    for person in people:
        world.announce(registration_event("meeting.registration_created", world.now(), meeting, person, world))
        if person.status == "approved":
            name = "meeting.registration_approved"
            world.announce(registration_event(name, world.now(), meeting, person, world, current_user()))


def count_calls(meeting: Meeting, emails: list[str], limit: int) -> None:
    """Count a call for each registrant. Raises ZoomError if one of them is over the limit of the day."""
    try:
        for email in emails:
            current_world().limits.take_registration(meeting.id, email, limit)
    except RateLimitExceeded as error:
        raise_rate_limit(error)


def save(meeting: Meeting) -> None:
    """Save the changed registrants."""
    meeting.edited = True
    current_world().save()
