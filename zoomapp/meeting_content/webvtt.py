"""Reads WebVTT leniently: cues with times, speakers and texts. What has no time is left out and counted.

https://www.w3.org/TR/webvtt1/
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

#: Eight hours with a cue each second have fewer. What comes after them is left out and counted.
MAX_CUES = 40_000
_TIME = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?"
_TIMES = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?", re.ASCII)
_VOICE = re.compile(r"<v(?:\.[^ >]{0,100})?\s+([^>]{1,200})>")
_TAG = re.compile(r"</?(?:[a-z]{1,4}(?:[.\s][^<>]{0,200})?|\d{1,4}:[\d:.]{1,20})>", re.IGNORECASE)
_SPEAKER = re.compile(r"([^:\n]{1,100}?):\s+(\S.*)", re.DOTALL)


@dataclass(frozen=True)
class Cue:
    """The words of a speaker in a row. Seconds from the beginning. ``speaker``: empty if unknown."""

    start_seconds: float
    end_seconds: float
    speaker: str
    text: str


@dataclass(frozen=True)
class Cues:
    """The cues of a file in the order of time. ``unreadable``: the number of those that could not be read."""

    items: tuple[Cue, ...]
    unreadable: int = 0


def read(body: bytes) -> Cues:
    """The cues of a WebVTT file. Text that is not UTF-8 has U+FFFD in its place."""
    text = body.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    cues: list[Cue] = []
    unreadable = 0
    for block in re.split(r"\n[ \t]*\n+", text):
        if "-->" not in block:
            continue
        cue = _read_block(block) if len(cues) < MAX_CUES else None
        if cue is None:
            unreadable += 1
        elif cue.text:
            cues.append(cue)
    cues.sort(key=lambda cue: cue.start_seconds)
    return Cues(tuple(cues), unreadable)


def _read_block(block: str) -> Cue | None:
    """The cue of one block: an optional name, the times, and lines of text. None without readable times."""
    lines = block.split("\n")
    number = next(index for index, line in enumerate(lines) if "-->" in line)
    times = _TIMES.fullmatch(lines[number])
    if not times:
        return None
    start, end = _seconds(times.groups()[:4]), _seconds(times.groups()[4:])
    speaker, text = _speech("\n".join(lines[number + 1 :]))
    return Cue(start, max(start, end), speaker, text)


def _speech(payload: str) -> tuple[str, str]:
    """Speaker and text: ``<v Name>text`` by the standard, ``Name: text`` in Zoom's files."""
    voice = _VOICE.search(payload)
    text = " ".join(html.unescape(_TAG.sub("", payload)).split())
    if voice:
        return " ".join(html.unescape(voice[1]).split()), text
    named = _SPEAKER.fullmatch(text)
    return (named[1].strip(), named[2]) if named else ("", text)


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, fraction = parts
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return whole + int((fraction or "0").ljust(3, "0")) / 1000
