"""The participants of a running meeting as Zoom's dashboard lists them: one poll for all viewers who may see them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from zoomapp.attendance.current_meeting import may_read_dashboard
from zoomapp.attendance.sources import AttendanceSources
from zoomapp.errors import MissingScope, UpstreamError, ZoomRefused
from zoomapp.user_api.page_cache import Loaded
from zoomapp.user_api.shared_poll import Snapshot
from zoomapp.zoom import call_trace
from zoomapp.zoom.models import Meeting
from zoomapp.zoom.pagination import collect
from zoomapp.zoom.rate_limits import slowdown

#: Seconds between two polls, and while webhooks report on the meeting.
POLL_SECONDS, POLL_SECONDS_WITH_WEBHOOKS = 15.0, 60.0
#: The same while the list does not change. A window asks up to 5 % later and shows the answer a second after that, so
#: a person who joins then appears within 30 seconds.
QUIET_POLL_SECONDS, QUIET_POLL_SECONDS_WITH_WEBHOOKS = 26.0, 130.0
#: A list that is older does not count at the end of the meeting.
ENDED_SECONDS = 1.0


def dashboard(sources: AttendanceSources, meeting: Meeting, *, with_webhooks: bool) -> Loaded[Snapshot]:
    """All rows of the dashboard's list. ``complete`` in the body is False if a later page is missing."""
    if not may_read_dashboard(sources):
        refused = MissingScope(400, 0, "the grant does not have this scope", ())
        return Loaded(None, sources.now, None if with_webhooks else refused)
    instance, user_id, name = str(meeting.id), sources.user_id, _snapshot_name(sources, meeting)
    seconds = POLL_SECONDS_WITH_WEBHOOKS if with_webhooks else POLL_SECONDS
    quiet_seconds = QUIET_POLL_SECONDS_WITH_WEBHOOKS if with_webhooks else QUIET_POLL_SECONDS

    limits: dict[str, str] = {}

    def fetch() -> dict[str, Any]:
        with call_trace.record_limits(limits):
            found = collect(lambda token: sources.user_client.live_participants(instance, token), "participants")
        counts = {"total": found.total, "complete": not found.cut_off, "unreadable": found.unreadable}
        return {"rows": found.rows, **counts}

    def pause() -> float:
        return seconds * slowdown(limits)

    try:
        snapshot = sources.shared_polls.get(name, user_id, fetch, pause, quiet_seconds / seconds)
    except (UpstreamError, ZoomRefused) as error:
        return Loaded(None, sources.now, error)
    at, failure = datetime.fromtimestamp(snapshot.at, UTC), snapshot.failure(sources.clock())
    return Loaded(snapshot, at, failure, at if failure else None)


def forget_dashboard(sources: AttendanceSources, meeting: Meeting) -> None:
    """Let the next request ask Zoom: a Zoom client in the meeting says that it has ended."""
    sources.shared_polls.forget(_snapshot_name(sources, meeting), ENDED_SECONDS)


def _snapshot_name(sources: AttendanceSources, meeting: Meeting) -> str:
    return f"{sources.account_id or sources.user_id} {meeting.id}"
