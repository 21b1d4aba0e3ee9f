"""Whether people register for a meeting: remembered, so that the tabs of a past meeting cost no call."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from zoomapp.user_api.page_cache import PageCache
from zoomapp.zoom.models import Meeting


def remember_registration(cache: PageCache, meeting: Meeting, keep_seconds: int) -> None:
    """Save whether this meeting has registration, if that is news. ``meeting``: with its settings."""
    if meeting.has_registration != has_known_registration(cache, meeting.id):
        cache.remember(_name(meeting.id), {"on": meeting.has_registration}, keep_seconds)


def has_known_registration(cache: PageCache, number: int) -> bool:
    """Whether an earlier page found that people register for this meeting. Does not call Zoom."""
    fact = replace(cache, reload=False).recent(_name(number), _read, float("inf")) if number else None
    return fact is not None and bool(fact.value)


def _name(number: int) -> str:
    return f"registration {number}"


def _read(fact: Any) -> bool:
    return isinstance(fact, dict) and fact.get("on") is True
