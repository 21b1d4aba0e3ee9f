"""Turns a value of Zoom's enums, such as ``CHAT_MESSAGE``, into a readable label, if the app has no text for it."""

from __future__ import annotations

import re

MAX_CHARS = 40
#: Parts of such names that are not written like other words.
ABBREVIATIONS = {
    "ai": "AI",
    "aic": "AI",
    "cc": "CC",
    "csv": "CSV",
    "m4a": "M4A",
    "mp4": "MP4",
    "qa": "Q&A",
    "vtt": "VTT",
}


def readable(value: str) -> str:
    """The value as words: ``AIC_CONVERSATION`` is "AI conversation". Empty if it has no letter and no digit."""
    words = re.sub(r"[\W_]+", " ", value[: 4 * MAX_CHARS]).split()
    text = " ".join(ABBREVIATIONS.get(word.lower(), word.lower()) for word in words)[:MAX_CHARS].strip()
    return text[:1].upper() + text[1:]
