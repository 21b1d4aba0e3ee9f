"""A past meeting: its topic and times, and its attendance from Zoom's own lists, else from webhooks and reports.

A meeting's number stands for its last instance that we know of: Zoom's lists may still mean the instance before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from msgspec.structs import replace

from zoomapp.attendance import Frame, Record
from zoomapp.attendance.attendance_table import AttendanceTable
from zoomapp.attendance.planned_times import PlannedTimes, planned_times_of_past
from zoomapp.attendance.records import read_list
from zoomapp.attendance.sources import AttendanceSources
from zoomapp.store.encrypted_records import PAST_INSTANCE
from zoomapp.user_api.page_cache import Loaded
from zoomapp.zoom import scopes
from zoomapp.zoom.endpoints import LIST_REPORT_PARTICIPANTS
from zoomapp.zoom.meeting_ids import is_number
from zoomapp.zoom.models import Meeting, PastMeeting
from zoomapp.zoom.tolerant_reader import Rows

#: A final list does not change: pages with another filter, and files, reuse it.
REUSE_SECONDS = 600.0


def remember_running(sources: AttendanceSources, meeting: Meeting) -> None:
    """Save that this instance runs: after its end, the meeting's number stands for it."""
    if meeting.uuid:
        instance = [meeting.uuid, sources.now.timestamp(), meeting.topic]
        sources.records.save(sources.user_id, PAST_INSTANCE, instance, sources.keep_seconds, str(meeting.id))


def past_meeting(sources: AttendanceSources, instance: str) -> PastMeeting | None:
    """Topic, start and end of a past meeting; None if it is unknown."""
    return load_past_meeting(sources, instance).value


def load_past_meeting(sources: AttendanceSources, instance: str) -> Loaded[PastMeeting]:
    """The same, with the reason if Zoom did not answer."""
    last = _last_instance(sources, instance) if is_number(instance) else None
    uuid = last.uuid if last else instance
    from_zoom = _fetch_meeting(sources, uuid)
    if from_zoom.value and from_zoom.value.uuid:
        return from_zoom
    # For a number, Zoom may still answer with the instance before.
    return Loaded(_from_webhooks(sources, uuid) or last, from_zoom.at, from_zoom.error)


def past_table(sources: AttendanceSources, instance: str, meeting: PastMeeting | None) -> Loaded[AttendanceTable]:
    """The attendance of a past meeting: from Zoom's report if the grant allows, else from the meeting's own list.

    Until Zoom has either, it is what webhooks and the user's client reported.
    """
    uuid, user_client = meeting.uuid if meeting else instance, sources.user_client
    report = sources.client_reports.of(sources.user_id, meeting.id, uuid) if meeting and meeting.id else None
    observed = sources.observed(uuid, report)
    if user_client.scopes() & scopes.accepted(LIST_REPORT_PARTICIPANTS):
        found = _final_list(sources, "report", user_client.report_participants, uuid, meeting, observed)
        # Zoom's report takes up to half an hour; the other list may be there already.
        if found.value is not None and found.value.people:
            return found
    found = _final_list(sources, "past", user_client.past_participants, uuid, meeting, observed)
    if (found.value is not None and found.value.people) or not observed:
        return found
    at = max(record.seen_at for record in observed)
    table = AttendanceTable.of(observed, _frame(sources, observed.items, meeting), unreadable=observed.unreadable)
    return Loaded(table, datetime.fromtimestamp(at, UTC) if at else sources.now)


def _fetch_meeting(sources: AttendanceSources, instance: str) -> Loaded[PastMeeting]:
    name, read = f"held {instance}", PastMeeting.from_api
    return sources.cache.load(
        name,
        lambda: sources.user_client.past_meeting(instance),
        read,
        fresh_seconds=0 if is_number(instance) else REUSE_SECONDS,
        keep_seconds=sources.keep_seconds,
    )


def _last_instance(sources: AttendanceSources, number: str) -> PastMeeting | None:
    """The last instance of the meeting that our pages or webhooks saw."""
    log = sources.webhook_log.find(sources.user_id, number)
    saved = sources.records.load(sources.user_id, PAST_INSTANCE, number)
    uuid, at, topic = saved if isinstance(saved, list) else ("", 0.0, "")
    if log and log.heard_at >= at:
        uuid, topic = log.uuid, log.topic
    return PastMeeting(uuid, int(number), topic) if uuid else None


def _from_webhooks(sources: AttendanceSources, uuid: str) -> PastMeeting | None:
    """A meeting that is over, as webhooks reported it to its host."""
    log = sources.webhook_log.find(sources.user_id, uuid)
    if log is None or log.ended_at is None:
        return None
    return PastMeeting(log.uuid, log.number, log.topic, end_at=datetime.fromtimestamp(log.ended_at, UTC))


def _final_list(
    sources: AttendanceSources,
    kind: Literal["report", "past"],
    fetch: Callable[[str, str], Any],
    uuid: str,
    meeting: PastMeeting | None,
    observed: Rows[Record],
) -> Loaded[AttendanceTable]:
    """One of Zoom's final lists. Only its rows count, if it has any; ``observed`` adds who was host or co-host."""
    name = f"{kind} {uuid}"

    def read(body: Any) -> AttendanceTable:
        listed = read_list(kind, body["rows"])
        rows = [_with_host_role(record, meeting) for record in listed]
        unreadable = listed.unreadable + body.get("unreadable", 0)
        return AttendanceTable.of(
            [*rows, *observed],
            _frame(sources, rows, meeting),
            complete=body["complete"],
            total=body["total"],
            unreadable=unreadable if rows else unreadable + observed.unreadable,
        )

    recent = sources.cache.recent(name, read, REUSE_SECONDS)
    if recent and recent.value and recent.value.complete and recent.value.people:
        return recent
    return sources.cache.load_list(
        name, lambda token: fetch(uuid, token), "participants", read, keep_seconds=sources.keep_seconds
    )


def _with_host_role(record: Record, meeting: PastMeeting | None) -> Record:
    """The record. The user who scheduled the meeting is its host, unless a newer record says otherwise."""
    is_host = meeting and meeting.host_id and record.user_id == meeting.host_id
    return replace(record, role="host") if is_host else record


def _frame(sources: AttendanceSources, records: Sequence[Record], meeting: PastMeeting | None) -> Frame:
    """The times that stays are compared with. Without a known end, the meeting ended when the last person left."""
    now = sources.now.timestamp()
    started_at = min((record.joined_at for record in records if record.joined_at is not None), default=now)
    ended_at = max((record.left_at for record in records if record.left_at is not None), default=now)
    if meeting and meeting.start_at:
        started_at = meeting.start_at.timestamp()
    if meeting and meeting.end_at:
        ended_at = meeting.end_at.timestamp()
    planned = PlannedTimes(is_known=False)
    if meeting:
        planned = planned_times_of_past(sources, meeting.uuid, meeting.id, started_at, ended_at)
    late_seconds, schedule_known = sources.late_seconds, planned.is_known
    return Frame(now, planned.starts_at, planned.ends_at, ended_at, late_seconds, schedule_known=schedule_known)
