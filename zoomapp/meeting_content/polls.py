"""The results of a meeting's polls: for each question its choices with counts, or what people wrote.

Zoom sends the answers alone. The polls as their authors defined them add the type, the order of the choices, those
without votes, and the right ones. Without them the choices are what people answered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from zoomapp.meeting_content.poll_choices import MAX_PARTS, Choices, plain, split_choices
from zoomapp.meeting_content.poll_names import Names, names_of, without_names
from zoomapp.meeting_content.poll_prompts import MATCHING, RANKING, PromptResult, prompt_results
from zoomapp.zoom.polls import Poll, PollAnswer, PollQuestion
from zoomapp.zoom.tolerant_reader import Rows

SINGLE, MULTIPLE, RATING = "single", "multiple", "rating_scale"
CHOOSABLE = (SINGLE, MULTIPLE, RATING)
#: Without a poll's definition, a question with more different answers than this was answered in writing.
MAX_UNDEFINED_CHOICES = 20


@dataclass(frozen=True)
class Choice:
    """One choice of a question. ``percent``: of those who answered. ``is_top``: no other was taken more often."""

    text: str
    count: int
    percent: float
    is_top: bool = False
    is_right: bool = False
    label: str = ""


@dataclass(frozen=True)
class QuestionResult:
    """The answers to one question. ``answers``: of those who answered, each split into choices.

    ``names``: unless they are shown, the answers have none.
    ``kind``: Zoom's type; empty without the poll's definition. ``choices``: empty for written answers.
    ``average``: of a rating. ``prompts``: of a matching or a ranking. ``right``: how many people took the right choices
    of a quiz; None for no quiz.
    """

    text: str
    title: str = ""
    kind: str = ""
    names: Names = Names.NOT_SENT
    answers: tuple[PollAnswer, ...] = ()
    choices: tuple[Choice, ...] = ()
    average: float | None = None
    right: int | None = None
    prompts: tuple[PromptResult, ...] = ()

    @property
    def shows_names(self) -> bool:
        return self.names is Names.SHOWN

    @property
    def is_written(self) -> bool:
        return not self.choices and not self.prompts

    @property
    def allows_several(self) -> bool:
        """Whether percentages may add up to more than 100."""
        return self.kind == MULTIPLE or any(len(answer.answers) > 1 for answer in self.answers)


@dataclass(frozen=True)
class PollResults:
    """The results of all questions. ``unreadable``: the number of answers that are missing. ``polls``: of polls."""

    questions: tuple[QuestionResult, ...] = ()
    unreadable: int = 0
    polls: int = 0

    @property
    def lacks_choices(self) -> bool:
        """Whether choices without votes may be missing from a question."""
        return any(question.choices and not question.kind for question in self.questions)


def poll_results(answers: Rows[PollAnswer], polls: Iterable[Poll] = ()) -> PollResults:
    """The results of the polls that were answered: in the order of ``polls``, then those without a definition."""
    definitions = _Definitions(polls)
    by_question: dict[tuple[str, str], list[PollAnswer]] = {}
    for answer in answers:
        by_question.setdefault(definitions.key(answer), []).append(answer)
    polls_answered = len({poll_id for poll_id, _ in by_question})
    results = []
    for poll in definitions.launched(by_question):
        results += [
            _defined(poll, definition, by_question.pop((poll.id, plain(definition.text)), []))
            for definition in poll.questions
        ]
    results += [_undefined(found, definitions.find(poll_id)) for (poll_id, _), found in by_question.items()]
    return PollResults(tuple(results), answers.unreadable, polls_answered)


class _Definitions:
    """Finds the definition of an answer: by the poll's id, else by a question that only one poll has."""

    def __init__(self, polls: Iterable[Poll]) -> None:
        self._polls = {poll.id: poll for poll in polls}
        owners: dict[str, list[str]] = {}
        for poll in self._polls.values():
            for question in poll.questions:
                owners.setdefault(plain(question.text), []).append(poll.id)
        self._owners = {text: ids[0] for text, ids in owners.items() if len(ids) == 1}

    def key(self, answer: PollAnswer) -> tuple[str, str]:
        """The poll's id and the question's text, without differences in spaces."""
        text, poll = plain(answer.question), self._polls.get(answer.poll_id)
        if poll and not text and len(poll.questions) == 1:
            return poll.id, plain(poll.questions[0].text)
        if poll is None and text in self._owners:
            return self._owners[text], text
        return answer.poll_id, text

    def find(self, poll_id: str) -> Poll | None:
        """The poll with this id."""
        return self._polls.get(poll_id)

    def launched(self, keys: Iterable[tuple[str, str]]) -> list[Poll]:
        """The polls that have an answer to at least one of their questions, in their order."""
        found = {poll_id for poll_id, _ in keys}
        return [poll for poll in self._polls.values() if poll.id in found]


