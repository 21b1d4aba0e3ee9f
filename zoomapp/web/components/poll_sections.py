"""The sections of a page with polls and Q&A: their values, or notices that say why there is nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from zoomapp.errors import MissingScope, PlanRequired, ZoomRefused
from zoomapp.meeting_content.absence import Absence
from zoomapp.meeting_content.known_contents import may_have
from zoomapp.user_api.page_cache import Loaded
from zoomapp.web.components.notice import Notice, Permission
from zoomapp.web.components.page_data import page_cache
from zoomapp.web.components.section import Section, section
from zoomapp.zoom.models import PastMeeting
from zoomapp.zoom.polls import Question

Value = TypeVar("Value")

#: Zoom's codes for a meeting of more than a year ago, and for one that is not the user's.
TOO_OLD, NOT_OWN = 12702, (1010, 3003)
#: The page asks again by itself after so many seconds, while Zoom collects the answers.
COLLECTING_RETRY_SECONDS = 60
#: The filters of the Q&A: name and word.
QUESTION_VIEWS = {"": "All", "open": "Open", "answered": "Answered", "dismissed": "Dismissed"}
#: Icon, title, text.
WORDS: Mapping[Absence, tuple[str, str, str]] = {
    Absence.WRITING: (
        "clock",
        "Zoom is collecting the answers",
        "They usually appear within 30 minutes. This page updates by itself.",
    ),
    Absence.NONE: (
        "info",
        "No polls or questions in this meeting",
        "Nobody answered a poll, and nobody asked a question in Q&A.",
    ),
    Absence.ENCRYPTED: (
        "lock",
        "Encrypted meetings have no polls",
        "This meeting was end-to-end encrypted, so Zoom has no polls or questions. Attendance is complete.",
    ),
    Absence.NOT_SHARED: ("lock", "Not shared with you", "Zoom shows answers and questions only to the meeting’s host."),
    Absence.TOO_OLD: (
        "clock",
        "This meeting is too old",
        "Zoom keeps the answers of polls for a year, and questions for 15 months.",
    ),
}


def content_section(loaded: Loaded[Value], permission: Permission) -> Section[Value]:
    """The section for poll results or a Q&A."""
    error = loaded.error
    absence = _absence_of(error) if isinstance(error, ZoomRefused) else None
    if absence is None:
        return section(loaded, permission)
    return Section(None, loaded.at, absence_notice(absence))


def absence_notice(absence: Absence) -> Notice:
    """The notice of a page without polls and questions."""
    retry = COLLECTING_RETRY_SECONDS if absence is Absence.WRITING else 0
    return Notice("info", *WORDS[absence], 404, retry_after=retry)


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


def has_polls_tab(meeting: PastMeeting, user_id: str) -> bool:
    """Whether a past meeting has a tab for polls: Zoom shows them to the host only.

    Whether there are any is known only after the page was opened once: then the tab of a meeting without any is gone.
    """
    return meeting.host_id in ("", user_id) and may_have(page_cache(), "polls", meeting.uuid)


def _absence_of(refusal: ZoomRefused) -> Absence | None:
    """The reason in a refusal; None for one that has a notice of its own, such as a missing scope."""
    if isinstance(refusal, MissingScope | PlanRequired):
        return None
    if refusal.zoom_code == TOO_OLD:
        return Absence.TOO_OLD
    return Absence.NOT_SHARED if refusal.zoom_status == 403 or refusal.zoom_code in NOT_OWN else None
