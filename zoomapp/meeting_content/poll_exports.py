"""Poll results and Q&A as CSV. The columns are a contract: new ones are added at the end, and none is renamed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo

from zoomapp import dates
from zoomapp.csv_export import csv_pieces
from zoomapp.meeting_content.polls import PollResults
from zoomapp.zoom.polls import Question, QuestionAnswer

POLL_COLUMNS = ("poll", "question", "type", "name", "email", "answer", "answered_at")
QUESTION_COLUMNS = ("question", "name", "email", "asked_at", "status", "answer", "answered_by", "answered_at")


def polls_csv(results: PollResults, zone: tzinfo) -> Iterator[str]:
    """One row per answer. Several choices of one person are in one cell.

    Name and time are empty where names are not shown.
    """
    rows = (
        (
            question.title,
            question.text,
            question.kind,
            answer.name,
            answer.email,
            "; ".join(answer.answers),
            _iso(answer.answered_at, zone),
        )
        for question in results.questions
        for answer in question.answers
    )
    return csv_pieces(POLL_COLUMNS, rows)


def questions_csv(questions: Iterable[Question], zone: tzinfo) -> Iterator[str]:
    """One row per answer, and one for each question without an answer."""
    rows = (
        (
            question.text,
            *(("", "") if question.is_anonymous else (question.name, question.email)),
            _iso(question.asked_at, zone),
            question.state,
            answer.text,
            answer.name,
            _iso(answer.at, zone),
        )
        for question in questions
        for answer in question.answers or (QuestionAnswer(""),)
    )
    return csv_pieces(QUESTION_COLUMNS, rows)


def _iso(at: datetime | None, zone: tzinfo) -> str:
    return dates.iso(at, zone) if at else ""
