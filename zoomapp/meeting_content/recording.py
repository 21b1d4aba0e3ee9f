"""Loads the cloud recording of a past meeting, or says why there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from zoomapp.attendance.past import PendingMeeting
from zoomapp.attendance.sources import AttendanceSources
from zoomapp.errors import ContentAbsent, UpstreamError, ZoomRefused
from zoomapp.meeting_content import known_contents
from zoomapp.meeting_content.absence import Absence, absence_of
from zoomapp.meeting_content.loading import is_encrypted
from zoomapp.recordings.library import RecordingList
from zoomapp.user_api.page_cache import Loaded
from zoomapp.zoom.recordings import Recording

#: Zoom processes a recording for at most a day. After this time, what is not there does not come.
PROCESSING_SECONDS = 86400.0
#: Zoom's code for the meeting of another account.
FOREIGN_ACCOUNT = 1010


def load_recording(
    sources: AttendanceSources, meeting: PendingMeeting, load_trash: Callable[[], Loaded[RecordingList]]
) -> Loaded[Recording]:
    """The recording. Its error may be ContentAbsent, MissingScope, PlanRequired, ZoomRefused or UpstreamError.

    ``load_trash``: the user's recordings in the trash, which are loaded only if Zoom has no recording.
    """
    client, cache = sources.user_client, sources.cache
    loaded = cache.load(f"recording {meeting.uuid}", lambda: client.recording_fields(meeting.uuid), _read)
    if loaded.value is not None:
        known_contents.remember(cache, "recording", meeting.uuid, sources.keep_seconds, is_there=True)
    if not isinstance(loaded.error, ZoomRefused):
        return loaded
    absence = Absence.NOT_SHARED if loaded.error.zoom_code == FOREIGN_ACCOUNT else absence_of(loaded.error)
    if absence is Absence.NONE:
        absence = _reason_for_none(sources, meeting, load_trash)
    return replace(loaded, error=ContentAbsent(absence)) if absence else loaded


def _reason_for_none(
    sources: AttendanceSources, pending: PendingMeeting, load_trash: Callable[[], Loaded[RecordingList]]
) -> Absence:
    """Why Zoom has none: it is in the trash, the meeting was encrypted, it is not there yet, or nothing comes."""
    pending_trash = sources.cache.calls.start(load_trash)
    meeting = pending.details()
    if meeting.id and is_encrypted(sources, meeting.id):
        return Absence.ENCRYPTED
    trash = pending_trash.result().value
    if trash and any(recording.uuid == pending.uuid for recording in trash.recordings):
        return Absence.TRASHED
    ended_ago = (sources.now - meeting.end_at).total_seconds() if meeting.end_at else None
    if ended_ago is not None and ended_ago < PROCESSING_SECONDS:
        return Absence.WRITING
    if ended_ago is not None and trash is not None:
        known_contents.remember(sources.cache, "recording", pending.uuid, sources.keep_seconds, is_there=False)
    return Absence.NONE


def _read(body: Any) -> Recording:
    recording = Recording.from_api(body)
    if recording is None:
        raise UpstreamError("response without a recording")
    return recording
