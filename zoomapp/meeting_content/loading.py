"""Loads the summary or the transcript of a past meeting, or says why there is none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from zoomapp.errors import ContentAbsent, UpstreamError, ZoomRefused
from zoomapp.meeting_content import webvtt
from zoomapp.meeting_content.absence import BY_REASON, WRITING_SECONDS, Absence, absence_of
from zoomapp.meeting_content.transcript import Transcript, transcript_of
from zoomapp.recordings.files import check_is_file
from zoomapp.user_api.user_client import UserClient
from zoomapp.zoom.content_encoding import decoded
from zoomapp.zoom.meeting_content import MeetingSummary
from zoomapp.zoom.models import PastMeeting
from zoomapp.zoom.recordings import RecordingFile

Value = TypeVar("Value")

#: Eight hours of talk are about one megabyte.
MAX_BYTES = 8 * 1024 * 1024


def load_summary(user_client: UserClient, meeting: PastMeeting, now: datetime) -> MeetingSummary:
    """The summary. Raises ContentAbsent, MissingScope, PlanRequired, ZoomRefused or UpstreamError."""

    def fetch() -> MeetingSummary:
        summary = user_client.meeting_summary(meeting.uuid)
        if summary.is_empty:
            raise ContentAbsent(Absence.NONE)
        return summary

    return _load(fetch, user_client, meeting, now)


def load_transcript(user_client: UserClient, meeting: PastMeeting, now: datetime) -> Transcript:
    """The transcript. Raises what ``load_file`` raises."""
    return transcript_of(webvtt.read(load_file(user_client, meeting, now)))


def load_file(user_client: UserClient, meeting: PastMeeting, now: datetime) -> bytes:
    """The file of the transcript, in WebVTT. Raises what ``load_summary`` raises, and FileRefused."""

    def fetch() -> bytes:
        found = user_client.transcript(meeting.uuid)
        if not found.download_url:
            raise ContentAbsent(BY_REASON.get(found.reason, Absence.NONE))
        return _download(user_client, found.download_url)

    return _load(fetch, user_client, meeting, now)


def _load(fetch: Callable[[], Value], user_client: UserClient, meeting: PastMeeting, now: datetime) -> Value:
    try:
        return fetch()
    except ZoomRefused as refusal:
        absence = absence_of(refusal)
        if absence is None:
            raise
        if absence is Absence.NONE:
            absence = _reason_for_none(user_client, meeting, now)
        raise ContentAbsent(absence) from refusal


def _reason_for_none(user_client: UserClient, meeting: PastMeeting, now: datetime) -> Absence:
    """Why Zoom has nothing: the meeting was encrypted, or it ended a moment ago, or else nothing comes."""
    if meeting.id and _is_encrypted(user_client, meeting.id):
        return Absence.ENCRYPTED
    ended_ago = (now - meeting.end_at).total_seconds() if meeting.end_at else WRITING_SECONDS
    return Absence.WRITING if ended_ago < WRITING_SECONDS else Absence.NONE


def _is_encrypted(user_client: UserClient, number: int) -> bool:
    """Whether the meeting is end-to-end encrypted. False if Zoom does not say."""
    try:
        return user_client.meeting(number).settings.get("encryption_type") == "e2ee"
    except (ZoomRefused, UpstreamError):
        return False


def _download(user_client: UserClient, address: str) -> bytes:
    """The whole file. Raises FileRefused, NotFound or UpstreamError."""
    answer = user_client.download(address)
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
