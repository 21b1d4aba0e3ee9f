"""One past run of a meeting, made into its attendance: Zoom's final list, and what was observed while it ran.

The topic and times of the meeting, and its planned dates, may still be on their way while its list is loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from msgspec.structs import replace

from zoomapp.attendance import Frame, Record, merge
from zoomapp.attendance.attendance_table import AttendanceTable
from zoomapp.attendance.hosted_meetings import account_reports
from zoomapp.attendance.planned_times import PlannedDates, PlannedTimes, choose_planned_times, load_planned_dates
from zoomapp.attendance.sources import AttendanceSources
from zoomapp.errors import UpstreamError
from zoomapp.user_api.account_client import AccountClient
from zoomapp.user_api.page_cache import Loaded
from zoomapp.user_api.parallel_calls import PendingCall
from zoomapp.zoom.models import PastMeeting
from zoomapp.zoom.tolerant_reader import Rows


@dataclass(frozen=True)
class FinalList:
    """The rows of one of Zoom's final lists. ``unreadable``: how many more it has.

    ``by_account``: whether it was read with the account's own credentials.
    """

    rows: tuple[Record, ...]
    complete: bool
    total: int
    unreadable: int
    by_account: bool = False


@dataclass(frozen=True)
class PastRun:
    """The run ``uuid``. ``load_meeting`` waits for the meeting, or returns None if it is unknown.

    ``number``: the meeting's number, if it is known already; else 0.
    """

    sources: AttendanceSources
    uuid: str
    load_meeting: Callable[[], PastMeeting | None]
    number: int = 0

    def start(self) -> None:
        """Start to load the planned dates."""
        _ = self._planned_dates

    @cached_property
    def meeting(self) -> PastMeeting | None:
        return self.load_meeting()

    def account_reports(self) -> AccountClient | None:
        """The account's reports, if the user hosts this meeting; None if not, and if Zoom does not say it."""
        meeting = self.meeting
        if meeting is None or meeting.uuid != self.uuid:
            return None
        try:
            return account_reports(self.sources, meeting.id)
        except UpstreamError:
            return None

    @cached_property
    def observed(self) -> Rows[Record]:
        """What webhooks and the user's client reported."""
        meeting = self.meeting
        report = self.sources.client_report(meeting.id, self.uuid) if meeting and meeting.id else None
        return self.sources.observed(self.uuid, report)

    def has_people(self, listed: Loaded[FinalList]) -> bool:
        """Whether this list was loaded, and there is anybody on it or was observed."""
        return listed.value is not None and bool(listed.value.rows or merge(self.observed))

    def table(self, listed: Loaded[FinalList]) -> Loaded[AttendanceTable]:
        """The attendance. Only the rows of the list count, if it has any; others add who was host or co-host."""
        table, found = None, listed.value
        if found is not None:
            rows = [_with_host_role(record, self.meeting) for record in found.rows]
            table = AttendanceTable.of(
                [*rows, *self.observed],
                self._frame(rows),
                complete=found.complete,
                total=found.total,
                unreadable=found.unreadable if rows else found.unreadable + self.observed.unreadable,
                by_account=found.by_account,
            )
        return Loaded(table, listed.at, listed.error, listed.last_seen_at, listed.refreshing)

    def observed_table(self) -> Loaded[AttendanceTable]:
        """The attendance as it was observed."""
        at = max(record.seen_at for record in self.observed)
        frame, unreadable = self._frame(self.observed.items), self.observed.unreadable
        table = AttendanceTable.of(self.observed, frame, unreadable=unreadable)
        return Loaded(table, datetime.fromtimestamp(at, UTC) if at else self.sources.now)

    @cached_property
    def _planned_dates(self) -> PendingCall[PlannedDates | None]:
        return self.sources.cache.calls.start(self._load_planned_dates)

    def _load_planned_dates(self) -> PlannedDates | None:
        number = self.number
        if not number:
            meeting = self.load_meeting()
            if meeting is None:
                return None
            number = meeting.id
        return load_planned_dates(self.sources, self.uuid, number)

    def _frame(self, records: Sequence[Record]) -> Frame:
        """The times that stays are compared with. Without a known end, it ended when the last person left."""
        now, meeting = self.sources.now.timestamp(), self.meeting
        started_at = min((record.joined_at for record in records if record.joined_at is not None), default=now)
        ended_at = max((record.left_at for record in records if record.left_at is not None), default=now)
        if meeting and meeting.start_at:
            started_at = meeting.start_at.timestamp()
        if meeting and meeting.end_at:
            ended_at = meeting.end_at.timestamp()
        dates, planned = self._planned_dates.result(), PlannedTimes(is_known=False)
        if dates is not None:
            planned = choose_planned_times(self.sources, self.uuid, dates, started_at, ended_at)
        late_seconds, schedule_known = self.sources.late_seconds, planned.is_known
        return Frame(now, planned.starts_at, planned.ends_at, ended_at, late_seconds, schedule_known=schedule_known)


def _with_host_role(record: Record, meeting: PastMeeting | None) -> Record:
    """The record. The user who scheduled the meeting is its host, unless a newer record says otherwise."""
    is_host = meeting and meeting.host_id and record.user_id == meeting.host_id
    return replace(record, role="host") if is_host else record
