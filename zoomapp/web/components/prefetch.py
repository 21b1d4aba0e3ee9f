"""Prefetch: asks Zoom for what the next click most likely needs, after the response was sent.

It costs two calls at most, and none while the user's quota is scarce. It runs in threads of its own; only a dashboard
that is polled again may take one of the pages' threads. A page that is opened meanwhile waits for the same call, in any
process. A call that failed saves nothing; only a count that failed is not tried again for ten minutes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flask import Response, after_this_request, g, request

from zoomapp.attendance.dashboard import dashboard
from zoomapp.attendance.sources import AttendanceSources, Reader
from zoomapp.auth import profiles
from zoomapp.meeting_content.poll_loading import count_unknown, is_collected, unknown_kinds
from zoomapp.meetings.lists import live_meetings, upcoming_meetings
from zoomapp.recordings.library import RecordingLibrary, valid_range
from zoomapp.store import key_names
from zoomapp.store.encrypted_records import PAGE_REFRESH
from zoomapp.web.components.attendance import attendance_sources
from zoomapp.web.components.page_data import page_cache
from zoomapp.web.current_user import services, this_session
from zoomapp.web.viewer import now, today, viewer
from zoomapp.zoom.models import PastMeeting

MAX_CALLS = 2


def after_sign_in(version: bytes | None) -> None:
    """Prefetch the first pages of the user who has just signed in. ``version``: of the user's answers from now on."""
    if services().settings.prefetches and version is not None:
        sources = _sources(version)
        _start(lambda: _load_next(sources))


def after_overview(*, has_recordings: bool) -> None:
    """Prefetch the pages that the overview leads to, unless a script asks for it again."""
    is_visit = request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
    # The version of the user's answers is read along with a stored session.
    if services().settings.prefetches and is_visit and this_session().stored:
        sources, last = _sources(this_session().version), today()
        library = RecordingLibrary(sources.user_client, sources.cache, sources.clock, viewer().zone)
        days = valid_range("", "", last)
        _start(lambda: _load_next(sources, lambda: library.in_range(*days) if has_recordings else None))


def after_past_meeting(meeting: PastMeeting) -> None:
    """Prefetch how many polls and questions the user's past meeting has.

    Until that is known, this page has no tabs for them. It asks for itself again, and then has those of what there is.
    """
    cache, is_own = page_cache(), meeting.host_id in ("", viewer().user.id)
    may_ask = services().settings.prefetches and this_session().stored and is_own and is_collected(meeting, now())
    if not may_ask or not unknown_kinds(cache, meeting.uuid):
        return
    digest = key_names.digest(f"contents {meeting.uuid}")
    if cache.answers.claim(cache.user_id, PAGE_REFRESH, True, PAGE_REFRESH.seconds, digest):
        sources = _sources(this_session().version)
        _start(
            lambda: count_unknown(sources, meeting),
            on_busy=lambda: cache.answers.delete(cache.user_id, PAGE_REFRESH, digest),
        )
    g.is_counting_polls = g.refreshing = True


def _load_next(sources: AttendanceSources, load_recordings: Callable[[], object] = lambda: None) -> None:
    """Load what is not saved yet, the most likely first, until the calls are used up."""
    client, cache = sources.user_client, sources.cache
    for meeting in live_meetings(client, cache).value or ():
        reported = sources.webhook_log.news(client.user_id, meeting.uuid).readable
        dashboard(sources, meeting, with_webhooks=reported)
    upcoming_meetings(client, cache)
    load_recordings()


def _sources(version: bytes) -> AttendanceSources:
    """The sources of attendance, with clients that make few calls."""
    parts, sources = services(), attendance_sources(with_viewer=False)
    user_id = sources.user_id

    def reader() -> Reader:
        user = profiles.load(parts.user_records, user_id)
        return Reader(user.account_id if user else "")

    return replace(
        sources,
        user_client=parts.limited_client(user_id, MAX_CALLS),
        cache=parts.page_caches.of(user_id, version, now(), prefetch=True),
        reader=reader,
        account_client=None,
    )


def _start(load: Callable[[], object], on_busy: Callable[[], object] = lambda: None) -> None:
    """Start to load when the response has been sent, so that it does not wait. ``on_busy``: called without a thread."""
    parallel_calls = services().parallel_calls

    @after_this_request
    def start(response: Response) -> Response:
        response.call_on_close(lambda: parallel_calls.start_prefetch(load) or on_busy())
        return response
