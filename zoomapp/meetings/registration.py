"""Whether people register for a meeting: remembered, so that the pages of a past meeting know it without a call."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from zoomapp.user_api.page_cache import PageCache
from zoomapp.zoom.models import Meeting, Occurrence
from zoomapp.zoom.tolerant_reader import JsonObject


@dataclass(frozen=True)
class KnownRegistration:
    """The registration of a meeting. ``sessions``: those of a series that people register for one by one, else None."""

    sessions: tuple[Occurrence, ...] | None = None


def remember_registration(cache: PageCache, meeting: Meeting, keep_seconds: int) -> None:
    """Save whether this meeting has registration, if that is news. ``meeting``: with its settings and past sessions."""
    fact: dict[str, Any] = {"on": meeting.has_registration, "occurrences": None}
    if meeting.has_registration and meeting.registers_by_session:
        fact["occurrences"] = [
            {"occurrence_id": each.id, "start_time": each.start_at.isoformat(), "duration": each.duration_minutes}
            for each in meeting.occurrences
            if each.id and each.start_at
        ]
    if _read(fact) != known_registration(cache, meeting.id):
        cache.remember(_name(meeting.id), fact, keep_seconds)


def known_registration(cache: PageCache, number: int) -> KnownRegistration | None:
    """The registration of this meeting, if an earlier page found that people register for it. Does not call Zoom."""
    fact = replace(cache, reload=False).recent(_name(number), _read, float("inf")) if number else None
    return fact.value if fact else None


def _name(number: int) -> str:
    return f"registration {number}"


def _read(fact: Any) -> KnownRegistration | None:
    if not isinstance(fact, dict) or fact.get("on") is not True:
        return None
    # An earlier release did not save whether people register for each session: none of them is known.
    if fact.get("occurrences", ()) is None:
        return KnownRegistration()
    rows = JsonObject(fact, "registration").rows("occurrences", "occurrence")
    return KnownRegistration(tuple(map(Occurrence.from_api, rows)))
