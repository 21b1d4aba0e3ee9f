"""A user's own attendance of the meeting that they are in, as their own Zoom client reports it while the app is open.

The client reports once a minute. Nothing else is known to the app of a meeting that somebody else hosts, and nothing
of it is shown to anybody else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from msgspec.structs import replace

from zoomapp.attendance import Frame, Record
from zoomapp.attendance.attendance_table import AttendanceRow, AttendanceTable
from zoomapp.attendance.client_reports import ClientReport, ClientReports

#: The name of the user's own record among their client reports.
OWN = "own"
#: A client that has not reported for this long is not in the meeting any more, or its app is closed.
SILENT_SECONDS = 180.0
#: How long after the end the page shows the record.
SHOWN_SECONDS = 3600.0
MAX_STAYS = 200


@dataclass(frozen=True)
class OwnAttendance:
    """The user's own row, and the table of this row alone. ``since``: the moment of the client's first report.

    ``uuid``: of the meeting, as the client reported it.
    """

    table: AttendanceTable
    seen_at: datetime
    uuid: str

    @property
    def row(self) -> AttendanceRow:
        return self.table.rows[0]

    @property
    def is_here(self) -> bool:
        return self.row.state == "here"

    @property
    def since(self) -> datetime:
        return self.row.joined_at

    @property
    def away(self) -> tuple[tuple[datetime, datetime], ...]:
        """When the user was away between two stays."""
        ends = ((first[1], second[0]) for first, second in pairwise(self.row.person.here))
        return tuple((_moment(left), _moment(back)) for left, back in ends if left is not None)

    @property
    def stays(self) -> Iterator[tuple[datetime, datetime | None]]:
        """When the user was in the meeting; the end is None while they are."""
        for start, end in self.row.person.here:
            yield _moment(start), None if end is None else _moment(end)


def report_own_stay(
    reports: ClientReports, user_id: str, uuid: str, name: str, clock: Callable[[], float], *, is_here: bool
) -> None:
    """Save that the user's client is in the meeting ``uuid`` now, or has left it. Raises StoreUnavailable."""
    at, previous = clock(), reports.of(user_id, OWN, uuid)
    if not uuid:
        return
    stays = list(_closed_if_silent(previous, at)) if previous else []
    is_open = bool(stays) and stays[-1].left_at is None
    if is_here and not is_open:
        stays.append(Record("sdk", OWN, joined_at=at, seen_at=at, name=name))
    elif is_open and not is_here:
        stays[-1] = replace(stays[-1], left_at=at, seen_at=at)
    if stays:
        reports.save(user_id, OWN, ClientReport(uuid, at, tuple(stays[-MAX_STAYS:])))


def own_attendance(reports: ClientReports, user_id: str, now: datetime) -> OwnAttendance | None:
    """The user's attendance of the last meeting that their client reported, up to an hour after its end."""
    report, at = reports.of(user_id, OWN, ""), now.timestamp()
    if report is None or not report.stays or at - report.at > SHOWN_SECONDS:
        return None
    stays = tuple(_closed_if_silent(report, at))
    ended_at = stays[-1].left_at
    table = AttendanceTable.of(stays, Frame(at, ended_at=ended_at, schedule_known=False))
    return OwnAttendance(table, _moment(report.at), report.uuid)


def _closed_if_silent(report: ClientReport, at: float) -> Iterator[Record]:
    """The stays. One that is open ended with the last report, if that was too long ago."""
    for stay in report.stays:
        is_silent = stay.left_at is None and at - report.at > SILENT_SECONDS
        yield replace(stay, left_at=report.at) if is_silent else stay


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
