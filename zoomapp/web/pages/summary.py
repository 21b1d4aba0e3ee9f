"""The AI Companion summary and the transcript of a past meeting: a page, and both as files."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from zoomapp import csv_export, dates
from zoomapp.attendance.past import PendingMeeting, past_attendance, start_past_meeting
from zoomapp.attendance.sources import AttendanceSources
from zoomapp.errors import ContentAbsent, UpstreamError, ZoomRefused
from zoomapp.meeting_content import markdown
from zoomapp.meeting_content.absence import Absence
from zoomapp.meeting_content.digest import digest, to_markdown, with_owners
from zoomapp.meeting_content.loading import load_file, load_summary, load_transcript
from zoomapp.meeting_content.transcript import elapsed, highlighted, to_text, view
from zoomapp.web.components.attendance import attendance_sources, requested_instance
from zoomapp.web.components.content_notices import content_notice, waiting_version
from zoomapp.web.components.notice import SUMMARY, TRANSCRIPT, Notice, Permission
from zoomapp.web.components.prefetch import after_past_meeting
from zoomapp.web.components.section import required, section
from zoomapp.web.errors import prefers_html
from zoomapp.web.pages.participants import view_options
from zoomapp.web.viewer import viewer
from zoomapp.zoom.models import PastMeeting

bp = Blueprint("summary", __name__)

MAX_QUERY_CHARS = 200
#: No meeting is longer.
MAX_AT_SECONDS = 30 * 3600
#: A longer summary has no button that copies it: it would double the page.
MAX_COPY_CHARS = 20_000


@bp.get("/participants/<key>/summary")
def show(key: str) -> ResponseReturnValue:
    """The page: the summary, or with ``?view=transcript`` the transcript."""
    version = waiting_version()
    if request.if_none_match.contains(version):
        return "", 304
    in_transcript = request.args.get("view") == "transcript"
    permission, view_context = (TRANSCRIPT, _transcript_context) if in_transcript else (SUMMARY, _summary_context)
    sources, meeting = _requested_meeting(key)
    context: dict[str, Any] = {}
    notice: Notice | None = None
    try:
        context = view_context(sources, meeting)
    except (ZoomRefused, UpstreamError) as error:
        notice = content_notice(error, permission)
    if notice is None:  # a page with a notice does not ask for itself again as a whole
        after_past_meeting(meeting.details())
    about = {"about": meeting.details(), "key": key, "notice": notice, "transcript_view": in_transcript}
    about["moment"] = _moment() if notice and in_transcript else ""
    about["version"] = version if notice and notice.status == 404 and notice.retry_after else ""
    page = render_template("pages/summary.html", tab="summary", names=view_options().get("names"), **about, **context)
    return page, notice.status if notice else 200


def _moment() -> str:
    """The time from the beginning that the address asks for. Without a transcript, the recording may have it."""
    at = request.args.get("at", type=int)
    return "" if at is None else elapsed(max(0, min(at, MAX_AT_SECONDS)))


@bp.get("/participants/<key>/summary.md")
def markdown_file(key: str) -> ResponseReturnValue:
    """The summary as Zoom wrote it, in Markdown."""
    sources, meeting = _requested_meeting(key)
    try:
        body = to_markdown(required(load_summary(sources, meeting)))
    except (ZoomRefused, UpstreamError) as error:
        return _refusal(error, SUMMARY)
    return _file(body.encode("utf-8", "replace"), meeting.details(), sources, "summary", ".md", "text/markdown")


@bp.get("/participants/<key>/transcript.vtt")
def transcript_file(key: str) -> ResponseReturnValue:
    """The transcript as Zoom wrote it, in WebVTT."""
    sources, meeting = _requested_meeting(key)
    try:
        body = load_file(sources, meeting)
    except (ZoomRefused, UpstreamError) as error:
        return _refusal(error, TRANSCRIPT)
    return _file(body, meeting.details(), sources, "transcript", ".vtt", "text/vtt")


@bp.get("/participants/<key>/transcript.txt")
def transcript_text(key: str) -> ResponseReturnValue:
    """The transcript as plain text; as JSON for the button that copies it."""
    sources, meeting = _requested_meeting(key)
    try:
        text = to_text(load_transcript(sources, meeting))
    except (ZoomRefused, UpstreamError) as error:
        return _refusal(error, TRANSCRIPT)
    if request.accept_mimetypes.best == "application/json":
        return {"text": text}
    return _file(text.encode("utf-8", "replace"), meeting.details(), sources, "transcript", ".txt", "text/plain")


def _requested_meeting(key: str) -> tuple[AttendanceSources, PendingMeeting]:
    """The sources of this request, and the past meeting that a key stands for. Raises NotFound."""
    sources = attendance_sources()
    return sources, start_past_meeting(sources, requested_instance(key))


def _summary_context(sources: AttendanceSources, meeting: PendingMeeting) -> dict[str, Any]:
    loaded = load_summary(sources, meeting)
    summary = required(loaded)
    parts = digest(summary)
    if parts.next_steps:
        table = past_attendance(sources, meeting.uuid)[1].value
        parts = with_owners(parts, [person.name for person in table.people] if table else [])
    whole = to_markdown(summary)
    steps = "\n".join(f"- {step.text}" for step in parts.next_steps)
    return {
        "summary": summary,
        "trouble": section(loaded, SUMMARY).trouble,
        "overview": Markup(markdown.to_html(parts.overview)),
        "details": Markup(markdown.to_html(parts.details)),
        "shortened": markdown.is_too_long(parts.overview) or markdown.is_too_long(parts.details),
        "next_steps": parts.next_steps,
        "steps_text": steps,
        "copy_text": whole if len(whole) <= MAX_COPY_CHARS else "",
    }


def _transcript_context(sources: AttendanceSources, meeting: PendingMeeting) -> dict[str, Any]:
    transcript = load_transcript(sources, meeting)
    query = " ".join(request.args.get("q", "").split())[:MAX_QUERY_CHARS]
    speaker = request.args.get("speaker", "")[:MAX_QUERY_CHARS]
    if not transcript.turns:
        raise ContentAbsent(Absence.NONE)
    page, hit = request.args.get("page", 0, type=int), request.args.get("hit", 0, type=int)
    shown = view(transcript, query, speaker, page, hit, request.args.get("at", type=int))
    return {
        "transcript": transcript,
        "shown": shown,
        "query": query,
        "speaker": speaker,
        "time_of": lambda seconds: _time_of(meeting.details(), seconds),
        "marked": lambda words: highlighted(words, query),
    }


def _time_of(meeting: PastMeeting, seconds: float) -> str:
    """The time of day if the start is known, else the time from the beginning."""
    if meeting.start_at is None:
        return elapsed(seconds)
    return viewer().formats.clock(meeting.start_at + timedelta(seconds=seconds), viewer().zone)


def _file(
    body: bytes, meeting: PastMeeting, sources: AttendanceSources, kind: str, ending: str, media_type: str
) -> Response:
    day = dates.local(meeting.start_at or meeting.end_at or sources.now, viewer().zone).date()
    name = csv_export.disposition(day, meeting.topic, ending, kind=kind)
    return Response(body, headers={"Content-Type": f"{media_type}; charset=utf-8", "Content-Disposition": name})


def _refusal(error: ZoomRefused | UpstreamError, permission: Permission) -> ResponseReturnValue:
    """Why there is no file, always with an error status: a browser must not save it as the file."""
    if not prefers_html():
        raise error
    notice = content_notice(error, permission)
    page = render_template("pages/trouble.html", title="Summary", notice=notice)
    headers = {"Retry-After": str(notice.retry_after)} if notice.retry_after else {}
    return page, notice.status if notice.status >= 400 else 502, headers
