"""Who may see a recording, and who did: its settings, registrants and analytics."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import request

from offline_zoom.dates import day_of, parse_day
from offline_zoom.errors import current_world, refuse
from offline_zoom.model import Recording, RecordingView
from offline_zoom.oauth.scopes import RequiredScopes, user_and_admin
from offline_zoom.rest.endpoints import EndpointRule, current_grant, endpoint
from offline_zoom.rest.pagination import page
from offline_zoom.rest.recordings import requested_recording
from offline_zoom.serializers.recordings import recording_settings, view_json

JSON = dict[str, Any]
ANALYTICS = "cloud_recording:read:recording_analytics"
QUESTIONS = ("last_name", "city", "country", "org", "job_title", "comments")


def analytics_scopes(kind: str) -> RequiredScopes:
    return user_and_admin(f"{ANALYTICS}_{kind}")


@endpoint(
    "GET",
    "/meetings/<meeting_id>/recordings/settings",
    EndpointRule(user_and_admin("cloud_recording:read:recording_settings", "recording:read")),
)
def get_recording_settings(meeting_id: str) -> JSON:
    """How a recording is shared."""
    return recording_settings(requested_recording(meeting_id))


@endpoint(
    "GET",
    "/meetings/<meeting_id>/recordings/registrants",
    EndpointRule(user_and_admin("cloud_recording:read:list_recording_registrants", "recording:read"), "Medium"),
)
def list_recording_registrants(meeting_id: str) -> JSON:
    """Who registered to see a recording on demand, by default those who were approved."""
    status = request.args.get("status", "approved")
    found = [person for person in requested_recording(meeting_id).registrants if person["status"] == status]
    return page(current_world(), current_grant().user_id, found, "registrants", dict, numbered=True)


@endpoint(
    "GET",
    "/meetings/<meeting_id>/recordings/registrants/questions",
    EndpointRule(user_and_admin("cloud_recording:read:registration_questions", "recording:read")),
)
def list_recording_questions(meeting_id: str) -> JSON:
    """What people are asked when they register to see a recording."""
    requested_recording(meeting_id)
    questions = [{"field_name": name, "required": name == "last_name"} for name in QUESTIONS]
    return {"questions": questions, "custom_questions": []}


@endpoint("GET", "/meetings/<meeting_id>/recordings/analytics_summary", EndpointRule(analytics_scopes("summary")))
def get_analytics_summary(meeting_id: str) -> JSON:
    """How often a recording was viewed and downloaded on each day."""
    recording, (first, last) = requested_recording(meeting_id), requested_days()
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return {"from": str(first), "to": str(last), "analytics_summary": [day_json(recording, day) for day in days]}


def day_json(recording: Recording, day: date) -> JSON:
    """The figures of one day."""
    downloads = [view.download for view in recording.views if day_of(view.at) == day]
    return {
        "date": str(day),
        "views_total_count": downloads.count(False),
        "downloads_total_count": downloads.count(True),
    }


@endpoint("GET", "/meetings/<meeting_id>/recordings/analytics_details", EndpointRule(analytics_scopes("details")))
def list_analytics_details(meeting_id: str) -> JSON:
    """Who viewed a recording; with ``type=by_download`` who downloaded it."""
    recording, (first, last) = requested_recording(meeting_id), requested_days()
    download = request.args.get("type") == "by_download"
    found: list[RecordingView] = [
        view for view in recording.views if view.download == download and first <= day_of(view.at) <= last
    ]
    frame = page(current_world(), current_grant().user_id, found, "analytics_details", view_json)
    del frame["page_count"]
    return {"from": str(first), "to": str(last), **frame}


def requested_days() -> tuple[date, date]:
    """``from`` and ``to``, by default the last month. Raises ZoomError for the wrong order or more than a month."""
    today = day_of(current_world().now())
    last = parse_day(request.args.get("to", "")) or today
    first = parse_day(request.args.get("from", "")) or last - timedelta(days=30)
    if not 0 <= (last - first).days <= 31:
        refuse(400, 300, "The date range may span one month.")
    return first, last
