"""A file of calls that a program must make: one route a line.

    # a comment
    POST /oauth/token
    GET /v2/users/*/meetings
    GET /v2/meetings/1  404

``*`` is one segment of a path, ``**`` any rest. Without a status, one of the calls must have succeeded (below 400).
"""

from __future__ import annotations

from typing import NamedTuple

from offline_zoom.call_log import CallLog


class Expectation(NamedTuple):
    """A call that must be made, and the status that it must get. Status 0 is any success."""

    line: int
    method: str
    path: str
    status: int = 0

    @property
    def route(self) -> str:
        return f"{self.method} {self.path}"

    def accepts(self, status: int) -> bool:
        """Whether a call with this status is as expected. Status 0 is a dropped connection."""
        return status == self.status if self.status else 0 < status < 400


def parse(text: str) -> list[Expectation]:
    """The expectations of a file. Raises ValueError with the number of a wrong line."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.partition("#")[0].split()
        if words:
            found.append(expectation(number, words))
    return found


def expectation(line: int, words: list[str]) -> Expectation:
    """The expectation of one line. Raises ValueError."""
    if len(words) not in (2, 3) or not words[1].startswith("/"):
        raise ValueError(f"line {line}: needs a method, a path that begins with a slash, and perhaps a status")
    status = words[2] if len(words) == 3 else "0"
    if len(words) == 3 and not (status.isascii() and status.isdigit() and 100 <= int(status) <= 599):
        raise ValueError(f"line {line}: {status} is not a status: it must be a number from 100 to 599")
    return Expectation(line, words[0].upper(), words[1], int(status))


def unmet(expectations: list[Expectation], calls: CallLog) -> list[str]:
    """A sentence for each expectation that the calls do not meet."""
    sentences = [(expected, sentence(expected, calls)) for expected in expectations]
    return [f"line {expected.line}: {text}" for expected, text in sentences if text]


def sentence(expected: Expectation, calls: CallLog) -> str:
    """Why the calls do not meet an expectation. Empty if they do."""
    statuses = [call.status for call in calls.matching((expected.method, expected.path))]
    if not statuses:
        return f"{expected.route} was not called"
    if any(expected.accepts(status) for status in statuses):
        return ""
    wanted = f", not {expected.status}" if expected.status else ""
    return f"{expected.route} was {outcome(statuses[-1])}{wanted}"


def outcome(status: int) -> str:
    """What happened to a call."""
    if status == 0:
        return "dropped"
    return f"refused with {status}" if status >= 400 else f"answered with {status}"
