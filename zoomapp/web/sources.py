"""Where a meeting's people come from: the dashboard while it runs, the past meeting's list afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from zoomapp.attendance import Frame, Record, from_metrics, from_past
from zoomapp.paging import collect
from zoomapp.web.block import Block, block
from zoomapp.web.current import gateway
from zoomapp.web.roster import Roster
from zoomapp.web.trouble import LIVE, PAST, Need
from zoomapp.web.viewer import now, viewer
from zoomapp.zoom.models import Meeting


def live_roster(instance: str, meeting: Meeting) -> Block[Roster]:
    """Who is in a running meeting."""
    starts_at = meeting.start_at.timestamp() if meeting.start_at else None
    ends_at = meeting.end_at.timestamp() if meeting.end_at else None
    frame = Frame(now().timestamp(), starts_at, ends_at, late_seconds=60.0 * viewer().chosen.late_minutes)

    def seen(row: Any) -> Record:
        return from_metrics(row, frame.now)

    return _listed(f"live {instance}", LIVE, lambda token: gateway().live_participants(instance, token), seen, frame)


def past_roster(instance: str) -> Block[Roster]:
    """Who was in a past meeting."""
    frame = Frame(now().timestamp(), ended_at=now().timestamp())
    return _listed(
        f"past {instance}", PAST, lambda token: gateway().past_participants(instance, token), from_past, frame
    )


def _listed(
    name: str, need: Need, fetch: Callable[[str], Any], record: Callable[[Any], Record], frame: Frame
) -> Block[Roster]:
    def all_pages() -> dict[str, Any]:
        found = collect(fetch, "participants")
        return {"rows": found.rows, "total": found.total, "complete": found.complete}

    def read(body: Any) -> Roster:
        records = (record(row) for row in body["rows"])
        return Roster.of(records, frame, complete=body["complete"], total=body["total"])

    return block(name, need, all_pages, read)
