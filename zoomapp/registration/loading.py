"""Loads the registrants of a meeting by status, and the questions of its registration form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from zoomapp.user_api.page_cache import Loaded, PageCache
from zoomapp.user_api.parallel_calls import PendingCall
from zoomapp.user_api.user_client import UserClient
from zoomapp.zoom.registrants import (
    STATUSES,
    Registrant,
    RegistrationQuestion,
    read_questions,
    read_registrants,
    without_personal_links,
)
from zoomapp.zoom.tolerant_reader import JsonObject


@dataclass(frozen=True)
class RegistrationSource:
    """Whose registrants are loaded: of a meeting's number, or of one session of it. Zoom takes no UUID here."""

    user_client: UserClient
    cache: PageCache
    meeting_id: int
    occurrence_id: str = ""


@dataclass(frozen=True)
class RegistrantList:
    """The registrants with one status. ``total``: Zoom's number of them. ``complete``: whether all were loaded."""

    registrants: tuple[Registrant, ...]
    total: int = 0
    complete: bool = True
    unreadable: int = 0


def load_registrants(source: RegistrationSource, status: str, *, wait: bool = True) -> Loaded[RegistrantList]:
    """All registrants with a status, the newest first. Raises ListIncomplete for a long list on a page.

    ``wait``: see ``PageCache.load``.
    """

    def fetch(token: str) -> Any:
        page = source.user_client.registrants(source.meeting_id, status, token, source.occurrence_id)
        return without_personal_links(page)

    return source.cache.load_list(_name(source, status), fetch, "registrants", _read_list, wait=wait)


def count_registrants(source: RegistrationSource, status: str) -> Loaded[int]:
    """The number of registrants with a status."""

    def fetch() -> Any:
        page = source.user_client.registrants(source.meeting_id, status, "", source.occurrence_id, page_size=1)
        return without_personal_links(page)

    return source.cache.load(f"{_name(source, status)} count", fetch, _read_total)


def start_counts(source: RegistrationSource, except_status: str) -> Mapping[str, PendingCall[Loaded[int]]]:
    """Start to count the registrants with the other statuses."""
    calls = source.cache.calls
    return {
        status: calls.start(partial(count_registrants, source, status))
        for status in STATUSES
        if status != except_status
    }


def load_questions(source: RegistrationSource) -> Loaded[tuple[RegistrationQuestion, ...]]:
    """The questions that people are asked when they register."""
    name = f"registration questions {source.meeting_id}"
    return source.cache.load(name, lambda: source.user_client.registration_questions(source.meeting_id), read_questions)


def _name(source: RegistrationSource, status: str) -> str:
    return f"registrants {source.meeting_id} {source.occurrence_id} {status}"


def _read_list(body: Any) -> RegistrantList:
    rows = read_registrants({"registrants": body["rows"]})
    # Zoom's list may change between two of its pages, so that a person is on both.
    once = {person.key: person for person in rows}.values()
    newest_first = sorted(once, key=lambda person: str(person.registered_at or ""), reverse=True)
    unreadable = rows.unreadable + body.get("unreadable", 0)
    return RegistrantList(tuple(newest_first), body["total"], body["complete"], unreadable)


def _read_total(body: Any) -> int:
    rows = read_registrants(body)
    return max(JsonObject(body, "page of registrants").number("total_records"), len(rows) + rows.unreadable)
