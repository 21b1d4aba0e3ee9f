"""The attendance of one meeting: live while the meeting runs, from Zoom's final lists afterwards."""

from __future__ import annotations

from dataclasses import dataclass

from zoomapp.attendance.attendance_table import AttendanceTable
from zoomapp.attendance.current_meeting import running
from zoomapp.attendance.live import live_table
from zoomapp.attendance.past import past_meeting, past_table
from zoomapp.attendance.sources import AttendanceSources
from zoomapp.errors import NotFound
from zoomapp.user_api.page_cache import Loaded
from zoomapp.zoom.models import Meeting, PastMeeting

#: Many windows of one user make Zoom list that user's running meetings only once in this time.
LIST_SECONDS = 15.0


@dataclass(frozen=True)
class MeetingAttendance:
    """A meeting and its people: ``running`` is the meeting if it runs now, else ``past`` if anything is known of it."""

    running: Meeting | None
    past: PastMeeting | None
    table: Loaded[AttendanceTable]

    @property
    def meeting(self) -> Meeting | PastMeeting | None:
        return self.running or self.past

    @property
    def topic(self) -> str:
        return self.meeting.topic if self.meeting else ""


def meeting_attendance(sources: AttendanceSources, instance: str) -> MeetingAttendance:
    """The attendance of the meeting with this number or UUID."""
    meeting = running(sources, instance, LIST_SECONDS).value
    if meeting:
        table = live_table(sources, meeting)
        # A meeting of another host, found by its number alone, may turn out not to run.
        if meeting.uuid or table.value is not None or not isinstance(table.error, NotFound):
            return MeetingAttendance(meeting, None, table)
    past = past_meeting(sources, instance)
    return MeetingAttendance(None, past, past_table(sources, instance, past))
