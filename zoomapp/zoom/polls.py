"""Polls, their answers, and the Q&A of a past meeting, as Zoom's API describes them.

Zoom sends one row per person, with all that this person answered or asked.
https://developers.zoom.us/docs/api/meetings/#tag/polls
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from zoomapp.zoom.tolerant_reader import JsonObject, Rows, count_unreadable, read_rows

Item = TypeVar("Item")

QUIZ = 3
#: Larger numbers are no steps of a rating.
MAX_RATING = 10
#: What Zoom writes instead of a person's name, in any case.
ANONYMOUS_NAMES = frozenset({"anonymous", "anonymous attendee"})


@dataclass(frozen=True)
class PollQuestion:
    """A question of a poll. ``kind``: Zoom's type, such as "single"; empty if unknown. ``options`` in the poll's order.

    ``right_options``: the right answers of a quiz. ``prompts``: of a matching or a ranking, each with its right
    answers.
    """

    text: str
    kind: str = ""
    options: tuple[str, ...] = ()
    right_options: tuple[str, ...] = ()
    min_rating: int = 0
    max_rating: int = 0
    min_label: str = ""
    max_label: str = ""
    prompts: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @classmethod
    def from_api(cls, data: JsonObject) -> PollQuestion | None:
        if not (text := data.text("name")):
            return None
        return cls(
            text,
            data.text("type").lower(),
            tuple(data.texts("answers")),
            tuple(data.texts("right_answers")),
            max(0, data.number("rating_min_value")),
            min(MAX_RATING, data.number("rating_max_value")),
            data.text("rating_min_label"),
            data.text("rating_max_label"),
            tuple(
                (text, tuple(row.texts("prompt_right_answers")))
                for row in data.rows("prompts", "poll prompt")
                if (text := row.text("prompt_question"))
            ),
        )


@dataclass(frozen=True)
class Poll:
    """A poll as its author defined it."""

    id: str
    title: str = ""
    anonymous: bool = False
    is_quiz: bool = False
    questions: tuple[PollQuestion, ...] = ()

    @classmethod
    def from_api(cls, data: JsonObject) -> Poll | None:
        if not (poll_id := data.text("id")):
            return None
        questions = (PollQuestion.from_api(row) for row in data.rows("questions", "poll question"))
        return cls(
            poll_id,
            data.text("title"),
            # A value that cannot be read may mean that it is anonymous.
            data.flag("anonymous", data.get("anonymous") is not None),
            data.number("poll_type") == QUIZ,
            tuple(question for question in questions if question),
        )


@dataclass(frozen=True)
class PollAnswer:
    """The answer of a person to a question. ``answers``: as Zoom sent them, several choices perhaps in one text."""

    question: str
    poll_id: str = ""
    answers: tuple[str, ...] = ()
    name: str = ""
    email: str = ""
    answered_at: datetime | None = None

    @classmethod
    def from_api(cls, person: JsonObject, data: JsonObject) -> PollAnswer | None:
        question, poll_id, answers = data.text("question"), data.text("polling_id"), tuple(data.texts("answer"))
        if not (question or poll_id) or len(answers) < _values(data.get("answer")):
            return None
        return cls(question, poll_id, answers, *_name_and_email(person), data.time("date_time"))


@dataclass(frozen=True)
class QuestionAnswer:
    """An answer in the Q&A. ``name`` and ``at``: who answered and when, if Zoom says so."""

    text: str
    name: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Question:
    """A question in the Q&A. ``status``: Zoom's, such as "open" or "dismissed"; empty from the usual source."""

    text: str
    name: str = ""
    email: str = ""
    asked_at: datetime | None = None
    status: str = ""
    answers: tuple[QuestionAnswer, ...] = ()

    @property
    def is_answered(self) -> bool:
        return self.status == "answered" or (self.status != "open" and bool(self.answers))

    @property
    def is_open(self) -> bool:
        """Whether it has no answer and was not dismissed."""
        return not self.is_answered and self.status != "dismissed"

    @property
    def is_anonymous(self) -> bool:
        return not self.name

    @property
    def state(self) -> str:
        """The question's status in words. The usual source does not say whether a question was answered aloud."""
        if self.status == "dismissed":
            return "Dismissed"
        if self.is_answered:
            return "Answered" if self.answers else "Answered live"
        return "Open" if self.status == "open" else "No answer"

    @classmethod
    def from_api(cls, person: JsonObject, data: JsonObject) -> Question | None:
        """The usual source has one text as the answer; Zoom's report has a list of answers with names and times."""
        if not (text := data.text("question")) or (_values(data.get("answer")) and not data.text("answer")):
            return None
        listed = data.rows("answer_details", "answer in the Q&A")
        answers = [QuestionAnswer(row.text("content"), row.text("name"), row.time("create_time")) for row in listed]
        if not listed:
            answers = [QuestionAnswer(data.text("answer"))]
        return cls(
            text,
            *_name_and_email(person),
            data.time("create_time"),
            data.text("question_status").lower(),
            tuple(answer for answer in answers if answer.text.strip()),
        )


def read_polls(body: Any) -> Rows[Poll]:
    """The polls of a meeting. Raises UpstreamError for a response without the list."""
    return read_rows(body, "polls", Poll.from_api, "poll")


def read_poll_answers(body: Any) -> Rows[PollAnswer]:
    """The answers of all people. Raises UpstreamError for a response without the list."""
    return _read_details(body, PollAnswer.from_api, "poll answer")


def read_questions(body: Any) -> Rows[Question]:
    """The questions of all people. Raises UpstreamError for a response without the list."""
    return _read_details(body, Question.from_api, "question")


def _read_details(body: Any, read: Callable[[JsonObject, JsonObject], Item | None], kind: str) -> Rows[Item]:
    """The details of each person's row. A person whose details are no list is one unreadable entry."""
    people = read_rows(body, "questions", _person, "person with answers")
    items: list[Item] = []
    unreadable = people.unreadable
    for person in people:
        details = person.get("question_details")
        for detail in details:
            item = read(person, JsonObject(detail, kind)) if isinstance(detail, dict) else None
            if item is None:
                count_unreadable(kind, "", detail)
                unreadable += 1
            else:
                items.append(item)
    return Rows(tuple(items), unreadable)


def _name_and_email(person: JsonObject) -> tuple[str, str]:
    """Who answered or asked; both are empty for a person whose name says "anonymous"."""
    name = person.text("name")
    if " ".join(name.casefold().split()) in ANONYMOUS_NAMES:
        return "", ""
    return name, person.text("email")


def _values(value: object) -> int:
    """How many values there are in a field, readable or not."""
    values = value if isinstance(value, list) else [value]
    return sum(1 for each in values if each is not None and str(each).strip())


def _person(row: JsonObject) -> JsonObject | None:
    return row if isinstance(row.get("question_details"), list) else None
