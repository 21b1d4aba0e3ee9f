"""Hides what identifies a person or a meeting in a text."""

from __future__ import annotations

import re

EMAIL = re.compile(r"[\w.+-]+@[\w.-]+\w")
#: Numbers of meetings and phones; UUIDs, ids of users and tokens, which mix digits and capital letters.
IDENTIFIER = re.compile(r"\b\d{9,}\b|(?=[\w+/=-]*\d)(?=[\w+/=-]*[A-Z])[\w+/=-]{20,}")


def mask(text: str) -> str:
    """The text without email addresses and without what identifies a person or a meeting."""
    return IDENTIFIER.sub("…", EMAIL.sub("…@…", text))
