"""The deliberate differences between the offline Zoom and the facts, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import NamedTuple

from offline_zoom.facts.comparison import Difference

RECORDED = "Answers that programs recorded from Zoom have this field; Zoom's schema lacks it."


class Deliberate(NamedTuple):
    """A difference that shall stay: patterns of the operation and its fields, and the reason."""

    name: str
    paths: tuple[str, ...]
    reason: str

    def covers(self, difference: Difference) -> bool:
        matches = (fnmatchcase(difference.path, path) for path in self.paths)
        return fnmatchcase(difference.name, self.name) and any(matches)


#: at most eight
DELIBERATE = (
    Deliberate(
        "GET /*/recordings",
        ("*recording_files.file_type",),
        "Zoom's text and its events have files of the type TIMELINE; only the schema of the answers lacks it.",
    ),
    Deliberate(
        "GET /*/recordings",
        ("*share_url", "*timezone"),
        "Zoom's examples and its events have both; the schema of the answers lost them after 2021.",
    ),
    Deliberate("GET /report/meetings/{meetingId}", ("host_id",), RECORDED),
    Deliberate("GET /report/meetings/{meetingId}/participants", ("participants.attentiveness_score",), RECORDED),
    Deliberate("GET /past_meetings/{meetingId}/participants", ("participants.groupId",), RECORDED),
    Deliberate("GET /users", ("users.phone_number",), RECORDED),
    Deliberate("GET /report/daily", ("scopes",), "Zoom names no granular scope, so the classic one is asked for."),
)


class Split(NamedTuple):
    """Differences that are deliberate, and all others."""

    deliberate: set[Difference]
    other: set[Difference]


def split(differences: Iterable[Difference]) -> Split:
    """The differences by whether they are deliberate."""
    found = set(differences)
    expected = {difference for difference in found if any(entry.covers(difference) for entry in DELIBERATE)}
    return Split(expected, found - expected)
