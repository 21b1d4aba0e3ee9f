"""Where a meeting's people come from, all merged: webhooks and the dashboard while it runs, then Zoom's own lists.

Each viewer gets what they themselves may know: webhooks of their own meetings, the dashboard if their grant reads it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import msgspec

from zoomapp.attendance import Frame, from_metrics
from zoomapp.attendance.attendance_table import AttendanceTable, late_seconds
from zoomapp.attendance.client_reports import ClientReport
from zoomapp.attendance.current_meeting import running
from zoomapp.attendance.dashboard import dashboard
from zoomapp.attendance.past import past_meeting, past_table, remember_running
from zoomapp.attendance.planned_times import planned_times
from zoomapp.errors import NotFound
from zoomapp.store import key_names
from zoomapp.user_api.shared_poll import Snapshot
from zoomapp.web.components.notice import Notice
from zoomapp.web.components.section import Section
from zoomapp.web.current_user import services, user_client
from zoomapp.web.viewer import now
from zoomapp.zoom.models import Meeting, PastMeeting

#: Many windows of one person do not make Zoom list that person's running meetings again and again.
LIST_SECONDS = 15.0


def people(instance: str) -> tuple[Meeting | None, PastMeeting | None, Section[AttendanceTable]]:
    """The meeting if it runs, else what it was about, and who is or was in it."""
    meeting = running(instance, LIST_SECONDS).value
    seen = live_table(meeting) if meeting else None
    # Somebody else's meeting may turn out not to run.
    if seen is None or (seen.status == NotFound.status and not (meeting and meeting.uuid)):
        about = past_meeting(instance)
        return None, about, past_table(instance, about)
    return meeting, None, seen


@dataclass(frozen=True)
class LiveView:
    """What this viewer may know of a running meeting: how much webhooks told, and when; what the others say."""

    meeting: Meeting
    heard: int
    heard_at: float
    seen: Section[Snapshot]
    sighted: ClientReport | None

    @cached_property
    def version(self) -> str:
        """Another one whenever anything but the time has changed; told before anything is merged."""
        trouble = self.seen.trouble.title if self.seen.trouble else ""
        listed = key_names.digest(bytes(self.seen.value.raw)) if self.seen.value else ""
        sighted = key_names.digest(msgspec.json.encode(self.sighted.stays)) if self.sighted else ""
        return f"{self.heard} {listed} {sighted} {trouble}"

    @property
    def at(self) -> datetime:
        """The moment of the last news, whoever brought them; they may have stopped coming."""
        news = [self.heard_at] if self.heard else []
        news += [self.seen.value.at] if self.seen.value else []
        news += [self.sighted.at] if self.sighted else []
        return datetime.fromtimestamp(max(news), UTC) if news else now()

    @property
    def trouble(self) -> Notice | None:
        """Why the dashboard does not tell. Where webhooks do, that Zoom refuses it is none."""
        failure = self.seen.trouble
        return None if failure and self.heard and failure.status < 429 else failure

    def roster(self) -> Section[AttendanceTable]:
        """All of it, merged."""
        remember_running(self.meeting)
        plan = planned_times(self.meeting)
        frame = Frame(now().timestamp(), plan.starts_at, plan.ends_at, late_seconds=late_seconds(), told=plan.told)
        heard = services().webhook_log.records(user_client().user_id, self.meeting.uuid) if self.heard else ()
        body: dict[str, Any] = {"rows": (), "total": 0, "complete": True}
        if self.seen.value is not None:
            body = self.seen.value.body
        listed = [from_metrics(row, self.seen.at.timestamp()) for row in body["rows"]]
        records = [*heard, *listed, *(self.sighted.stays if self.sighted else ())]
        if self.seen.value is None and not records:
            return Section(None, self.seen.at, self.trouble)
        roster = AttendanceTable.of(
            records, frame, complete=body["complete"], total=body["total"], version=self.version
        )
        return Section(roster, self.at, self.trouble)


def live_view(meeting: Meeting) -> LiveView:
    """What there is to see now. Asks Zoom if nobody did a moment ago."""
    heard, heard_at = services().webhook_log.news(user_client().user_id, meeting.uuid)
    seen = dashboard(meeting, beside_webhooks=heard > 0)
    return LiveView(
        meeting, heard, heard_at, seen, services().client_reports.of(user_client().user_id, meeting.id, meeting.uuid)
    )


def live_table(meeting: Meeting) -> Section[AttendanceTable]:
    """Who is in a running meeting, from everything this viewer may know."""
    return live_view(meeting).roster()
