"""The polls and the Q&A of a past meeting: a page, and both as CSV files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from zoomapp import csv_export, dates
from zoomapp.attendance.current_meeting import may_read
from zoomapp.attendance.sources import AttendanceSources
from zoomapp.meeting_content.poll_exports import polls_csv, questions_csv
from zoomapp.meeting_content.poll_loading import MeetingPolls, load_polls, reason_for_none
from zoomapp.meeting_content.polls import PollResults
from zoomapp.web.components.attendance import attendance_sources, requested_instance
from zoomapp.web.components.notice import POLLS, QUESTIONS, Notice
from zoomapp.web.components.poll_sections import (
    QUESTION_VIEWS,
    absence_notice,
    content_section,
    question_chips,
    questions_in,
)
from zoomapp.web.components.section import Section
from zoomapp.web.pages.participants import view_options
from zoomapp.web.viewer import viewer
from zoomapp.zoom.endpoints import READ_TRANSCRIPT
from zoomapp.zoom.models import PastMeeting
from zoomapp.zoom.polls import Question
from zoomapp.zoom.tolerant_reader import Rows

bp = Blueprint("polls", __name__)

#: More rows of "Who answered what", and more written answers, are in the file only: a page must stay readable.
MAX_ROWS = 200
#: So many written answers are shown before "Show all".
FIRST_QUOTES = 20


@bp.get("/participants/<key>/polls")
def show(key: str) -> ResponseReturnValue:
    """The page: the results of each question, then the Q&A."""
    sources = attendance_sources()
    found = load_polls(sources, requested_instance(key))
    results, questions = content_section(found.results, POLLS), content_section(found.questions, QUESTIONS)
    absence = absence_notice(reason_for_none(sources, found)) if found.is_empty else None
    all_questions: Sequence[Question] = questions.value.items if questions.value else ()
    view = request.args.get("questions", "")
    view = view if view in QUESTION_VIEWS else ""
    page = render_template(
        "pages/polls.html",
        tab="polls",
        key=key,
        about=found.meeting,
        names=view_options().get("names"),
        results=results,
        questions=questions,
        absence=absence,
        asked=all_questions,
        chosen_questions=questions_in(all_questions, view),
        question_chips=question_chips(all_questions, view, lambda name: _qa_link(key, name)),
        transcript_link=_transcript_link(sources, found.meeting, key),
        max_rows=MAX_ROWS,
        first_quotes=FIRST_QUOTES,
    )
    status, headers = _status(results, questions, absence)
    return page, status, headers


def _qa_link(key: str, view: str) -> str:
    names = view_options().get("names")
    return url_for(".show", key=key, questions=view or None, names=names, _anchor="qa")


def _transcript_link(sources: AttendanceSources, meeting: PastMeeting, key: str) -> Callable[[Question], str]:
    """A function that returns where the transcript has what people said after a question; empty if that is unknown."""

    def link(question: Question) -> str:
        if question.asked_at is None or meeting.start_at is None or not may_read(sources, READ_TRANSCRIPT):
            return ""
        at = int((question.asked_at - meeting.start_at).total_seconds())
        options: dict[str, Any] = {"view": "transcript", "at": at, "names": view_options().get("names")}
        return url_for("summary.show", key=key, _anchor="moment", **options) if at >= 0 else ""

    return link


@bp.get("/participants/<key>/polls.csv")
def polls_file(key: str) -> ResponseReturnValue:
    """The answers as CSV, one row per answer."""
    sources = attendance_sources()
    found = load_polls(sources, requested_instance(key))
    results = content_section(found.results, POLLS)
    if results.value is None or not results.value.questions:
        return _refusal(sources, found, results)
    value: PollResults = results.value
    return _file(polls_csv(value, viewer().zone), sources, found.meeting, "polls", partial=value.unreadable > 0)


@bp.get("/participants/<key>/qa.csv")
def questions_file(key: str) -> ResponseReturnValue:
    """The Q&A as CSV, one row per answer."""
    sources = attendance_sources()
    found = load_polls(sources, requested_instance(key))
    questions = content_section(found.questions, QUESTIONS)
    if not questions.value:
        return _refusal(sources, found, questions)
    value: Rows[Question] = questions.value
    return _file(questions_csv(value, viewer().zone), sources, found.meeting, "qa", partial=value.unreadable > 0)


def _status(results: Section[Any], questions: Section[Any], absence: Notice | None) -> tuple[int, dict[str, str]]:
    """Status and headers: the page has failed only if both of its sections have."""
    if absence:
        return absence.status, {"Refresh": str(absence.retry_after)} if absence.retry_after else {}
    if results.value is None and questions.value is None:
        return max(results.status, questions.status), results.headers or questions.headers
    return 200, {}


def _file(
    pieces: Iterator[str], sources: AttendanceSources, meeting: PastMeeting, kind: str, *, partial: bool
) -> Response:
    day = dates.local(meeting.start_at or meeting.end_at or sources.now, viewer().zone).date()
    name = csv_export.disposition(day, meeting.topic, kind=kind, partial=partial)
    return Response(pieces, headers={"Content-Type": "text/csv; charset=utf-8", "Content-Disposition": name})


def _refusal(sources: AttendanceSources, found: MeetingPolls, part: Section[Any]) -> ResponseReturnValue:
    """Why there is no file, always with an error status: a browser must not save it as the file."""
    notice = part.trouble if part.value is None else None
    notice = notice or absence_notice(reason_for_none(sources, found))
    page = render_template("pages/trouble.html", title="Polls and Q&A", notice=notice)
    return page, notice.status if notice.status >= 400 else 502, part.headers
