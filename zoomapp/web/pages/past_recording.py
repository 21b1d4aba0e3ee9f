"""The cloud recording of a past meeting: its files, how to play and share it, or why there is none."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from zoomapp.attendance.past import start_past_meeting
from zoomapp.errors import UpstreamError, ZoomRefused
from zoomapp.meeting_content.recording import load_recording
from zoomapp.web.components.attendance import attendance_sources, requested_instance
from zoomapp.web.components.content_notices import WRITING_RETRY_SECONDS, content_notice, waiting_version
from zoomapp.web.components.notice import FILES, Notice
from zoomapp.web.components.section import required, section
from zoomapp.web.pages.participants import view_options
from zoomapp.web.pages.recordings import library
from zoomapp.zoom.recordings import Recording

bp = Blueprint("past_recording", __name__)


@bp.get("/participants/<key>/recording")
def show(key: str) -> ResponseReturnValue:
    """The page. While Zoom processes the recording, it asks for itself again."""
    version = waiting_version()
    if request.if_none_match.contains(version):
        return "", 304
    sources = attendance_sources()
    meeting = start_past_meeting(sources, requested_instance(key))
    recording: Recording | None = None
    try:
        loaded = load_recording(sources, meeting, library().trash)
        recording, notice = required(loaded), section(loaded, FILES).trouble
    except (ZoomRefused, UpstreamError) as error:
        notice = content_notice(error, FILES)
    page = render_template(
        "pages/past_recording.html",
        tab="recording",
        key=key,
        about=meeting.details(),
        names=view_options().get("names"),
        recording=recording,
        notice=notice,
        retry_seconds=WRITING_RETRY_SECONDS,
        version=version if _is_coming(recording, notice) else "",
    )
    return page, notice.status if notice and recording is None else 200


def _is_coming(recording: Recording | None, notice: Notice | None) -> bool:
    """Whether Zoom is still processing the recording."""
    if recording is not None:
        return recording.processing
    return notice is not None and notice.status == 404 and notice.retry_after > 0
