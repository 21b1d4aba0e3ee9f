"""Answers to a matching and to a ranking: for each prompt of the question, which answer a person gave to it.

Zoom documents the prompts of such a question but not the text of an answer. So a text is read in two ways: each part
names its prompt ("Alpha: 2"), or the parts are in order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from zoomapp.meeting_content.poll_choices import MAX_PARTS, plain
from zoomapp.zoom.polls import PollAnswer, PollQuestion

MATCHING, RANKING = "matching", "rank_order"
#: What may stand between a prompt and the answer to it.
_BETWEEN = " :=-–—>→|,"


@dataclass(frozen=True)
class PromptCount:
    """How many people gave this answer to a prompt. ``percent``: of those who answered the prompt."""

    text: str
    count: int
    percent: float
    is_right: bool = False


@dataclass(frozen=True)
class PromptResult:
    """The answers to one prompt. ``place``: the average place of a ranking, 1 for the first; None for a matching."""

    text: str
    answers: tuple[PromptCount, ...]
    place: float | None = None

    @property
    def count(self) -> int:
        """How many people answered the prompt."""
        return sum(answer.count for answer in self.answers)


def prompt_results(question: PollQuestion, answers: Sequence[PollAnswer]) -> tuple[PromptResult, ...]:
    """The results by prompt: of a ranking the best place first. Empty if a single answer cannot be read."""
    mappings = [_by_prompt(question, answer.answers) for answer in answers]
    read = [each for each in mappings if each]
    if not answers or len(read) < len(mappings):
        return ()
    results = [_result(question, prompt, read) for prompt in _prompts(question)]
    if question.kind == RANKING:
        results.sort(key=lambda result: (result.place is None, result.place or 0))
    return tuple(results)


def _prompts(question: PollQuestion) -> tuple[str, ...]:
    """The prompts; a ranking without any ranks its options."""
    named = tuple(prompt for prompt, _ in question.prompts)
    return named or (question.options if question.kind == RANKING else ())


def _result(question: PollQuestion, prompt: str, mappings: Iterable[Mapping[str, str]]) -> PromptResult:
    taken = [each[plain(prompt)] for each in mappings if plain(prompt) in each]
    counts = Counter(taken)
    right = {plain(text) for name, texts in question.prompts if name == prompt for text in texts}
    ranks = _ranks(question) if question.kind == RANKING else {}
    order = {text: index for index, text in enumerate(ranks or map(plain, question.options))}
    rows = tuple(
        PromptCount(text, number, 100 * number / len(taken), text in right)
        for text, number in sorted(counts.items(), key=lambda item: order.get(item[0], len(order)))
    )
    places = [ranks[text] for text in taken if text in ranks]
    return PromptResult(prompt, rows, fmean(places) if places else None)


def _ranks(question: PollQuestion) -> dict[str, int]:
    """The place that each answer to a ranking stands for: its number, and with prompts its order in the options."""
    numbers = {str(place): place for place in range(1, len(_prompts(question)) + 1)}
    return {**numbers, **{plain(text): place for place, text in enumerate(question.options, 1) if question.prompts}}


def _by_prompt(question: PollQuestion, texts: Sequence[str]) -> dict[str, str]:
    """The answer to each prompt; empty for a text that cannot be read."""
    prompts = [plain(prompt) for prompt in _prompts(question)]
    if not prompts or sum(text.count(";") for text in texts) >= MAX_PARTS:
        return {}
    parts = [part for text in texts for part in _parts(text, [*prompts, *map(plain, question.options)])]
    longest_first = sorted(prompts, key=len, reverse=True)
    named: dict[str, str] = {}
    for part in parts:
        prompt = next((each for each in longest_first if part.startswith(each)), "")
        value = part[len(prompt) :].strip(_BETWEEN)
        if not prompt or not value or part[len(prompt)] not in _BETWEEN:
            return _in_order(question, prompts, parts)
        named[prompt] = value
    return named


def _parts(text: str, phrases: Iterable[str]) -> list[str]:
    """The parts of a text between semicolons. Those within a prompt or an option separate nothing."""
    text = plain(text)
    for phrase in phrases:
        if ";" in phrase:
            text = text.replace(phrase, phrase.replace(";", "\0"))
    return [plain(part.replace("\0", ";")) for part in text.split(";") if part.strip()]


def _in_order(question: PollQuestion, prompts: Sequence[str], parts: Sequence[str]) -> dict[str, str]:
    """Parts that name no prompt: of a ranking the prompts, best first; else the answers, prompt by prompt."""
    if question.kind == RANKING and set(parts) <= set(prompts) and len(set(parts)) == len(parts):
        return {prompt: str(place) for place, prompt in enumerate(parts, 1)}
    options = {plain(option) for option in question.options}
    is_complete = len(parts) == len(prompts) and (set(parts) <= options or question.kind == MATCHING)
    return dict(zip(prompts, parts, strict=True)) if is_complete else {}
