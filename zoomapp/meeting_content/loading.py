"""Loads the summary or the transcript of a past meeting, or says why there is none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from zoomapp.attendance.past import PendingMeeting
from zoomapp.attendance.sources import AttendanceSources
from zoomapp.errors import ContentAbsent, UpstreamError, ZoomRefused
from zoomapp.meeting_content import webvtt
from zoomapp.meeting_content.absence import BY_REASON, WRITING_SECONDS, Absence, absence_of
from zoomapp.meeting_content.transcript import Transcript, transcript_of
from zoomapp.meetings.lists import meeting_details
from zoomapp.recordings.files import check_is_file
from zoomapp.user_api.page_cache import Loaded
from zoomapp.user_api.user_client import UserClient
from zoomapp.zoom.content_encoding import decoded
from zoomapp.zoom.meeting_content import MeetingSummary, read_summary
from zoomapp.zoom.recordings import RecordingFile

#: Eight hours of talk are about one megabyte.
MAX_BYTES = 8 * 1024 * 1024
#: Of a longer transcript no copy is saved: each view downloads it.
MAX_COPY_BYTES = 512 * 1024


def load_summary(sources: AttendanceSources, meeting: PendingMeeting) -> Loaded[MeetingSummary]:
    """The summary. Its error may be ContentAbsent, MissingScope, PlanRequired, ZoomRefused or UpstreamError."""

    def fetch() -> Any:
        body = sources.user_client.meeting_summary(meeting.uuid)
        if read_summary(body).is_empty:
            raise ContentAbsent(Absence.NONE)
        return body

    loaded = sources.cache.load(f"summary {meeting.uuid}", fetch, read_summary)
    if isinstance(loaded.error, ZoomRefused):
        return replace(loaded, error=_explained(loaded.error, sources, meeting))
    return loaded


def load_transcript(sources: AttendanceSources, meeting: PendingMeeting) -> Transcript:
    """The transcript. Raises what ``load_file`` raises."""
    return transcript_of(webvtt.read(load_file(sources, meeting)))


def load_file(sources: AttendanceSources, meeting: PendingMeeting) -> bytes:
    """The file of the transcript, in WebVTT. Raises the errors of ``load_summary``, and FileRefused."""
    cache, name = sources.cache, f"transcript file {meeting.uuid}"
    copy = cache.recent(name, str, cache.view_seconds)
    if copy and copy.value:
        return copy.value.encode()
    try:
        file = _fetch_file(sources.user_client, meeting.uuid)
    except ZoomRefused as refusal:
        raise _explained(refusal, sources, meeting) from refusal
    text = file.decode("utf-8", "ignore")
    if cache.view_seconds and len(file) <= MAX_COPY_BYTES and text.encode() == file:
        cache.remember(name, text, int(cache.view_seconds))
    return file


def is_encrypted(sources: AttendanceSources, number: int) -> bool:
    """Whether the meeting is end-to-end encrypted. False if Zoom does not say."""
    details = meeting_details(sources.user_client, sources.cache, number).value
    return details is not None and details.settings.get("encryption_type") == "e2ee"


def _explained(refusal: ZoomRefused, sources: AttendanceSources, meeting: PendingMeeting) -> ZoomRefused:
    """The refusal, or why there is no content if that is what it means."""
    absence = absence_of(refusal)
    if absence is None:
        return refusal
    return ContentAbsent(_reason_for_none(sources, meeting) if absence is Absence.NONE else absence)


def _reason_for_none(sources: AttendanceSources, pending: PendingMeeting) -> Absence:
    """Why Zoom has nothing: the meeting was encrypted, or it ended a moment ago, or else nothing comes."""
    meeting = pending.details()
    if meeting.id and is_encrypted(sources, meeting.id):
        return Absence.ENCRYPTED
    ended_ago = (sources.now - meeting.end_at).total_seconds() if meeting.end_at else WRITING_SECONDS
    return Absence.WRITING if ended_ago < WRITING_SECONDS else Absence.NONE


def _fetch_file(user_client: UserClient, uuid: str) -> bytes:
    """The whole file. Raises ContentAbsent, FileRefused, ZoomRefused or UpstreamError."""
    found = user_client.transcript(uuid)
    if not found.download_url:
        raise ContentAbsent(BY_REASON.get(found.reason, Absence.NONE))
    answer = user_client.download(found.download_url)
    try:
        check_is_file(answer, RecordingFile("", "TRANSCRIPT", "vtt"))
        body = b""
        for chunk in answer.chunks():
            body += chunk
            if len(body) > MAX_BYTES:
                raise UpstreamError("transcript too large")
    finally:
        answer.close()
    text = decoded(answer.headers.get("Content-Encoding", ""), body, MAX_BYTES)
    if text is None:
        raise UpstreamError("transcript in an unknown encoding")
    return text
