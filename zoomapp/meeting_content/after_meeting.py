"""The summary and the recording of a meeting that has just ended: whether they are there, or will come."""

from __future__ import annotations

from collections.abc import Callable

from zoomapp.attendance.current_meeting import may_read
from zoomapp.attendance.just_ended import Content, ContentState
from zoomapp.attendance.past import PendingMeeting
from zoomapp.attendance.sources import AttendanceSources
from zoomapp.meeting_content.loading import load_summary
from zoomapp.meetings.lists import meeting_details
from zoomapp.user_api.page_cache import Loaded
from zoomapp.zoom.endpoints import LIST_RECORDINGS, READ_SUMMARY
from zoomapp.zoom.models import Page, PastMeeting
from zoomapp.zoom.recordings import Recording

#: A summary that is not there after this time does not come any more.
SUMMARY_SECONDS = 1800.0


def content_after(
    sources: AttendanceSources,
    meeting: PastMeeting,
    seconds_ago: float,
    latest_recordings: Callable[[], Loaded[Page[Recording]]],
) -> Content:
    """The content of a meeting that its host reads, ``seconds_ago`` after its end.

    Only what the meeting's settings start by themselves is said to come. The rest is named once it is there.
    """
    calls = sources.cache.calls
    summary = recordings = None
    if may_read(sources, READ_SUMMARY):
        summary = calls.start(lambda: load_summary(sources, PendingMeeting(meeting.uuid, lambda: meeting)))
    if may_read(sources, LIST_RECORDINGS):
        recordings = calls.start(latest_recordings)
    details = meeting_details(sources.user_client, sources.cache, meeting.id).value if meeting.id else None
    settings = details.settings if details else {}
    is_encrypted = settings.get("encryption_type") == "e2ee"
    writes = settings.get("auto_start_meeting_summary") is True and not is_encrypted and seconds_ago < SUMMARY_SECONDS
    records = settings.get("auto_recording") == "cloud" and not is_encrypted
    return Content(
        _state(summary.result().value is not None, writes) if summary else "",
        _state(_has_recording(recordings.result(), meeting.uuid), records) if recordings else "",
    )


def _has_recording(recordings: Loaded[Page[Recording]], uuid: str) -> bool:
    """Whether Zoom has finished every file of this meeting's recording."""
    files = [file for row in recordings.value or () if row.uuid == uuid for file in row.files]
    return bool(files) and all(file.ready for file in files)


def _state(is_there: bool, will_come: bool) -> ContentState:
    return "done" if is_there else "coming" if will_come else ""
