"""The planned start and end of one run of a meeting: the planned date it overlaps, asked of Zoom and saved.

Zoom's list of running meetings does not have them: its start time is when the meeting was started.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass

from zoomapp.attendance.sources import AttendanceSources
from zoomapp.errors import UpstreamError, ZoomRefused
from zoomapp.store import key_names
from zoomapp.store.encrypted_records import PLANNED_TIMES
from zoomapp.zoom.meeting_ids import is_number
from zoomapp.zoom.models import Meeting

#: A meeting that is started this much before a planned date counts as that date, not as a trial.
EARLY_SECONDS = 3600.0
#: How long an answer is saved that may still change, and a failure of Zoom.
UNCERTAIN_SECONDS, FAILURE_SECONDS = 600, 60


@dataclass(frozen=True)
class PlannedTimes:
    """Start and end in epoch seconds; None if nothing was planned. ``is_known``: whether Zoom could say."""

    starts_at: float | None = None
    ends_at: float | None = None
    is_known: bool = True


def planned_times(sources: AttendanceSources, meeting: Meeting) -> PlannedTimes:
    """The planned times of a running meeting."""
    now = sources.now.timestamp()
    started_at = meeting.start_at.timestamp() if meeting.start_at else now
    uuid = meeting.uuid or str(meeting.id)
    saved = _load(sources, uuid)
    return saved or _fetch(sources, uuid, meeting.id, started_at, now + EARLY_SECONDS, running=True)


def planned_times_of_past(
    sources: AttendanceSources, uuid: str, number: int, started_at: float, ended_at: float
) -> PlannedTimes:
    """The planned times of the instance ``uuid`` of meeting ``number``, which ran between these moments."""
    return _load(sources, uuid) or _fetch(sources, uuid, number, started_at, ended_at, running=False)


def _load(sources: AttendanceSources, uuid: str) -> PlannedTimes | None:
    saved = sources.records.load(sources.user_id, PLANNED_TIMES, key_names.digest(uuid))
    return PlannedTimes(*saved) if isinstance(saved, list) else None


def _fetch(
    sources: AttendanceSources, uuid: str, number: int, started_at: float, ended_at: float, *, running: bool
) -> PlannedTimes:
    try:
        dates = _planned_dates(sources.user_client.meeting(number, past_dates=True)) if number else []
    except UpstreamError:
        return _save(sources, uuid, PlannedTimes(is_known=False), FAILURE_SECONDS)
    except ZoomRefused:
        return _save(sources, uuid, PlannedTimes(is_known=False), UNCERTAIN_SECONDS)
    overlapping = (date for date in dates if started_at < (date.ends_at or 0) and (date.starts_at or 0) < ended_at)
    # A trial on the evening before overlaps no planned date.
    planned = next(overlapping, PlannedTimes())
    is_final = not is_number(uuid) and not (running and planned.starts_at is None)
    return _save(sources, uuid, planned, sources.keep_seconds if is_final else UNCERTAIN_SECONDS)


def _planned_dates(meeting: Meeting) -> list[PlannedTimes]:
    """The planned times of each date of the meeting."""
    dates = [(each.start_at, each.duration_minutes) for each in meeting.occurrences if not each.deleted]
    dates = dates or [(meeting.start_at, meeting.duration_minutes)] * meeting.planned
    return [PlannedTimes(at.timestamp(), at.timestamp() + 60 * minutes) for at, minutes in dates if at]


def _save(sources: AttendanceSources, uuid: str, planned: PlannedTimes, seconds: int) -> PlannedTimes:
    sources.records.save(sources.user_id, PLANNED_TIMES, astuple(planned), seconds, key_names.digest(uuid))
    return planned
