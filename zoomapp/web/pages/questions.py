"""The questions and answers of a past meeting: a page with filters, and a CSV file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from zoomapp.attendance.current_meeting import may_read
from zoomapp.attendance.sources import AttendanceSources
from zoomapp.meeting_content.poll_exports import questions_csv
from zoomapp.meeting_content.poll_loading import load_questions
from zoomapp.web.components.attendance import attendance_sources, requested_instance
from zoomapp.web.components.notice import QUESTIONS
from zoomapp.web.components.poll_sections import (
    QUESTION_VIEWS,
    content_file,
    content_section,
    no_file,
    page_headers,
    question_chips,
    questions_in,
)
from zoomapp.web.pages.participants import view_options
from zoomapp.web.viewer import viewer
from zoomapp.zoom.endpoints import READ_TRANSCRIPT
from zoomapp.zoom.models import PastMeeting
from zoomapp.zoom.polls import Question

bp = Blueprint("questions", __name__)


@bp.get("/participants/<key>/qa")
def show(key: str) -> ResponseReturnValue:
    """The page: the questions of the chosen filter, those without an answer first."""
    sources = attendance_sources()
    found = load_questions(sources, requested_instance(key))
    questions = content_section(sources, found, QUESTIONS)
    all_questions: Sequence[Question] = questions.value.items if questions.value else ()
    view = request.args.get("questions", "")
    view = view if view in QUESTION_VIEWS else ""
    page = render_template(
        "pages/questions.html",
        tab="questions",
        key=key,
        about=found.meeting,
        names=view_options().get("names"),
        questions=questions,
        asked=all_questions,
        chosen_questions=questions_in(all_questions, view),
        question_chips=question_chips(all_questions, view, lambda name: _link(key, name)),
        transcript_link=_transcript_link(sources, found.meeting, key),
    )
    return page, questions.status, page_headers(questions)


def _link(key: str, view: str) -> str:
    return url_for(".show", key=key, questions=view or None, names=view_options().get("names"))


def _transcript_link(sources: AttendanceSources, meeting: PastMeeting, key: str) -> Callable[[Question], str]:
    """A function that returns where the transcript has what people said after a question; empty if that is unknown."""

    def link(question: Question) -> str:
        if question.asked_at is None or meeting.start_at is None or not may_read(sources, READ_TRANSCRIPT):
            return ""
        at = int((question.asked_at - meeting.start_at).total_seconds())
        options: dict[str, Any] = {"view": "transcript", "at": at, "names": view_options().get("names")}
        return url_for("summary.show", key=key, _anchor="moment", **options) if at >= 0 else ""

    return link


@bp.get("/participants/<key>/qa.csv")
def questions_file(key: str) -> ResponseReturnValue:
    """The Q&A as CSV, one row per answer."""
    sources = attendance_sources()
    found = load_questions(sources, requested_instance(key))
    questions = content_section(sources, found, QUESTIONS)
    if not questions.value:
        return no_file(questions, QUESTIONS, "Q&A")
    return content_file(questions_csv(questions.value, viewer().zone), sources, found, "qa")
