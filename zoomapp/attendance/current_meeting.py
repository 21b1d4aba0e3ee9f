"""Finds a running meeting by its number or UUID, and says whether the user may read Zoom's dashboard."""

from __future__ import annotations

from dataclasses import replace

from zoomapp.attendance.cohosted import cohosted_meeting
from zoomapp.attendance.hosted_meetings import host_role
from zoomapp.attendance.sources import AttendanceSources
from zoomapp.attendance.webhook_log import MeetingLog
from zoomapp.errors import UpstreamError
from zoomapp.meetings.lists import is_listed_as_live, live_meetings
from zoomapp.user_api.page_cache import Loaded
from zoomapp.zoom.endpoint_types import Endpoint
from zoomapp.zoom.endpoints import LIST_LIVE_PARTICIPANTS
from zoomapp.zoom.meeting_ids import is_number
from zoomapp.zoom.models import Meeting, Page
from zoomapp.zoom.scopes import accepted

#: While webhooks report on the meeting, Zoom's list only gives its topic and its planned times.
WEBHOOK_LIST_SECONDS = 900.0
#: For this long after the last event, Zoom's own list may not have the meeting yet.
LAG_SECONDS = 60.0


def running(sources: AttendanceSources, instance: str, seconds: float) -> Loaded[Meeting]:
    """The meeting of that number or UUID while it runs, if this user may see who is in it.

    Without a value, ``error`` says why Zoom's list could not be loaded; without an error, the meeting is over. Zoom
    lists the user's running meetings at most once in ``seconds``, and less often while webhooks report on the meeting;
    with 0 it lists them now.
    """
    user_id, webhook_log = sources.user_id, sources.webhook_log
    active = next((log for log in webhook_log.running(user_id) if instance in (log.uuid, str(log.number))), None)
    listed = live_meetings(sources.user_client, sources.cache, WEBHOOK_LIST_SECONDS if active and seconds else seconds)
    own = next((meeting for meeting in listed.value or () if instance in (str(meeting.id), meeting.uuid)), None)
    if own and active and _is_newer(active, listed):
        # The meeting was started again since: it has the same number and another UUID.
        own = replace(own, uuid=active.uuid)
    log = webhook_log.find(user_id, own.uuid if own else instance)
    if own:
        return Loaded(own if log is None or log.ended_at is None else None, listed.at)
    if log:
        still_running = log == active and _is_newer(log, listed)
        meeting = Meeting(log.number, log.uuid, log.topic, host_id=user_id) if still_running else None
        return Loaded(meeting, listed.at)
    cohosted = cohosted_meeting(sources.client_reports, user_id, instance, sources.now.timestamp())
    if cohosted:
        return Loaded(cohosted, listed.at)
    if is_number(instance) and (may_read_dashboard(sources) or _is_alternative_host(sources, int(instance))):
        # It may be a colleague's meeting, and this user may see the whole account or stands in for the host.
        return Loaded(Meeting(int(instance), topic="A meeting of your account"), listed.at)
    return Loaded(None, listed.at, listed.error, listed.last_seen_at)


def known_to_run(sources: AttendanceSources, uuid: str) -> bool:
    """Whether webhooks or the last list of Zoom say that this meeting runs. Does not call Zoom."""
    reported = any(log.uuid == uuid for log in sources.webhook_log.running(sources.user_id))
    return reported or is_listed_as_live(sources.cache, uuid)


def may_read_dashboard(sources: AttendanceSources) -> bool:
    """Whether the user's grant has the scope of the dashboard."""
    return may_read(sources, LIST_LIVE_PARTICIPANTS)


def may_read(sources: AttendanceSources, endpoint: Endpoint) -> bool:
    """Whether the user's grant has the scope of this endpoint. If the grant names no scopes, Zoom decides."""
    granted = sources.user_client.scopes()
    return not granted or bool(granted & accepted(endpoint))


def _is_alternative_host(sources: AttendanceSources, number: int) -> bool:
    """Whether the user may see a colleague's meeting with the account's credentials."""
    try:
        return host_role(sources, number) == "alternative host"
    except UpstreamError:
        return False


def _is_newer(log: MeetingLog, listed: Loaded[Page[Meeting]]) -> bool:
    """Whether the meeting is too new for Zoom's list, or there is no list."""
    return listed.value is None or listed.at.timestamp() < log.heard_at + LAG_SECONDS
