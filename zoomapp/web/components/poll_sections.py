"""What the pages of polls and of Q&A share: their section, or why there is nothing; their file; filters of the Q&A."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from zoomapp import csv_export, dates
from zoomapp.attendance.sources import AttendanceSources
from zoomapp.errors import MissingScope, PlanRequired, ZoomRefused
from zoomapp.meeting_content.absence import Absence
from zoomapp.meeting_content.poll_loading import PastContent, Value, reason_for_none
from zoomapp.web.components.notice import POLLS, QUESTIONS, Notice, Permission
from zoomapp.web.components.section import Section, section
from zoomapp.web.viewer import viewer
from zoomapp.zoom.polls import Question

#: Zoom's codes for a meeting of more than a year ago, and for one that is not the user's.
TOO_OLD, NOT_OWN = 12702, (1010, 3003)
#: The page asks again by itself after so many seconds, while Zoom collects the answers.
COLLECTING_RETRY_SECONDS = 60
#: The filters of the Q&A: name and word.
QUESTION_VIEWS = {"": "All", "open": "Open", "answered": "Answered", "dismissed": "Dismissed"}
#: Icon, title, text.
Words: TypeAlias = Mapping[Absence, tuple[str, str, str]]
_LATER = "They usually appear within 30 minutes. This page updates by itself."
_ENCRYPTED = "This meeting was end-to-end encrypted, so Zoom has no polls or questions. Attendance is complete."
POLL_WORDS: Words = {
    Absence.WRITING: ("clock", "Zoom is collecting the answers", _LATER),
    Absence.NONE: ("info", "No polls in this meeting", "Nobody answered a poll."),
    Absence.ENCRYPTED: ("lock", "Encrypted meetings have no polls", _ENCRYPTED),
    Absence.NOT_SHARED: ("lock", "Not shared with you", "Zoom shows the answers of polls only to the meeting’s host."),
    Absence.TOO_OLD: ("clock", "This meeting is too old", "Zoom keeps the answers of polls for a year."),
}
QUESTION_WORDS: Words = {
    Absence.WRITING: ("clock", "Zoom is collecting the questions", _LATER),
    Absence.NONE: ("info", "No questions in this meeting", "Nobody asked a question in Q&A."),
    Absence.ENCRYPTED: ("lock", "Encrypted meetings have no Q&A", _ENCRYPTED),
    Absence.NOT_SHARED: ("lock", "Not shared with you", "Zoom shows questions only to the meeting’s host."),
    Absence.TOO_OLD: ("clock", "This meeting is too old", "Zoom keeps questions for 15 months."),
}
WORDS = {POLLS: POLL_WORDS, QUESTIONS: QUESTION_WORDS}


def content_section(sources: AttendanceSources, found: PastContent[Value], permission: Permission) -> Section[Value]:
    """The section for poll results or a Q&A. Without a value if there is nothing: its notice says why."""
    error = found.loaded.error
    absence = _absence_of(error) if isinstance(error, ZoomRefused) else None
    if absence:
        return Section(None, found.loaded.at, absence_notice(absence, permission))
    content = section(found.loaded, permission)
    if found.is_empty:
        return replace(content, value=None, trouble=absence_notice(reason_for_none(sources, found), permission))
    return content


def absence_notice(absence: Absence, permission: Permission) -> Notice:
    """The notice of a page without polls, or without questions."""
    retry = COLLECTING_RETRY_SECONDS if absence is Absence.WRITING else 0
    return Notice("info", *WORDS[permission][absence], 404, retry_after=retry)


def page_headers(content: Section[Any]) -> dict[str, str]:
    """The headers of the page: it asks again by itself while Zoom collects the answers."""
    wait = content.headers.get("Retry-After")
    return {"Refresh": wait} if wait and content.status == 404 else content.headers


def content_file(
    pieces: Iterator[str], sources: AttendanceSources, found: PastContent[Any], kind: str
) -> ResponseReturnValue:
    """The polls or the Q&A as a file, called partial if some could not be read."""
    meeting, unreadable = found.meeting, found.loaded.value.unreadable if found.loaded.value else 0
    day = dates.local(meeting.start_at or meeting.end_at or sources.now, viewer().zone).date()
    name = csv_export.disposition(day, meeting.topic, kind=kind, partial=unreadable > 0)
    return Response(pieces, headers={"Content-Type": "text/csv; charset=utf-8", "Content-Disposition": name})


def no_file(content: Section[Any], permission: Permission, title: str) -> ResponseReturnValue:
    """Why there is no file, always with an error status: a browser must not save it as the file."""
    notice = content.trouble or absence_notice(Absence.NONE, permission)
    page = render_template("pages/trouble.html", title=title, notice=notice)
    return page, notice.status if notice.status >= 400 else 502, content.headers


def question_chips(
    questions: Sequence[Question], chosen: str, link: Callable[[str], str]
) -> list[tuple[str, str, int, bool, str]]:
    """The filters of the Q&A: address, word, number, whether it is chosen, CSS class. ``link``: the address of one.

    Only Zoom's report says that a question is open or was dismissed.
    """
    words = {**QUESTION_VIEWS, "open": "Open" if any(question.status for question in questions) else "No answer"}
    numbers = {view: len(questions_in(questions, view)) for view in words}
    if not numbers["dismissed"]:
        del words["dismissed"]
    return [(link(view), word, numbers[view], view == chosen, "") for view, word in words.items()]


def questions_in(questions: Sequence[Question], view: str) -> list[Question]:
    """The questions of a filter in ``QUESTION_VIEWS``; all for another name."""
    if view == "open":
        return [question for question in questions if question.is_open]
    if view == "dismissed":
        return [question for question in questions if question.status == "dismissed"]
    if view == "answered":
        return [question for question in questions if question.is_answered and question.status != "dismissed"]
    return list(questions)


def _absence_of(refusal: ZoomRefused) -> Absence | None:
    """The reason in a refusal; None for one that has a notice of its own, such as a missing scope."""
    if isinstance(refusal, MissingScope | PlanRequired):
        return None
    if refusal.zoom_code == TOO_OLD:
        return Absence.TOO_OLD
    return Absence.NOT_SHARED if refusal.zoom_status == 403 or refusal.zoom_code in NOT_OWN else None
