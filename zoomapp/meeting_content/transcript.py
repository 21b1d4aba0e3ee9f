"""A transcript to read: turns of speakers, who spoke how long, and what a search finds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from zoomapp.meeting_content.webvtt import Cue, Cues

UNKNOWN = "Unknown speaker"
TURNS_PER_PAGE = 200
#: A speaker's turn ends after a silence, and when it is this long.
SILENCE_SECONDS, TURN_CHARS = 30.0, 1200
#: At most so many speakers are listed.
MAX_SPEAKERS = 100


@dataclass(frozen=True)
class Turn:
    """The words of a speaker, until the next speaker. ``number``: its place in the whole transcript, from 0."""

    number: int
    speaker: str
    start_seconds: float
    end_seconds: float
    text: str


@dataclass(frozen=True)
class Transcript:
    """A transcript. ``speakers``: name and seconds of talk, longest first. ``unreadable``: parts that are missing."""

    turns: tuple[Turn, ...]
    speakers: tuple[tuple[str, float], ...]
    unreadable: int = 0


@dataclass(frozen=True)
class View:
    """A page of a transcript. ``hits``: the numbers of the turns that a search found.

    ``hit``: which of them is the current one, from 1; 0 for none. ``page`` and ``pages`` count from 1. ``at``: the
    number of the turn at the moment that was asked for; -1 for none.
    """

    turns: tuple[Turn, ...]
    page: int = 1
    pages: int = 1
    hits: tuple[int, ...] = ()
    hit: int = 0
    at: int = -1

    @property
    def current(self) -> int:
        """The number of the turn of the current hit, or at the moment that was asked for; -1 for none."""
        return self.hits[self.hit - 1] if self.hit else self.at


def transcript_of(cues: Cues) -> Transcript:
    """The turns and speakers of a file's cues."""
    turns: list[Turn] = []
    talked: Counter[str] = Counter()
    for parts in _by_turn(cues.items):
        speaker, text = parts[0].speaker or UNKNOWN, " ".join(cue.text for cue in parts)
        turns.append(Turn(len(turns), speaker, parts[0].start_seconds, parts[-1].end_seconds, text))
        talked[speaker] += sum(cue.end_seconds - cue.start_seconds for cue in parts)  # type: ignore[assignment]
    return Transcript(tuple(turns), tuple(talked.most_common(MAX_SPEAKERS)), cues.unreadable)


def view(
    transcript: Transcript,
    query: str = "",
    speaker: str = "",
    page: int = 0,
    hit: int = 0,
    at_seconds: int | None = None,
) -> View:
    """The page of a transcript that a reader asks for.

    Without ``page``, it is the page of the current hit, else of the moment ``at_seconds`` after the beginning.
    """
    turns = [turn for turn in transcript.turns if speaker in ("", turn.speaker)]
    pages = max(1, -(-len(turns) // TURNS_PER_PAGE))
    wanted = query.casefold()
    places = [place for place, turn in enumerate(turns) if wanted and wanted in turn.text.casefold()]
    hit = max(1, min(hit or 1, len(places))) if places else 0
    at = -1 if at_seconds is None else max(0, sum(turn.start_seconds <= at_seconds for turn in turns) - 1)
    current = places[hit - 1] if hit else at
    if current >= 0 and page < 1:
        page = current // TURNS_PER_PAGE + 1
    page = max(1, min(page, pages))
    shown = turns[(page - 1) * TURNS_PER_PAGE : page * TURNS_PER_PAGE]
    at = turns[at].number if turns and at >= 0 else -1
    return View(tuple(shown), page, pages, tuple(turns[place].number for place in places), hit, at)


def highlighted(text: str, query: str) -> list[tuple[str, bool]]:
    """The parts of a text, each with whether it is what the reader searches for."""
    if not query:
        return [(text, False)]
    parts = re.split(f"({re.escape(query)})", text, flags=re.IGNORECASE)
    return [(part, index % 2 == 1) for index, part in enumerate(parts) if part]


def to_text(transcript: Transcript) -> str:
    """The transcript as plain text, with times from the beginning."""
    return "".join(f"{elapsed(turn.start_seconds)} {turn.speaker}: {turn.text}\n" for turn in transcript.turns)


def elapsed(seconds: float) -> str:
    """Time from the beginning: "0:03:12"."""
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def _by_turn(cues: Sequence[Cue]) -> list[list[Cue]]:
    groups: list[list[Cue]] = []
    length = 0
    for cue in cues:
        last = groups[-1][-1] if groups else None
        follows = last is not None and last.speaker == cue.speaker
        if last and follows and cue.start_seconds - last.end_seconds <= SILENCE_SECONDS and length < TURN_CHARS:
            groups[-1].append(cue)
            length += len(cue.text)
        else:
            groups.append([cue])
            length = len(cue.text)
    return groups
