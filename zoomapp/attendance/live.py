"""The attendance of a running meeting, merged from webhooks, Zoom's dashboard and the user's own Zoom client.

Users get only what Zoom lets them see: webhooks of their own meetings, the dashboard if their grant reads it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import msgspec

from zoomapp.attendance import Frame
from zoomapp.attendance.attendance_table import AttendanceTable
from zoomapp.attendance.client_reports import ClientReport
from zoomapp.attendance.current_meeting import may_read_dashboard
from zoomapp.attendance.dashboard import dashboard
from zoomapp.attendance.past import remember_running
from zoomapp.attendance.planned_times import PlannedDates, PlannedTimes, load_planned_dates, planned_times
from zoomapp.attendance.records import read_list
from zoomapp.attendance.sources import AttendanceSources
from zoomapp.attendance.webhook_log import News
from zoomapp.errors import InvalidFields, NotFound, UpstreamError, ZoomAppError, ZoomRefused
from zoomapp.meetings.lists import saved_live_list
from zoomapp.store import key_names
from zoomapp.user_api.page_cache import Loaded
from zoomapp.user_api.parallel_calls import PendingCall
from zoomapp.user_api.shared_poll import Snapshot
from zoomapp.zoom.models import Meeting

#: The dashboard's answers to the number of a meeting that does not run, and to the number of a webinar.
NO_RUNNING_MEETING = (NotFound, InvalidFields)


@dataclass(frozen=True)
class LiveView:
    """What this user may see of a running meeting. ``webhooks``: what is saved of its events."""

    sources: AttendanceSources
    meeting: Meeting
    webhooks: News
    dashboard: Loaded[Snapshot]
    client_report: ClientReport | None

    @cached_property
    def version(self) -> str:
        """A text that changes whenever the attendance changes. It is cheap: nothing is merged for it."""
        error = self.dashboard.error
        failure = f"{error.code} {getattr(error, 'daily', False)}" if error else ""
        listed = key_names.digest(bytes(self.dashboard.value.raw)) if self.dashboard.value else ""
        report = self.client_report
        reported = key_names.digest(msgspec.json.encode([report.stays, report.unreadable])) if report else ""
        return f"{self.webhooks.records} {listed} {reported} {failure}"

    @property
    def is_over(self) -> bool:
        """Whether a meeting that was found by its number alone turned out not to run."""
        return not self.meeting.uuid and isinstance(self.dashboard.error, NO_RUNNING_MEETING)

    @property
    def at(self) -> datetime:
        """The moment of the newest data of any source."""
        moments = [self.webhooks.heard_at] if self.webhooks.readable else []
        moments += [self.dashboard.value.at] if self.dashboard.value else []
        moments += [self.client_report.at] if self.client_report else []
        return datetime.fromtimestamp(max(moments), UTC) if moments else self.sources.now

    def began_after(self, moment: datetime) -> bool:
        """Whether all people on the dashboard's list, which has those who left, too, joined after this moment."""
        snapshot, at = self.dashboard.value, moment.timestamp()
        if snapshot is None or snapshot.changed_at <= at:
            return False
        body: Any = snapshot.body
        joins = [record.joined_at for record in read_list("metrics", body["rows"]) if record.joined_at is not None]
        return bool(joins) and min(joins) > at

    @property
    def error(self) -> ZoomAppError | None:
        """Why the dashboard gave nothing newer. While webhooks report, a refusal of Zoom is no error."""
        error = self.dashboard.error
        return error if isinstance(error, UpstreamError) or not self.webhooks.readable else None

    def table(self, planned: Callable[[], PlannedTimes] | None = None) -> Loaded[AttendanceTable]:
        """The attendance, merged from all sources. ``planned``: the planned times, if they are on their way."""
        remember_running(self.sources, self.meeting)
        times = planned() if planned else planned_times(self.sources, self.meeting)
        frame, snapshot = self._frame(times), self.dashboard.value
        body: Any = snapshot.body if snapshot else {"rows": [], "complete": True, "total": 0}
        listed = read_list("metrics", body["rows"], self.dashboard.at.timestamp())
        observed = self.sources.observed(self.meeting.uuid, self.client_report)
        if snapshot is None and not observed and not observed.unreadable:
            return Loaded(None, self.dashboard.at, self.error)
        table = AttendanceTable.of(
            [*observed, *listed],
            frame,
            complete=body["complete"],
            total=body["total"],
            version=self.version,
            unreadable=observed.unreadable + listed.unreadable + body.get("unreadable", 0),
            by_account="credential" in body,
        )
        return Loaded(table, self.at, self.error, self.dashboard.last_seen_at)

    def _frame(self, planned: PlannedTimes) -> Frame:
        now, late_seconds = self.sources.now.timestamp(), self.sources.late_seconds
        return Frame(
            now, planned.starts_at, planned.ends_at, late_seconds=late_seconds, schedule_known=planned.is_known
        )


