"""A user's meetings for the pages: Zoom's lists, the search in them, and which meeting blocks a start."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from zoomapp.errors import UpstreamError
from zoomapp.meetings import agenda
from zoomapp.user_api.page_cache import KEEP_SECONDS, STALE_SECONDS, Loaded, PageCache
from zoomapp.user_api.user_client import UserClient
from zoomapp.zoom.models import Meeting, Page
from zoomapp.zoom.tolerant_reader import JsonObject, read_rows

#: The name of the user's live meetings in the page cache.
LIVE_LIST = "live"
#: The lists of the meetings page, and Zoom's names for them.
ZOOM_LISTS = {"upcoming": "upcoming", "live": "live", "scheduled": "scheduled", "past": "previous_meetings"}


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


def live_meetings(user_client: UserClient, cache: PageCache, seconds: float = 0.0) -> Loaded[Page[Meeting]]:
    """The user's meetings that are running. ``seconds``: how old the list may be at least."""
    return cache.load(LIVE_LIST, lambda: user_client.meetings("live"), _read_page, fresh_seconds=seconds)


def is_listed_as_live(cache: PageCache, uuid: str) -> bool:
    """Whether the saved list of running meetings has this one. Does not call Zoom."""
    return any(meeting.uuid == uuid for meeting in _listed_as_live(cache))


def is_live_list_saved(cache: PageCache) -> bool:
    """Whether there is a list of running meetings that a page may show at once. Does not call Zoom."""
    return saved_live_list(cache) is not None


def _listed_as_live(cache: PageCache) -> Iterable[Meeting]:
    """The saved list of running meetings, which may be old."""
    saved = saved_live_list(cache, KEEP_SECONDS)
    return (saved and saved.value) or ()


def saved_live_list(cache: PageCache, seconds: float = STALE_SECONDS) -> Loaded[Page[Meeting]] | None:
    """The list of running meetings that a page loaded in the last ``seconds``. Does not call Zoom."""
    return replace(cache, reload=False).recent(LIVE_LIST, _read_page, seconds)


def upcoming_meetings(user_client: UserClient, cache: PageCache) -> Loaded[Page[Meeting]]:
    """The first page of the user's upcoming meetings."""
    return _first_upcoming(user_client, cache).map(lambda found: found[1])


def _first_upcoming(user_client: UserClient, cache: PageCache) -> Loaded[tuple[Any, Page[Meeting]]]:
    """The same, and what Zoom sent."""
    return cache.load("upcoming", lambda: user_client.meetings("upcoming"), lambda body: (body, _read_page(body)))


def next_meeting(user_client: UserClient, cache: PageCache) -> Meeting | None:
    """The next meeting that has a start time."""
    upcoming = upcoming_meetings(user_client, cache).value or ()
    return agenda.first_with_start(agenda.upcoming(upcoming, cache.now))


def all_meetings(user_client: UserClient, cache: PageCache, name: str) -> Loaded[MeetingList]:
    """All pages of the list ``name``, which is a key of ZOOM_LISTS."""
    first = _first_upcoming(user_client, cache) if name == "upcoming" else None
    if first and (first.value is None or first.value[0].get("next_page_token") in (None, "")):
        # Most people have no second page. The overview shows the first one, too.
        return first.map(lambda found: MeetingList(found[1].items, 0, found[1].unreadable))

    def fetch_page(token: str) -> Any:
        if not token and first and first.value and first.at == cache.now:
            return first.value[0]
        return user_client.meetings(ZOOM_LISTS[name], token)

    def read(body: Any) -> MeetingList:
        rows = read_rows(body, "rows", Meeting.from_api, "meeting")
        unreadable = rows.unreadable + body.get("unreadable", 0)
        return MeetingList(rows.items, 0 if body["complete"] else body["total"], unreadable)

    return cache.load_list(
        f"all {name}",
        fetch_page,
        "meetings",
        read,
        steps_name=f"meetings {name}",
    )


def meeting_details(
    user_client: UserClient,
    cache: PageCache,
    meeting_id: int,
    *,
    past_dates: bool = False,
    fresh_seconds: float = 0.0,
) -> Loaded[Meeting]:
    """One meeting for its page, without its passcode. ``past_dates``: with the past occurrences of a series.

    ``fresh_seconds``: how old it may be at least.
    """
    name = f"meeting {meeting_id}{' with past dates' if past_dates else ''}"
    return cache.load(
        name,
        lambda: user_client.meeting_fields(meeting_id, past_dates=past_dates),
        _read_meeting,
        fresh_seconds=fresh_seconds,
    )


def search(user_client: UserClient, cache: PageCache, name: str, query: str) -> SearchResult:
    """The meetings of the list ``name`` that match ``query``, in the order in which the page shows them."""
    now = cache.now
    pending = None if name == "live" else cache.calls.start(lambda: all_meetings(user_client, cache, name))
    pending_next = None
    if name == "live" and not _listed_as_live(cache):
        # Most likely nothing runs, and the page shows the next meeting instead.
        pending_next = cache.calls.start(lambda: next_meeting(user_client, cache))
    live = live_meetings(user_client, cache)
    if pending:
        meetings = pending.result()
    else:
        empty = None if live.value is None else MeetingList(())
        meetings = Loaded(empty, live.at, live.error, live.last_seen_at, live.refreshing)
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
    following = first
    if name == "live" and not running:
        following = pending_next.result() if pending_next else next_meeting(user_client, cache)
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


def _read_meeting(body: Any) -> Meeting:
    meeting = Meeting.from_api(JsonObject(body, "meeting"))
    if meeting is None:
        raise UpstreamError("response without a meeting")
    return meeting


def _read_page(body: Any) -> Page[Meeting]:
    return Page.of(body, "meetings", Meeting.from_api, "meeting")
