"""A user's meetings for the pages: Zoom's lists, the search in them, and which meeting blocks a start."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from zoomapp.meetings import agenda
from zoomapp.store.user_records import UserRecords
from zoomapp.user_api import last_seen
from zoomapp.user_api.last_seen import Loaded
from zoomapp.user_api.user_client import UserClient
from zoomapp.zoom.models import Meeting, Page
from zoomapp.zoom.pagination import Collected

#: The name under which ``last_seen`` stores the user's live meetings.
LIVE_LIST = "live"
#: The lists of the meetings page, and Zoom's names for them.
ZOOM_LISTS = {"upcoming": "upcoming", "live": "live", "scheduled": "scheduled", "past": "previous_meetings"}

#: Loads all pages of one of Zoom's lists: takes a name, a function that fetches one page, and the name of the rows.
LoadAllRows = Callable[[str, Callable[[str], Any], str], Collected]


@dataclass(frozen=True)
class MeetingList:
    """The meetings of one list. ``total`` is 0 if the list is complete, else the number of meetings Zoom has."""

    meetings: tuple[Meeting, ...]
    total: int = 0


@dataclass(frozen=True)
class SearchResult:
    """What the meetings page shows: ``found`` in one list, and ``running`` above it."""

    loaded: Loaded[MeetingList]
    live: Loaded[tuple[Meeting, ...]]
    found: Sequence[Meeting]
    running: Sequence[Meeting]
    next_meeting: Meeting | None
    starts_soon: bool


def live_meetings(user_client: UserClient, records: UserRecords, now: datetime) -> Loaded[tuple[Meeting, ...]]:
    """The user's meetings that are running."""
    return last_seen.load(
        records, user_client.user_id, now, LIVE_LIST, lambda: user_client.meetings("live"), read_meetings
    )


def upcoming_meetings(user_client: UserClient, records: UserRecords, now: datetime) -> Loaded[tuple[Meeting, ...]]:
    """The first page of the user's upcoming meetings."""
    return last_seen.load(
        records, user_client.user_id, now, "upcoming", lambda: user_client.meetings("upcoming"), read_meetings
    )


def next_meeting(user_client: UserClient, records: UserRecords, now: datetime) -> Meeting | None:
    """The next meeting that has a start time."""
    upcoming = upcoming_meetings(user_client, records, now).value or ()
    return agenda.first_with_start(agenda.upcoming(upcoming, now))


def all_meetings(
    user_client: UserClient, records: UserRecords, now: datetime, name: str, load_all_rows: LoadAllRows
) -> Loaded[MeetingList]:
    """All pages of the list ``name``, which is a key of ZOOM_LISTS."""

    def fetch() -> dict[str, Any]:
        collected = load_all_rows(
            f"meetings {name}", lambda token: user_client.meetings(ZOOM_LISTS[name], token), "meetings"
        )
        return {"rows": collected.rows, "total": collected.total, "complete": collected.complete}

    def read(body: Any) -> MeetingList:
        meetings = tuple(Meeting.from_api(row) for row in body["rows"])
        return MeetingList(meetings, 0 if body["complete"] else body["total"])

    return last_seen.load(records, user_client.user_id, now, f"all {name}", fetch, read)


def search(
    user_client: UserClient, records: UserRecords, now: datetime, name: str, query: str, load_all_rows: LoadAllRows
) -> SearchResult:
    """The meetings of the list ``name`` that match ``query``, in the order in which the page shows them."""
    live = live_meetings(user_client, records, now)
    meetings: Loaded[MeetingList] = Loaded(MeetingList(()), live.at, live.error, live.last_seen_at)
    if name != "live":
        meetings = all_meetings(user_client, records, now, name, load_all_rows)
    elif live.value is None:
        meetings = replace(meetings, value=None)
    rows = meetings.value.meetings if meetings.value else ()
    found = [
        meeting
        for meeting in _sorted(name, rows, now, live.value or ())
        if agenda.matches(query, meeting.topic, meeting.id)
    ]
    running = [
        meeting for meeting in live.value or () if name != "past" and agenda.matches(query, meeting.topic, meeting.id)
    ]
    first = agenda.first_with_start(found)
    following = next_meeting(user_client, records, now) if name == "live" and not running else first
    return SearchResult(meetings, live, found, running, following, agenda.starts_soon(first, now))


def _sorted(name: str, meetings: Sequence[Meeting], now: datetime, live: Sequence[Meeting]) -> Sequence[Meeting]:
    if name == "past":
        return agenda.newest_first(meetings)
    if name == "scheduled":
        return agenda.by_start(meetings, now)
    return agenda.upcoming(meetings, now, live)


def blocking_meeting(live: Sequence[Meeting], meeting_id: int, user_id: str) -> Meeting | None:
    """Another running meeting of this host, which prevents the start of ``meeting_id``.

    None if nothing runs, or if ``meeting_id`` itself is running already.
    """
    hosted = [meeting for meeting in live if not meeting.host_id or meeting.host_id == user_id]
    if any(meeting.id == meeting_id for meeting in hosted):
        return None
    return next(iter(hosted), None)


def read_meetings(body: Any) -> tuple[Meeting, ...]:
    """The meetings of one page of a list."""
    return Page.of(body, "meetings", Meeting.from_api).items
