"""What a past meeting may have beside its attendance: remembered, so that its tabs cost no call."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from zoomapp.user_api.page_cache import PageCache

#: An earlier release saved "polls", one fact about polls and Q&A together. It is not read: each is unknown then.
Kind: TypeAlias = Literal["poll results", "questions", "recording"]


@dataclass(frozen=True)
class KnownContent:
    """Whether there may be some, which is false only after Zoom said that there is none.

    ``count``: 0 if it was not counted. ``is_known``: whether something is saved about it.
    """

    is_possible: bool = True
    count: int = 0
    is_known: bool = True


UNKNOWN = KnownContent(is_known=False)


def known_content(cache: PageCache, kind: Kind, uuid: str) -> KnownContent:
    """What was found out earlier about this content of a past meeting. Does not call Zoom."""
    fact = replace(cache, reload=False).recent(_name(kind, uuid), _read, float("inf"))
    return fact.value if fact and fact.value else UNKNOWN


def remember(cache: PageCache, kind: Kind, uuid: str, keep_seconds: int, *, is_there: bool, count: int = 0) -> None:
    """Save whether a past meeting has this content, and how much, if that is news."""
    found = KnownContent(is_there, count)
    if found != known_content(cache, kind, uuid):
        cache.remember(_name(kind, uuid), {"any": is_there, "count": count}, keep_seconds)


def _name(kind: Kind, uuid: str) -> str:
    return f"any {kind} {uuid}"


def _read(fact: Any) -> KnownContent:
    if not isinstance(fact, dict):
        return UNKNOWN
    count = fact.get("count")
    return KnownContent(fact.get("any") is not False, count if type(count) is int else 0)
