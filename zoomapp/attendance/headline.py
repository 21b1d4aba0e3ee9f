"""How many people came to a past meeting, and how many of those who registered: remembered for all of its pages.

So a page of the meeting shows these numbers without a call, once another page has counted the people.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from zoomapp.user_api.page_cache import PageCache


@dataclass(frozen=True)
class Headline:
    """Numbers of people; None if no page has counted them. ``registered_came``: of the ``registered``."""

    came: int | None = None
    registered: int | None = None
    registered_came: int | None = None


def known_headline(cache: PageCache, uuid: str) -> Headline:
    """What the pages of a meeting have counted so far. Does not call Zoom."""
    fact = replace(cache, reload=False).recent(_name(uuid), _read, float("inf"))
    return fact.value if fact and fact.value else Headline()


def remember_counts(cache: PageCache, uuid: str, keep_seconds: int, **counts: int) -> None:
    """Save these numbers, named as in ``Headline``, if they are news."""
    before = known_headline(cache, uuid)
    headline = replace(before, **counts)
    if headline != before:
        values = (headline.came, headline.registered, headline.registered_came)
        cache.remember(_name(uuid), {"counts": values}, keep_seconds)


def _name(uuid: str) -> str:
    return f"headline {uuid}"


def _read(fact: Any) -> Headline:
    counts = fact.get("counts") if isinstance(fact, dict) else None
    if not isinstance(counts, list) or len(counts) != 3:
        return Headline()
    return Headline(*(each if type(each) is int else None for each in counts))
