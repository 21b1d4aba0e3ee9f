"""For when a meeting was planned: read from the meeting once while it runs, and kept for after its end.

The list of running meetings does not tell: its start is when somebody began.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass

from zoomapp.errors import UpstreamError, ZoomRefused
from zoomapp.store import key_names
from zoomapp.store.encrypted_records import PLANNED_TIMES
from zoomapp.web.current_user import services, user_client
from zoomapp.web.viewer import now, user_records
from zoomapp.zoom.meeting_ids import is_number
from zoomapp.zoom.models import Meeting

#: Who begins this much earlier than planned has begun that date, not a trial.
EARLY_SECONDS = 3600.0
#: What is not known for good is asked again after this time.
AGAIN_SECONDS, SOON_SECONDS = 600, 60


@dataclass(frozen=True)
class PlannedTimes:
    """From when to when, in epoch seconds; None where nothing was planned. ``told``: whether anybody could say."""

    starts_at: float | None = None
    ends_at: float | None = None
    told: bool = True


def planned_times(meeting: Meeting) -> PlannedTimes:
    """What a running meeting was planned for."""
    at = now().timestamp()
    began = meeting.start_at.timestamp() if meeting.start_at else at
    instance = meeting.uuid or str(meeting.id)
    return _known(instance) or _read(instance, meeting.id, began, at + EARLY_SECONDS, running=True)


def planned_times_of_past(uuid: str, number: int, began_at: float, ended_at: float) -> PlannedTimes:
    """What the instance of ``number`` was planned for that was held between these moments."""
    return _known(uuid) or _read(uuid, number, began_at, ended_at, running=False)


def _known(uuid: str) -> PlannedTimes | None:
    told = user_records().load(user_client().user_id, PLANNED_TIMES, key_names.digest(uuid))
    return PlannedTimes(*told) if isinstance(told, list) else None


def _read(uuid: str, number: int, began_at: float, ended_at: float, *, running: bool) -> PlannedTimes:
    for_good = services().settings.attendance_days * 86400
    try:
        plans = _plans(user_client().meeting(number, past_dates=True)) if number else []
    except UpstreamError:
        return _keep(uuid, PlannedTimes(told=False), SOON_SECONDS)
    except ZoomRefused:
        return _keep(uuid, PlannedTimes(told=False), AGAIN_SECONDS)
    # A trial on the evening before has no planned time.
    plan = next(
        (each for each in plans if began_at < (each.ends_at or 0) and (each.starts_at or 0) < ended_at), PlannedTimes()
    )
    sure = not is_number(uuid) and not (running and plan.starts_at is None)
    return _keep(uuid, plan, for_good if sure else AGAIN_SECONDS)


def _plans(meeting: Meeting) -> list[PlannedTimes]:
    """Each date that it was or is planned for."""
    dates = [(each.start_at, each.duration_minutes) for each in meeting.occurrences if not each.deleted]
    dates = dates or [(meeting.start_at, meeting.duration_minutes)] * meeting.planned
    return [PlannedTimes(at.timestamp(), at.timestamp() + 60 * minutes) for at, minutes in dates if at]


def _keep(uuid: str, plan: PlannedTimes, seconds: int) -> PlannedTimes:
    user_records().save(user_client().user_id, PLANNED_TIMES, astuple(plan), seconds, key_names.digest(uuid))
    return plan
