"""Reports of a whole account, and what people answered and asked in a meeting. For admins only."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import request

from offline_zoom.dates import day_of, month_before, parse_day
from offline_zoom.errors import current_world, refuse
from offline_zoom.model import Instance
from offline_zoom.oauth.scopes import CLASSIC_REPORT, admin_only
from offline_zoom.rest.endpoints import EndpointRule, current_grant, current_user, endpoint, requested_user
from offline_zoom.rest.meeting_content import is_encrypted
from offline_zoom.rest.meetings import listed, starts_to_come
from offline_zoom.rest.pagination import page
from offline_zoom.rest.past_meetings import count_people, requested_past_instance
from offline_zoom.serializers.reports import (
    history_item,
    poll_report,
    question_report,
    survey_report,
    upcoming_event,
    user_report_item,
)

JSON = dict[str, Any]
MONTHS_BACK = 6


def report_rule(granular: str) -> EndpointRule:
    """The rule of a report: an admin scope, the label Heavy and a paid plan."""
    return EndpointRule(admin_only(granular, "report:read:admin"), "Heavy", "pro")


@endpoint(
    "GET",
    "/report/daily",
    EndpointRule(CLASSIC_REPORT, "Heavy", "pro"),
)
def get_daily_report() -> JSON:
    """The account's figures of each day of a month, by default of this month. It has no granular scope."""
    today = day_of(current_world().now())
    year, month = request.args.get("year", today.year, int), request.args.get("month", today.month, int)
    first = parse_day(f"{year:04d}-{month:02d}-01")
    if first is None or not oldest_day() <= first + timedelta(days=31) or first > today:
        refuse(400, 300, "The requested report cannot be generated for this date as it is not within the range.")
    days = [first + timedelta(days=number) for number in range(31)]
    return {"year": year, "month": month, "dates": [daily_figures(day) for day in days if day.month == month]}


def daily_figures(day: date) -> JSON:
    """The figures of one day."""
    world, instances = current_world(), past_instances(day, day)
    joins = [row for instance in instances for row in instance.joins if not row.waiting]
    seconds = sum((row.leave_at or world.now()) - row.join_at for row in joins)
    users = [user for user in world.users.values() if day_of(user.created_at) == day and in_account(user.id)]
    return {
        "date": str(day),
        "new_users": len(users),
        "meetings": len(instances),
        "participants": len(joins),
        "meeting_minutes": round(seconds / 60),
    }


@endpoint("GET", "/report/history_meetings", report_rule("report:read:list_history_meetings"))
def list_history() -> JSON:
    """The account's past meetings of at most one month."""
    world, (first, last) = current_world(), requested_range()
    text = request.args.get("search_key", "").lower()
    found = [
        instance
        for instance in past_instances(first, last)
        if text in (str(instance.meeting_id), "") or text in instance.topic.lower()
    ]
    if request.args.get("meeting_type") == "webinar":
        found = []
    return page(
        world,
        current_grant().user_id,
        found,
        "history_meetings",
        lambda instance: history_item(instance, world),
        counted=False,
    )


@endpoint("GET", "/report/users/<user_id>/meetings", report_rule("report:read:user"))
def list_user_reports(user_id: str) -> JSON:
    """The past meetings of one host with two or more people; with ``type=pastOne`` those of one."""
    world, user, (first, last) = current_world(), requested_user(user_id), requested_range()
    alone = request.args.get("type") == "pastOne"
    found = [
        instance
        for instance in past_instances(first, last)
        if instance.host_id == user.id and (count_people(instance) < 2) == alone
    ]
    frame = page(
        world, current_grant().user_id, found, "meetings", lambda instance: user_report_item(instance, world), True
    )
    return {"from": str(first), "to": str(last), **frame}


@endpoint("GET", "/report/upcoming_events", report_rule("report:read:upcoming_meetings_webinars"))
def list_upcoming_events() -> JSON:
    """The account's planned meetings in a range of at most one month."""
    world, (first, last) = current_world(), requested_range()
    found = [
        (meeting, at)
        for meeting in world.meetings.values()
        if listed(meeting) and in_account(meeting.host_id) and request.args.get("type") != "webinar"
        for at in starts_to_come(meeting, world.now())
        if at is not None and at > world.now() and first <= day_of(at) <= last
    ]
    found.sort(key=lambda row: row[1])
    frame = page(
        world,
        current_grant().user_id,
        found,
        "upcoming_events",
        lambda row: upcoming_event(row[0], row[1], world),
        counted=False,
    )
    return {"from": str(first), "to": str(last), **frame}


@endpoint("GET", "/report/meetings/<meeting_id>/polls", report_rule("report:read:list_meeting_polls"))
def get_poll_report(meeting_id: str) -> JSON:
    """What people answered in the polls of one past meeting."""
    instance = requested_past_instance(meeting_id)
    return poll_report(instance, instance.poll_answers)


@endpoint("GET", "/report/meetings/<meeting_id>/qa", report_rule("report:read:meeting_qna"))
def get_question_report(meeting_id: str) -> JSON:
    """What people asked in the Q&A of one past meeting, and the answers."""
    instance, world = requested_past_instance(meeting_id), current_world()
    empty = world.switches.questions == "missing" or is_encrypted(instance)
    return question_report(instance, [] if empty else instance.questions, world)


@endpoint("GET", "/report/meetings/<meeting_id>/survey", report_rule("report:read:meeting_survey"))
def get_survey_report(meeting_id: str) -> JSON:
    """What people answered in the survey after one past meeting."""
    instance, world = requested_past_instance(meeting_id), current_world()
    meeting = world.meetings.get(instance.meeting_id)
    if meeting is None or meeting.survey is None:
        refuse(404, 3001, f"Meeting {meeting_id} not found or has expired.")
    return survey_report(instance, meeting.survey, instance.survey_answers)


def requested_range() -> tuple[date, date]:
    """``from`` and ``to``. Raises ZoomError for a missing date, or a range of more than a month or too long ago."""
    first, last = parse_day(request.args.get("from", "")), parse_day(request.args.get("to", ""))
    if first is None or last is None:
        field = "from" if first is None else "to"
        refuse(400, 300, "Validation Failed.", [{"field": field, "message": "Invalid field."}])
    if first > last or first < month_before(last) or first < oldest_day():
        refuse(400, 300, "The date range may span one month, within the last six months.")
    return first, last


def oldest_day() -> date:
    """The first day that reports reach back to."""
    oldest = day_of(current_world().now())
    for _ in range(MONTHS_BACK):
        oldest = month_before(oldest)
    return oldest


def past_instances(first: date, last: date) -> list[Instance]:
    """The account's meetings that started in this range and have ended, the earliest first."""
    world = current_world()
    found = [
        instance
        for instance in world.instances.values()
        if in_account(instance.host_id) and instance.ended(world.now()) and first <= day_of(instance.started_at) <= last
    ]
    return sorted(found, key=lambda instance: instance.started_at)


def in_account(user_id: str) -> bool:
    """Whether the user is in the caller's account."""
    me = current_user()
    return me is not None and current_world().users[user_id].account_id == me.account_id
