"""Where a meeting's people come from: the dashboard while it runs, then Zoom's report or the meeting's own list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from zoomapp import scopes
from zoomapp.attendance import Frame, Record, from_metrics, from_past, from_report
from zoomapp.paging import collect
from zoomapp.web.block import SEEN_SECONDS, Block, block
from zoomapp.web.current import gateway, services
from zoomapp.web.lists import live_meetings
from zoomapp.web.roster import Roster
from zoomapp.web.trouble import HELD, LIVE, PAST, REPORT, Need
from zoomapp.web.viewer import now, viewer
from zoomapp.zoom.models import Meeting, PastMeeting


def live_roster(instance: str, meeting: Meeting) -> Block[Roster]:
    """Who is in a running meeting."""
    starts_at = meeting.start_at.timestamp() if meeting.start_at else None
    ends_at = meeting.end_at.timestamp() if meeting.end_at else None
    frame = Frame(now().timestamp(), starts_at, ends_at, late_seconds=60.0 * viewer().chosen.late_minutes)

    def seen(row: Any) -> Record:
        return from_metrics(row, frame.now)

    return _listed(f"live {instance}", LIVE, lambda token: gateway().live_participants(instance, token), seen, frame)


def running(instance: str) -> Meeting | None:
    """The user's own meeting that runs under this number or UUID."""
    return next((each for each in live_meetings().value or () if instance in (str(each.id), each.uuid)), None)


def held(instance: str) -> PastMeeting | None:
    """What a past meeting was about, from when to when; None where Zoom does not say."""
    return block(
        f"held {instance}", HELD, lambda: gateway().past_meeting(instance), PastMeeting.from_api, _kept()
    ).value


def past_roster(instance: str, about: PastMeeting | None = None) -> Block[Roster]:
    """Who was in a past meeting: from Zoom's report where this grant may read it, else from the meeting's own list."""
    ended_at = about.end_at if about and about.end_at else now()
    frame = Frame(now().timestamp(), ended_at=ended_at.timestamp())
    if gateway().scopes() & scopes.REPORT.accepted:
        found = _listed(
            f"report {instance}",
            REPORT,
            lambda token: gateway().report_participants(instance, token),
            from_report,
            frame,
            _kept(),
        )
        # Zoom's report takes up to half an hour; the other list may be there already.
        if found.value is not None and found.value.people:
            return found
    return _listed(
        f"past {instance}", PAST, lambda token: gateway().past_participants(instance, token), from_past, frame, _kept()
    )


def _kept() -> int:
    return services().settings.attendance_days * 86400


def _listed(
    name: str,
    need: Need,
    fetch: Callable[[str], Any],
    record: Callable[[Any], Record],
    frame: Frame,
    seconds: int = SEEN_SECONDS,
) -> Block[Roster]:
    def all_pages() -> dict[str, Any]:
        found = collect(fetch, "participants")
        return {"rows": found.rows, "total": found.total, "complete": found.complete}

    def read(body: Any) -> Roster:
        records = (record(row) for row in body["rows"])
        return Roster.of(records, frame, complete=body["complete"], total=body["total"])

    return block(name, need, all_pages, read, seconds)
