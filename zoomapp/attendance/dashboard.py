"""The participants of a running meeting as Zoom's dashboard lists them: one poll for all viewers who may see them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from zoomapp.attendance.current_meeting import may_read_dashboard
from zoomapp.attendance.hosted_meetings import account_reports
from zoomapp.attendance.sources import AttendanceSources
from zoomapp.errors import AccountRefused, MissingScope, UpstreamError, ZoomRefused
from zoomapp.user_api.account_client import CREDENTIAL
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
    """All rows of the dashboard's list. ``complete`` in the body is False if a later page is missing.

    It is read with the user's own grant or, if that may not, with the account's credentials (``credential`` in the
    body).
    """
    by_account = not may_read_dashboard(sources)
    try:
        reader = account_reports(sources, meeting.id) if by_account else sources.user_client
    except UpstreamError as error:
        return Loaded(None, sources.now, error)
    if reader is None:
        return _not_allowed(sources, with_webhooks)
    instance, user_id = str(meeting.id), sources.user_id
    name = _snapshot_name(sources, meeting, by_account=by_account)
    seconds = POLL_SECONDS_WITH_WEBHOOKS if with_webhooks else POLL_SECONDS
    quiet_seconds = QUIET_POLL_SECONDS_WITH_WEBHOOKS if with_webhooks else QUIET_POLL_SECONDS

    limits: dict[str, str] = {}

    def fetch() -> dict[str, Any]:
        with call_trace.record_limits(limits):
            found = collect(lambda token: reader.live_participants(instance, token), "participants")
        counts = {"total": found.total, "complete": not found.cut_off, "unreadable": found.unreadable}
        return {"rows": found.rows, **counts, **({"credential": CREDENTIAL} if by_account else {})}

    def pause() -> float:
        return seconds * slowdown(limits)

    try:
        snapshot = sources.shared_polls.get(name, user_id, fetch, pause, quiet_seconds / seconds)
    except AccountRefused:
        return _not_allowed(sources, with_webhooks)
    except (UpstreamError, ZoomRefused) as error:
        return Loaded(None, sources.now, error)
    at, failure = datetime.fromtimestamp(snapshot.at, UTC), snapshot.failure(sources.clock())
    return Loaded(snapshot, at, failure, at if failure else None)


def _not_allowed(sources: AttendanceSources, with_webhooks: bool) -> Loaded[Snapshot]:
    """No list, and the missing scope unless webhooks report on the meeting."""
    refused = MissingScope(400, 0, "the grant does not have this scope", ())
    return Loaded(None, sources.now, None if with_webhooks else refused)


def forget_dashboard(sources: AttendanceSources, meeting: Meeting) -> None:
    """Let the next request ask Zoom: a Zoom client in the meeting says that it has ended."""
    for by_account in (False, True):
        name = _snapshot_name(sources, meeting, by_account=by_account)
        sources.shared_polls.forget(name, ENDED_SECONDS)


def _snapshot_name(sources: AttendanceSources, meeting: Meeting, *, by_account: bool) -> str:
    """The name of the shared poll. Each credential has polls, pauses and failures of its own."""
    return f"{CREDENTIAL if by_account else sources.account_id or sources.user_id} {meeting.id}"