def live_view(
    sources: AttendanceSources, meeting: Meeting, pending: PendingCall[Loaded[Snapshot]] | None = None
) -> LiveView:
    """The current attendance. Calls Zoom unless another viewer's call was a moment ago.

    ``pending``: the dashboard's list, if it is on its way.
    """
    webhooks = sources.webhook_log.news(sources.event_host(meeting.uuid), meeting.uuid)
    listed = pending.result() if pending else dashboard(sources, meeting, with_webhooks=webhooks.readable)
    report = sources.client_report(meeting.id, meeting.uuid)
    if report and meeting.uuid and not meeting.host_id and isinstance(listed.error, ZoomRefused):
        # A co-host's own client is enough: Zoom shows the dashboard of another host to few.
        listed = replace(listed, error=None)
    return LiveView(sources, meeting, webhooks, listed, report)


@dataclass(frozen=True)
class ExpectedMeeting:
    """What a page needs of meeting ``number``, which most likely runs, while Zoom still lists the running meetings.

    ``people`` is None if the user's grant may not read the dashboard.
    """

    number: int
    people: PendingCall[Loaded[Snapshot]] | None
    dates: PendingCall[PlannedDates]


def expect_meeting(sources: AttendanceSources, number: int) -> ExpectedMeeting | None:
    """Start to load the people and the planned dates of meeting ``number``, unless webhooks say that it has ended."""
    calls, people = sources.cache.calls, None
    log = sources.webhook_log.find(sources.user_id, str(number))
    if log is not None and log.ended_at is not None:
        return None
    if may_read_dashboard(sources):
        reported = log is not None and sources.webhook_log.news(sources.user_id, log.uuid).readable
        people = calls.start(lambda: dashboard(sources, Meeting(number), with_webhooks=reported))
    uuid = log.uuid if log else str(number)
    return ExpectedMeeting(number, people, calls.start(lambda: load_planned_dates(sources, uuid, number)))


def expect_running(sources: AttendanceSources) -> ExpectedMeeting | None:
    """The same for the meeting that Zoom's last list has first, or that a newer event says is running."""
    listed = saved_live_list(sources.cache)
    if listed and listed.value:
        return expect_meeting(sources, listed.value[0].id)
    log = next(iter(sources.webhook_log.running(sources.user_id)), None)
    is_news = log is not None and (listed is None or log.heard_at > listed.at.timestamp())
    return expect_meeting(sources, log.number) if log and is_news else None


def live_table(
    sources: AttendanceSources, meeting: Meeting, expected: ExpectedMeeting | None = None
) -> Loaded[AttendanceTable]:
    """The attendance of a running meeting, from everything this user may see. ``expected``: what is on its way."""
    if expected and expected.number != meeting.id:
        expected = None

    def planned() -> PlannedTimes:
        if expected:
            expected.dates.result()
        return planned_times(sources, meeting)

    pending = sources.cache.calls.start(planned)
    return live_view(sources, meeting, expected.people if expected else None).table(pending.result)
