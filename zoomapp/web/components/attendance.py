"""Attendance on a page: its sources for this request, and its table as a section of the page."""

from __future__ import annotations

from zoomapp import dates
from zoomapp.attendance.attendance_table import AttendanceTable
from zoomapp.attendance.headline import known_headline
from zoomapp.attendance.meeting_attendance import MeetingAttendance, meeting_attendance
from zoomapp.attendance.sources import AttendanceSources, Reader
from zoomapp.errors import NotFound
from zoomapp.user_api.limited_client import CallsEnded
from zoomapp.web.components.notice import LIVE, PAST
from zoomapp.web.components.page_data import page_cache
from zoomapp.web.components.section import Section, section
from zoomapp.web.current_user import is_prefetch, services, user_client
from zoomapp.web.signed_seat import signed_seat
from zoomapp.web.viewer import now, start_viewer, user_records, viewer
from zoomapp.zoom.meeting_ids import instance_of
from zoomapp.zoom.models import PastMeeting

#: An app context that is older does not show that its user still is in the meeting, or its co-host.
SEAT_SECONDS = 120.0


def attendance_sources(*, with_viewer: bool = True) -> AttendanceSources:
    """The sources of attendance for this request's user.

    ``with_viewer``: with profile and preferences, which start to load. Only a lookup of the running meeting does
    without them.
    """
    parts, client = services(), user_client()
    if is_prefetch() and parts.account_client:
        raise CallsEnded("the account's credentials have no limit of calls")
    if with_viewer:
        start_viewer(page_cache().calls)
    return AttendanceSources(
        user_client=client,
        cache=page_cache(),
        records=user_records(),
        webhook_log=parts.webhook_log,
        client_reports=parts.client_reports,
        shared_polls=parts.shared_polls,
        clock=parts.clock,
        now=now(),
        keep_seconds=parts.settings.attendance_days * 86400,
        reader=_reader if with_viewer else Reader,
        account_client=parts.account_client,
        shared_host=_shared_host,
    )


def _shared_host(uuid: str) -> str:
    """The host who shares this meeting's events, if Zoom's client signed a moment ago that the user co-hosts it."""
    seat = signed_seat(SEAT_SECONDS)
    if seat is None or seat.role != "co-host" or not uuid or seat.meeting_uuid != uuid:
        return ""
    return services().shared_meetings.host_of(uuid)


def _reader() -> Reader:
    user = viewer().user
    return Reader(user.account_id, 60.0 * viewer().chosen.late_minutes, user.email)


def requested_instance(key: str) -> str:
    """The meeting number or UUID that a key in an address stands for. Raises NotFound."""
    instance = instance_of(key)
    if instance is None:
        raise NotFound
    return instance


def requested_attendance(key: str) -> tuple[MeetingAttendance, Section[AttendanceTable]]:
    """The attendance that a key in an address stands for, and its table as a section. Raises NotFound."""
    instance = requested_instance(key)
    attendance = meeting_attendance(attendance_sources(), instance)
    return attendance, section(attendance.table, LIVE if attendance.running else PAST)


def meeting_headline(meeting: PastMeeting) -> list[str]:
    """Who came to a past meeting, how long it was, and how many of those who registered came, as far as is counted."""
    counted = known_headline(page_cache(), meeting.uuid)
    parts = [f"{counted.came} came"] if counted.came is not None else []
    if meeting.start_at and meeting.end_at and meeting.end_at > meeting.start_at:
        parts.append(dates.duration((meeting.end_at - meeting.start_at).total_seconds()))
    if counted.registered:
        parts.append(f"{counted.registered_came} of {counted.registered} who registered came")
    return parts
