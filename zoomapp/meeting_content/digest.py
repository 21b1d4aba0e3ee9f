"""A summary in three parts: overview, next steps with their owners, details.

Zoom sends the parts as fields of their own, or one Markdown text whose headings name them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from zoomapp.attendance.names import same_name
from zoomapp.meeting_content.markdown import plain
from zoomapp.zoom.meeting_content import MeetingSummary

OVERVIEW = frozenset({"overview", "quick recap", "recap", "meeting overview", "quick summary"})
NEXT_STEPS = frozenset({"next steps", "next step", "action items"})
#: Longer lists and lines are cut: a page with all of them would be too long to read.
MAX_STEPS, MAX_STEP_CHARS = 200, 1000
MAX_NAME_WORDS = 6
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*)")
#: A longer line is no heading and no next step: searching it takes too long.
MAX_LINE_CHARS = 2000
_FENCE = re.compile(r" {0,3}(```|~~~)")
_BULLET = re.compile(r"(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?")
_IN_PARENTHESES = re.compile(r"(.*\S)\s*\(([^()]{1,100})\)\.?", re.DOTALL)
_SEPARATOR = re.compile(r"\s*[:–—-]\s+|\s+(?:to|will)\s+|,\s+")


@dataclass(frozen=True)
class NextStep:
    """One thing to do. ``owner``: the attendee who is named in it, or empty. ``text``: all of it, as Zoom wrote it."""

    text: str
    owner: str = ""


@dataclass(frozen=True)
class Digest:
    """The parts of a summary. ``overview`` and ``details`` are Markdown."""

    overview: str = ""
    details: str = ""
    next_steps: tuple[NextStep, ...] = ()


def digest(summary: MeetingSummary) -> Digest:
    """The parts of a summary, without the owners of its next steps."""
    overview, details = summary.overview, _sections(summary.details)
    steps: Sequence[str] = summary.next_steps
    if summary.content and not (overview or details):
        overview, details, from_content = _split(summary.content)
        steps = steps or from_content
    lines = (plain(text[:MAX_STEP_CHARS]) for text in steps[:MAX_STEPS])
    return Digest(overview, details, tuple(NextStep(line) for line in lines if line))


def with_owners(parts: Digest, attendees: Iterable[str]) -> Digest:
    """The parts with the owner of each next step. ``attendees``: the names of the people who came."""
    owners = _Owners(attendees)
    return replace(parts, next_steps=tuple(NextStep(step.text, owners.find(step.text)) for step in parts.next_steps))


def to_markdown(summary: MeetingSummary) -> str:
    """The whole summary as one Markdown text, as Zoom wrote it."""
    if summary.content:
        return f"{summary.content}\n"
    parts = [f"# {summary.title or summary.topic or 'Meeting summary'}"]
    if summary.overview:
        parts += ["## Overview", summary.overview]
    if summary.next_steps:
        parts += ["## Next steps", "\n".join(f"- {' '.join(step.split())}" for step in summary.next_steps)]
    if summary.details:
        parts += ["## Details", _sections(summary.details)]
    return "\n\n".join(parts) + "\n"


def _sections(details: Iterable[tuple[str, str]]) -> str:
    return "\n\n".join("\n\n".join(filter(None, (f"### {label}" if label else "", text))) for label, text in details)


def _split(content: str) -> tuple[str, str, list[str]]:
    """Overview, details and next steps of a Markdown text, by its headings."""
    parts: dict[str, list[str]] = {"overview": [], "details": [], "steps": []}
    current, level, person = "details", 0, ""
    for line, heading in _lines(content):
        if heading and (not level or len(heading[1]) <= level):
            name = plain(heading[2]).casefold().strip(" \t#:")
            current = "overview" if name in OVERVIEW else "steps" if name in NEXT_STEPS else "details"
            level, person = (len(heading[1]) if current != "details" else 0), ""
            if current != "details":
                continue
        if current != "steps":
            parts[current].append(line)
        elif heading:
            person = heading[2].rstrip(" \t#")
        elif text := _BULLET.sub("", line.strip()[:MAX_LINE_CHARS], count=1):
            parts["steps"].append(f"{person}: {text}" if person else text)
    return "\n".join(parts["overview"]).strip(), "\n".join(parts["details"]).strip(), parts["steps"]


def _lines(content: str) -> Iterator[tuple[str, re.Match[str] | None]]:
    """The lines of a text, each with the match of its heading. A line of a code block is no heading."""
    fenced = False
    for line in content.splitlines():
        fenced ^= bool(_FENCE.match(line))
        yield line, None if fenced or len(line) > MAX_LINE_CHARS else _HEADING.fullmatch(line)


class _Owners:
    """Finds the one attendee whose name a next step begins or ends with: the full name, else the first name."""

    def __init__(self, attendees: Iterable[str]) -> None:
        #: A name belongs to several people if two attendees have it.
        self._names: dict[str, list[str]] = {}
        for name in attendees:
            words = name.split()
            for form in {same_name(name), same_name(words[0])} if words else ():
                self._names.setdefault(form, []).append(name)

    def find(self, text: str) -> str:
        """The owner; empty if no name in its place belongs to exactly one attendee."""
        candidates = [match[2] for match in [_IN_PARENTHESES.fullmatch(text)] if match]
        candidates += [text[: match.start()] for match in _SEPARATOR.finditer(text[:200])]
        # A single word without a separator is no name: "Mark the invoice as paid".
        words = text[:200].split()
        candidates += [" ".join(words[:count]) for count in range(min(MAX_NAME_WORDS, len(words)), 1, -1)]
        for candidate in candidates:
            found = self._names.get(same_name(candidate), [])
            if len(found) == 1:
                return found[0]
        return ""