def _defined(poll: Poll, definition: PollQuestion, answers: Sequence[PollAnswer]) -> QuestionResult:
    labels = _rating_labels(definition) if definition.kind == RATING else {}
    options = tuple(labels) if labels else definition.options
    names, answered = _answered(answers, poll)
    if definition.kind not in CHOOSABLE or not (options or answers):
        prompts = prompt_results(definition, answered) if definition.kind in (MATCHING, RANKING) else ()
        return QuestionResult(definition.text, poll.title, definition.kind, names, answered, prompts=prompts)
    choices, several = Choices(options), definition.kind == MULTIPLE
    answered = _without_gaps(replace(each, answers=split_choices(each.answers, choices, several)) for each in answered)
    right = {plain(option) for option in definition.right_options} if poll.is_quiz else set()
    return QuestionResult(
        definition.text,
        poll.title,
        definition.kind,
        names,
        answered,
        _counted(answered, options, right, labels),
        _average(answered) if definition.kind == RATING else None,
        sum({plain(text) for text in each.answers} == right for each in answered) if right else None,
    )


def _undefined(answers: Sequence[PollAnswer], poll: Poll | None) -> QuestionResult:
    """What people answered, as choices if several gave the same answer, else as written answers.

    ``poll``: the poll, if it is known and has no such question any more.
    """
    names, answered = _answered(answers, poll)
    parts = Counter(part for each in answered for part in {*_parts(each), *map(plain, each.answers)})
    split = _without_gaps(replace(each, answers=_split_if_common(each, parts)) for each in answered)
    choices = _counted(split, (), set(), {})
    if len(choices) > MAX_UNDEFINED_CHOICES or not any(choice.count > 1 for choice in choices):
        split, choices = answered, ()
    text, title = answers[0].question or "Question without a text", poll.title if poll else ""
    return QuestionResult(text, title, "", names, split, choices)


def _answered(answers: Iterable[PollAnswer], poll: Poll | None) -> tuple[Names, tuple[PollAnswer, ...]]:
    """The answers of people who did not leave the question out, with names only if they are shown."""
    answered = _without_gaps(answers)
    names = names_of(answered, poll)
    return names, answered if names is Names.SHOWN else without_names(answered)


def _parts(answer: PollAnswer) -> list[str]:
    return [plain(part) for text in answer.answers if _may_be_several(text) for part in text.split(";")]


def _may_be_several(text: str) -> bool:
    """Whether a text may be choices that Zoom joined: it adds no space after the semicolon, and people who write do."""
    return "; " not in text and text.count(";") < MAX_PARTS


def _split_if_common(answer: PollAnswer, parts: Counter[str]) -> tuple[str, ...]:
    """The parts of an answer, if somebody else gave one of them as well; else the answer as it is."""
    found = _parts(answer)
    return tuple(found) if len(found) > 1 and any(parts[part] > 1 for part in found) else answer.answers


def _without_gaps(answers: Iterable[PollAnswer]) -> tuple[PollAnswer, ...]:
    """Of these, the answers of people who did not leave the question out."""
    return tuple(answer for answer in answers if answer.answers)


def _counted(
    answers: Sequence[PollAnswer], options: Iterable[str], right: set[str], labels: dict[str, str]
) -> tuple[Choice, ...]:
    """The options in their order, then answers that are none of them, in the order in which they came."""
    texts = {plain(option): option for option in options}
    counts: Counter[str] = Counter()
    for answer in answers:
        taken = {plain(text): text for text in answer.answers}
        counts.update(taken.keys())
        for key, text in taken.items():
            texts.setdefault(key, text)
    top = max(counts.values(), default=0)
    return tuple(
        Choice(
            text,
            counts[key],
            100 * counts[key] / len(answers) if answers else 0.0,
            is_top=0 < counts[key] == top,
            is_right=key in right,
            label=labels.get(text, ""),
        )
        for key, text in texts.items()
    )


def _rating_labels(definition: PollQuestion) -> dict[str, str]:
    """The steps of a rating from high to low, each with its label or an empty text."""
    steps = range(definition.max_rating, definition.min_rating - 1, -1)
    ends = {definition.max_rating: definition.max_label, definition.min_rating: definition.min_label}
    return {str(step): ends.get(step, "") for step in steps}


def _average(answers: Sequence[PollAnswer]) -> float | None:
    numbers = list(_numbers(answers))
    return fmean(numbers) if numbers else None


def _numbers(answers: Iterable[PollAnswer]) -> Iterator[int]:
    for answer in answers:
        text = answer.answers[0]
        if text.isascii() and text.isdigit() and len(text) <= 2:
            yield int(text)
