"""The attendance of one meeting: live while the meeting runs, from Zoom's final lists afterwards."""

from __future__ import annotations

from dataclasses import dataclass

from zoomapp.attendance.attendance_table import AttendanceTable
from zoomapp.attendance.current_meeting import known_to_run, running
from zoomapp.attendance.live import NO_RUNNING_MEETING, expect_meeting, live_table
from zoomapp.attendance.past import load_past_meeting, past_attendance
from zoomapp.attendance.sources import AttendanceSources
from zoomapp.meetings.lists import is_live_list_saved
from zoomapp.user_api.page_cache import Loaded
from zoomapp.zoom.meeting_ids import is_number
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
    """The attendance of the meeting with this number or UUID.

    While Zoom lists the running meetings, the app loads what it most likely needs next. A UUID mostly names a past
    meeting: its topic and times, unless the app knows that it runs. A number names the meeting of now: its people.
    """
    calls, expected = sources.cache.calls, None
    if is_number(instance) and not is_live_list_saved(sources.cache):
        expected = expect_meeting(sources, int(instance))
    may_be_over = not is_number(instance) and not known_to_run(sources, instance)
    found = calls.start(lambda: running(sources, instance, LIST_SECONDS))
    past = None
    if may_be_over:
        past = calls.start(lambda: load_past_meeting(sources, instance, lambda: found.result().value is not None))
    meeting = found.result().value
    if meeting:
        table = live_table(sources, meeting, expected)
        # A meeting that was found by its number alone may turn out not to run, even if a client reported it.
        if meeting.uuid or not isinstance(table.error, NO_RUNNING_MEETING):
            return MeetingAttendance(meeting, None, table)
    return MeetingAttendance(None, *past_attendance(sources, instance, past))
