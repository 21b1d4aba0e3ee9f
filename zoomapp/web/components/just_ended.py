"""The meeting of a page that ended within the last hour, with what Zoom still makes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

from zoomapp.attendance.attendance_table import AttendanceTable
from zoomapp.attendance.cohosted import cohosted_report
from zoomapp.attendance.just_ended import JustEnded, just_ended, may_read_final_list
from zoomapp.meeting_content.after_meeting import content_after
from zoomapp.recordings.library import RecordingLibrary
from zoomapp.web.components.attendance import attendance_sources
from zoomapp.web.components.section import Section
from zoomapp.web.current_user import services, user_client
from zoomapp.web.viewer import now
from zoomapp.zoom.models import PastMeeting


def ended_meeting(
    meeting: PastMeeting | None, people: Section[AttendanceTable], *, hides_names: bool
) -> JustEnded | None:
    """The meeting if it ended within the last hour and anybody came. ``people``: everybody in it."""
    if people.value is None or not people.value.people:
        return None
    table = people.value.without_names() if hides_names else people.value
    may_be_host = meeting is not None and not _was_cohosted(meeting)
    may_get_report = may_be_host and may_read_final_list(user_client().scopes())
    ended = just_ended(table, people.at, meeting, now(), may_get_report=may_get_report)
    if ended is None or meeting is None or not may_be_host or not meeting.may_have_content(user_client().user_id):
        return ended
    sources = attendance_sources()
    library = RecordingLibrary(sources.user_client, sources.cache, sources.clock, UTC)
    seconds_ago = (now() - ended.ended_at).total_seconds()
    return replace(ended, content=content_after(sources, meeting, seconds_ago, library.latest))


def _was_cohosted(meeting: PastMeeting) -> bool:
    """Whether the user's client reported this meeting, and Zoom does not say that the user hosts it."""
    user_id = user_client().user_id
    is_host = meeting.host_id == user_id
    return not is_host and cohosted_report(services().client_reports, user_id, meeting.uuid) is not None
