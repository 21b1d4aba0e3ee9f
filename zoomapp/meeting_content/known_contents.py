"""What a past meeting may have beside its attendance: remembered, so that its tabs cost no call."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal, TypeAlias

from zoomapp.user_api.page_cache import PageCache

Kind: TypeAlias = Literal["polls", "recording"]


def may_have(cache: PageCache, kind: Kind, uuid: str) -> bool:
    """Whether a past meeting may have this content. False after a page found none. Does not call Zoom."""
    fact = replace(cache, reload=False).recent(_name(kind, uuid), _read, float("inf"))
    return fact is None or bool(fact.value)


def remember(cache: PageCache, kind: Kind, uuid: str, keep_seconds: int, *, is_there: bool) -> None:
    """Save whether a past meeting has this content, if that is news."""
    if is_there != may_have(cache, kind, uuid):
        cache.remember(_name(kind, uuid), {"any": is_there}, keep_seconds)


def _name(kind: Kind, uuid: str) -> str:
    return f"any {kind} {uuid}"


def _read(fact: Any) -> bool:
    return not isinstance(fact, dict) or fact.get("any") is not False
