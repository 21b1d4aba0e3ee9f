"""Splits the answer to a multiple choice into its choices: Zoom joins them with semicolons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

#: An answer with more parts is written text. Splitting it would take too long.
MAX_PARTS = 200


class Choices:
    """The choices of a question. A choice may contain semicolons itself."""

    def __init__(self, options: Iterable[str]) -> None:
        self.texts = {plain(option) for option in options}
        self.most_parts = max((text.count(";") + 1 for text in self.texts), default=1)


def split_choices(answers: Sequence[str], choices: Choices, several: bool) -> tuple[str, ...]:
    """The choices in the texts of one answer, each once. ``several``: whether a text may hold more than one."""
    found = [part for text in answers for part in (_split(text, choices) if several else [plain(text)])]
    return tuple(dict.fromkeys(part for part in found if part))


def plain(text: str) -> str:
    """The text without differences in spaces."""
    return " ".join(text.split())


def _split(text: str, choices: Choices) -> list[str]:
    """From left to right, the longest choice that the rest begins with; else the part up to the next semicolon."""
    if plain(text) in choices.texts or text.count(";") >= MAX_PARTS:
        return [plain(text)]
    parts, found = text.split(";"), []
    while parts:
        for count in range(min(choices.most_parts, len(parts)), 0, -1):
            candidate = plain(";".join(parts[:count]))
            if candidate in choices.texts or count == 1:
                found.append(candidate)
                del parts[:count]
                break
    return found
