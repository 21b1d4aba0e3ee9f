"""The planned start and end of one run of a meeting: the planned date it overlaps, asked of Zoom and saved.

Zoom's list of running meetings does not have them: its start time is when the meeting was started.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, replace

from zoomapp.attendance.sources import AttendanceSources
from zoomapp.errors import UpstreamError
from zoomapp.meetings.lists import meeting_details
from zoomapp.meetings.registration import remember_registration
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


@dataclass(frozen=True)
class PlannedDates:
    """The planned dates of a meeting; or ``chosen``, the planned times of the run that is asked for."""

    dates: tuple[PlannedTimes, ...] = ()
    chosen: PlannedTimes | None = None


def planned_times(sources: AttendanceSources, meeting: Meeting) -> PlannedTimes:
    """The planned times of a running meeting."""
    now = sources.now.timestamp()
    started_at = meeting.start_at.timestamp() if meeting.start_at else now
    uuid = meeting.uuid or str(meeting.id)
    planned = load_planned_dates(sources, uuid, meeting.id)
    return choose_planned_times(sources, uuid, planned, started_at, now + EARLY_SECONDS, running=True)


def load_planned_dates(sources: AttendanceSources, uuid: str, number: int) -> PlannedDates:
    """The planned dates of meeting ``number``, to choose the one of its run ``uuid``."""
    saved = sources.records.load(sources.user_id, PLANNED_TIMES, key_names.digest(uuid))
    if isinstance(saved, list):
        return PlannedDates(chosen=PlannedTimes(*saved))
    if not number:
        return PlannedDates(chosen=PlannedTimes(is_known=False))
    # The same answer of Zoom as for the page of the meeting. A reload is about the people, not about these dates.
    cache = replace(sources.cache, reload=False)
    loaded = meeting_details(
        sources.user_client, cache, number, past_dates=True, fresh_seconds=float(UNCERTAIN_SECONDS)
    )
    if loaded.value is None:
        seconds = FAILURE_SECONDS if isinstance(loaded.error, UpstreamError) else UNCERTAIN_SECONDS
        return PlannedDates(chosen=_save(sources, uuid, PlannedTimes(is_known=False), seconds))
    remember_registration(sources.cache, loaded.value, sources.keep_seconds)
    return PlannedDates(_planned_dates(loaded.value))


def choose_planned_times(
    sources: AttendanceSources,
    uuid: str,
    planned: PlannedDates,
    started_at: float,
    ended_at: float,
    *,
    running: bool = False,
) -> PlannedTimes:
    """The planned times of the run ``uuid``, which ran between these moments. They are saved."""
    if planned.chosen:
        return planned.chosen
    overlapping = (
        date for date in planned.dates if started_at < (date.ends_at or 0) and (date.starts_at or 0) < ended_at
    )
    # A trial on the evening before overlaps no planned date.
    times = next(overlapping, PlannedTimes())
    is_final = not is_number(uuid) and not (running and times.starts_at is None)
    return _save(sources, uuid, times, sources.keep_seconds if is_final else UNCERTAIN_SECONDS)


def _planned_dates(meeting: Meeting) -> tuple[PlannedTimes, ...]:
    """The planned times of each date of the meeting."""
    dates = [(each.start_at, each.duration_minutes) for each in meeting.occurrences if not each.deleted]
    dates = dates or [(meeting.start_at, meeting.duration_minutes)] * meeting.planned
    return tuple(PlannedTimes(at.timestamp(), at.timestamp() + 60 * minutes) for at, minutes in dates if at)


def _save(sources: AttendanceSources, uuid: str, planned: PlannedTimes, seconds: int) -> PlannedTimes:
    sources.records.save(sources.user_id, PLANNED_TIMES, astuple(planned), seconds, key_names.digest(uuid))
    return planned
