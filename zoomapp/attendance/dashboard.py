"""The dashboard's list of a running meeting: one look for everybody who may have it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from zoomapp.attendance.current_meeting import may_read_dashboard
from zoomapp.errors import MissingScope, UpstreamError, ZoomRefused
from zoomapp.user_api.shared_poll import Snapshot
from zoomapp.web.components.notice import LIVE, notice_for
from zoomapp.web.components.section import Section
from zoomapp.web.current_user import services, user_client
from zoomapp.web.viewer import now, viewer
from zoomapp.zoom import call_trace
from zoomapp.zoom.models import Meeting
from zoomapp.zoom.pagination import collect
from zoomapp.zoom.rate_limits import slowdown

#: Seconds between two looks, for all who look; while webhooks tell the news, less often.
SECONDS, BESIDE_WEBHOOKS_SECONDS = 15.0, 60.0


def dashboard(meeting: Meeting, *, beside_webhooks: bool) -> Section[Snapshot]:
    """All its rows; ``complete`` is False when a later page did not come."""
    if not may_read_dashboard():
        refused = MissingScope(400, 0, "the grant does not hold it", ())
        return Section(None, now(), None if beside_webhooks else notice_for(refused, LIVE))
    instance, who = str(meeting.id), user_client().user_id
    seconds = BESIDE_WEBHOOKS_SECONDS if beside_webhooks else SECONDS

    def fetch() -> dict[str, Any]:
        found = collect(lambda token: user_client().live_participants(instance, token), "participants")
        return {"rows": found.rows, "total": found.total, "complete": found.complete}

    def pause() -> float:
        return seconds * slowdown(call_trace.last_limits())

    try:
        snapshot = services().shared_polls.get(f"{viewer().user.account_id or who} {instance}", who, fetch, pause)
    except (UpstreamError, ZoomRefused) as error:
        return Section(None, now(), notice_for(error, LIVE))
    at, failure = datetime.fromtimestamp(snapshot.at, UTC), snapshot.failure(services().clock())
    return Section(snapshot, at, notice_for(failure, LIVE, at) if failure else None)
