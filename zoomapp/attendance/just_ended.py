"""A meeting that ended within the last hour: when and after how long, who is worth a look, and what is still coming."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeAlias

from zoomapp.attendance.attendance_table import AttendanceRow, AttendanceTable
from zoomapp.attendance.stays import FINAL
from zoomapp.zoom import scopes
from zoomapp.zoom.endpoints import LIST_PAST_PARTICIPANTS, LIST_REPORT_PARTICIPANTS
from zoomapp.zoom.models import PastMeeting

#: For this long after its end a meeting has just ended.
RECENT_SECONDS = 3600.0
#: Zoom's report usually comes within the first time. After the second, the page does not wait for it any more.
REPORT_SECONDS, LATEST_REPORT_SECONDS = 1800.0, 2700.0


#: Empty: the user may not read it, or it is not known to come.
ContentState: TypeAlias = Literal["", "coming", "done"]


@dataclass(frozen=True)
class Content:
    """What Zoom makes of a meeting, beside its report."""

    summary: ContentState = ""
    recording: ContentState = ""


@dataclass(frozen=True)
class JustEnded:
    """A meeting that ended at ``ended_at``. ``may_get_report``: whether this user may read Zoom's final list."""

    table: AttendanceTable
    ended_at: datetime
    now: datetime
    may_get_report: bool
    content: Content = Content()

    @property
    def seconds(self) -> float:
        """How long the meeting lasted, as far as anybody was seen in it."""
        first = min((person.here[0][0] for person in self.table.people if person.here), default=None)
        return max(0.0, self.ended_at.timestamp() - first) if first is not None else 0.0

    @property
    def has_report(self) -> bool:
        """Whether the table is Zoom's final list."""
        return not self.table.sources.isdisjoint(FINAL)

    @property
    def waits_for_report(self) -> bool:
        """Whether Zoom's final list may still come, for this user."""
        is_late = (self.now - self.ended_at).total_seconds() > LATEST_REPORT_SECONDS
        return self.may_get_report and not self.has_report and not is_late

    @property
    def is_waiting(self) -> bool:
        """Whether anything may still come."""
        return self.waits_for_report or "coming" in (self.content.summary, self.content.recording)

    @property
    def report_by(self) -> datetime:
        """The moment by which Zoom's report usually comes."""
        return self.ended_at + timedelta(seconds=REPORT_SECONDS)

    @property
    def worth_a_look(self) -> tuple[AttendanceRow, ...]:
        """The people who were late or left early, in order of arrival."""
        return tuple(row for row in self.table.rows if row.late_minutes or row.early_minutes)


def may_read_final_list(granted: Collection[str]) -> bool:
    """Whether these scopes read one of Zoom's final lists. If a grant names no scopes, Zoom decides."""
    lists = scopes.accepted(LIST_REPORT_PARTICIPANTS) | scopes.accepted(LIST_PAST_PARTICIPANTS)
    return not granted or not lists.isdisjoint(granted)


def just_ended(
    table: AttendanceTable, seen_at: datetime, meeting: PastMeeting | None, now: datetime, *, may_get_report: bool
) -> JustEnded | None:
    """The meeting of a past ``table`` if it ended within the last hour, else None.

    ``seen_at``: the moment of the table's newest data. The end is not later, if Zoom has not said when it was.
    """
    if table.frame.ended_at is None:
        return None
    ended_at = datetime.fromtimestamp(min(table.frame.ended_at, seen_at.timestamp()), UTC)
    if meeting is not None and meeting.end_at is not None:
        ended_at = meeting.end_at
    if not 0 <= (now - ended_at).total_seconds() < RECENT_SECONDS:
        return None
    return JustEnded(table, ended_at, now, may_get_report)
