"""Whether the answers to a poll's question are shown with names.

Zoom may send names for an anonymous poll, and only the poll's definition says that it is anonymous. So names are shown
only if the definition with the poll's own id says that it is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import StrEnum

from zoomapp.zoom.polls import Poll, PollAnswer


class Names(StrEnum):
    """Whether names are shown, or why not: Zoom sent none, the poll is anonymous, or it may be."""

    SHOWN = "shown"
    NOT_SENT = "not sent"
    ANONYMOUS = "anonymous"
    MAYBE_ANONYMOUS = "maybe anonymous"


def names_of(answers: Sequence[PollAnswer], poll: Poll | None) -> Names:
    """Whether the names of these answers are shown. ``poll``: the definition; None if it is missing."""
    if poll and poll.anonymous:
        return Names.ANONYMOUS
    if not any(answer.name or answer.email for answer in answers):
        return Names.NOT_SENT
    if poll is None or any(answer.poll_id != poll.id for answer in answers):
        return Names.MAYBE_ANONYMOUS
    return Names.SHOWN


def without_names(answers: Iterable[PollAnswer]) -> tuple[PollAnswer, ...]:
    """The answers without names and times, sorted by text.

    Zoom's order and the times are the same in a poll with names: they would tell who gave an answer.
    """
    nameless = (replace(answer, name="", email="", answered_at=None) for answer in answers)
    return tuple(sorted(nameless, key=lambda answer: answer.answers))
