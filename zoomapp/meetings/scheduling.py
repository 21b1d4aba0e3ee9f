"""Scheduling a meeting: one form creates one meeting, however often it is sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from zoomapp.errors import InvalidFields, RateLimited, UpstreamError, ZoomAppError, ZoomRefused
from zoomapp.meetings import agenda, daily_changes
from zoomapp.meetings.forms import MeetingForm, Validation, zoom_faults
from zoomapp.store import idempotency
from zoomapp.store.idempotency import IdempotencyKeys
from zoomapp.store.user_records import UserRecords
from zoomapp.user_api.user_client import UserClient
from zoomapp.zoom.models import Meeting
from zoomapp.zoom.pagination import collect
from zoomapp.zoom.tolerant_reader import read_rows


@dataclass(frozen=True)
class PossibleDuplicates:
    """The upcoming meetings with the same topic and start; None if Zoom could not list them all.

    After a time-out the app cannot know whether Zoom created the meeting.
    """

    meetings: tuple[Meeting, ...] | None


@dataclass(frozen=True)
class ScheduleResult:
    """The created ``meeting``, or why there is none. ``key`` is the idempotency key for the next try."""

    key: str
    meeting: Meeting | None = None
    remark: str = ""
    already_sent: bool = False
    faults: dict[str, str] = field(default_factory=dict)
    error: ZoomAppError | None = None
    duplicates: PossibleDuplicates | None = None


def schedule(
    user_client: UserClient,
    records: UserRecords,
    now: datetime,
    form: MeetingForm,
    key: str,
    *,
    find_duplicates_first: bool = False,
) -> ScheduleResult:
    """Create the meeting. ``key`` is the form's idempotency key: a key that was used before creates nothing.

    ``find_duplicates_first``: an earlier try may have succeeded, so create nothing if there may be a duplicate.
    """
    validation = form.validate(now)
    if validation.faults:
        return ScheduleResult(key, faults=validation.faults)
    if find_duplicates_first and (duplicates := find_duplicates(user_client, validation)).meetings != ():
        return ScheduleResult(key, duplicates=duplicates)
    keys = IdempotencyKeys(records, user_client.user_id)
    if not keys.begin(key):
        return ScheduleResult(key, already_sent=True)
    try:
        meeting = user_client.create_meeting(validation.body)
    except ZoomAppError as error:
        keys.give_up(key)
        return _failed(user_client, key, validation, error)
    daily_changes.count_change(records, user_client.user_id, now)
    keys.finish(key, str(meeting.id))
    return ScheduleResult(key, meeting, validation.remark)


def find_duplicates(user_client: UserClient, validation: Validation) -> PossibleDuplicates:
    """The upcoming meetings that this form may have created."""
    try:
        collected = collect(lambda token: user_client.meetings("upcoming", token), "meetings")
    except (ZoomRefused, UpstreamError):
        return PossibleDuplicates(None)
    meetings = read_rows({"rows": list(collected.rows)}, "rows", Meeting.from_api, "meeting")
    topic = agenda.fold(validation.body["topic"])
    same = tuple(
        meeting
        for meeting in meetings
        if agenda.fold(meeting.topic) == topic and meeting.start_at == validation.start_at
    )
    # An entry that cannot be read may be the one.
    whole = collected.complete and not meetings.unreadable
    return PossibleDuplicates(same if same or whole else None)


def _failed(user_client: UserClient, key: str, validation: Validation, error: ZoomAppError) -> ScheduleResult:
    if isinstance(error, InvalidFields):
        return ScheduleResult(key, faults=zoom_faults(error.fields, error.zoom_message))
    if isinstance(error, UpstreamError) and not isinstance(error, RateLimited):
        duplicates = find_duplicates(user_client, validation)
        return ScheduleResult(idempotency.new_key(), error=error, duplicates=duplicates)
    return ScheduleResult(key, error=error)
