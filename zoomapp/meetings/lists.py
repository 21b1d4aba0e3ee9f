"""A user's meetings for the pages: Zoom's lists, the search in them, and which meeting blocks a start."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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
from zoomapp.zoom.tolerant_reader import read_rows

#: The name under which ``last_seen`` stores the user's live meetings.
LIVE_LIST = "live"
#: The lists of the meetings page, and Zoom's names for them.
ZOOM_LISTS = {"upcoming": "upcoming", "live": "live", "scheduled": "scheduled", "past": "previous_meetings"}

#: Loads all pages of one of Zoom's lists: takes a name, a function that fetches one page, and the name of the rows.
LoadAllRows = Callable[[str, Callable[[str], Any], str], Collected]


@dataclass(frozen=True)
class MeetingList:
    """The meetings of one list. ``total`` is 0 if Zoom sent all of it, else the number of meetings Zoom has.

    ``unreadable``: the number of entries that are missing because they could not be read.
    """

    meetings: tuple[Meeting, ...]
    total: int = 0
    unreadable: int = 0


@dataclass(frozen=True)
class SearchResult:
    """What the meetings page shows: ``found`` in one list, and ``running`` above it.

    ``unreadable``: the number of entries that are missing in either, because they could not be read.
    """

    loaded: Loaded[MeetingList]
    live: Loaded[Page[Meeting]]
    found: Sequence[Meeting]
    running: Sequence[Meeting]
    next_meeting: Meeting | None
    starts_soon: bool
    unreadable: int = 0


def live_meetings(user_client: UserClient, records: UserRecords, now: datetime) -> Loaded[Page[Meeting]]:
    """The user's meetings that are running."""
    return last_seen.load(
        records, user_client.user_id, now, LIVE_LIST, lambda: user_client.meetings("live"), _read_page
    )


def upcoming_meetings(user_client: UserClient, records: UserRecords, now: datetime) -> Loaded[Page[Meeting]]:
    """The first page of the user's upcoming meetings."""
    return last_seen.load(
        records, user_client.user_id, now, "upcoming", lambda: user_client.meetings("upcoming"), _read_page
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
        fields = {"rows": list(collected.rows), "total": collected.total, "complete": not collected.cut_off}
        return {**fields, "unreadable": collected.unreadable}

    def read(body: Any) -> MeetingList:
        rows = read_rows(body, "rows", Meeting.from_api, "meeting")
        unreadable = rows.unreadable + body.get("unreadable", 0)
        return MeetingList(rows.items, 0 if body["complete"] else body["total"], unreadable)

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
    lists = [meetings.value, live.value if name != "past" else None]
    unreadable = sum(part.unreadable for part in lists if part is not None)
    return SearchResult(meetings, live, found, running, following, agenda.starts_soon(first, now), unreadable)


def _sorted(name: str, meetings: Sequence[Meeting], now: datetime, live: Iterable[Meeting]) -> Sequence[Meeting]:
    if name == "past":
        return agenda.newest_first(meetings)
    if name == "scheduled":
        return agenda.by_start(meetings, now)
    return agenda.upcoming(meetings, now, live)


def blocking_meeting(live: Iterable[Meeting], meeting_id: int, user_id: str) -> Meeting | None:
    """Another running meeting of this host, which prevents the start of ``meeting_id``.

    None if nothing runs, or if ``meeting_id`` itself is running already.
    """
    hosted = [meeting for meeting in live if not meeting.host_id or meeting.host_id == user_id]
    if any(meeting.id == meeting_id for meeting in hosted):
        return None
    return next(iter(hosted), None)


def read_meetings(body: Any) -> tuple[Meeting, ...]:
    """The meetings of one page of a list. Raises UpstreamError if the response has no such list."""
    return _read_page(body).items


def _read_page(body: Any) -> Page[Meeting]:
    return Page.of(body, "meetings", Meeting.from_api, "meeting")
