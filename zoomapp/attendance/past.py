"""A meeting that is over: what it was about and who was there, from Zoom's own lists, else from what we saw ourselves.

A number stands for the instance that was the last to run here: Zoom's lists may still mean the one before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace

from zoomapp.attendance import Frame, Record, from_past, from_report
from zoomapp.attendance.attendance_table import AttendanceTable, late_seconds
from zoomapp.attendance.planned_times import PlannedTimes, planned_times_of_past
from zoomapp.store.encrypted_records import PAST_INSTANCE
from zoomapp.web.components.notice import HELD, PAST, REPORT, Permission
from zoomapp.web.components.progressive_list import load_all_rows
from zoomapp.web.components.section import Section, recent_section, section
from zoomapp.web.current_user import services, user_client
from zoomapp.web.viewer import now, user_records
from zoomapp.zoom import scopes
from zoomapp.zoom.meeting_ids import is_number
from zoomapp.zoom.models import Meeting, PastMeeting

#: A final list does not change: it is not read again for each filter, search and file.
REUSE_SECONDS = 600.0


def remember_running(meeting: Meeting) -> None:
    """That this instance runs: after its end its number stands for it."""
    if meeting.uuid:
        told = [meeting.uuid, now().timestamp(), meeting.topic]
        user_records().save(user_client().user_id, PAST_INSTANCE, told, _days(), str(meeting.id))


def past_meeting(instance: str) -> PastMeeting | None:
    """What a past meeting was about, from when to when; None where nobody can say."""
    last = _last_of(instance) if is_number(instance) else None
    uuid = last.uuid if last else instance
    told = _told_by_zoom(uuid)
    # Under a number Zoom may still mean the instance before.
    return told if told and told.uuid else _heard(uuid) or last


def past_table(instance: str, about: PastMeeting | None) -> Section[AttendanceTable]:
    """Who was in a past meeting: Zoom's report where this grant may read it, else the meeting's own list.

    Until there is either, what we were told and saw ourselves.
    """
    uuid = about.uuid if about else instance
    seen = _observed(uuid, about.id if about else 0)
    if user_client().scopes() & scopes.READ_REPORT.accepted:
        found = _listed("report", REPORT, user_client().report_participants, from_report, uuid, about, seen)
        # Zoom's report takes up to half an hour; the other list may be there already.
        if found.value is not None and found.value.people:
            return found
    found = _listed("past", PAST, user_client().past_participants, from_past, uuid, about, seen)
    if (found.value is not None and found.value.people) or not seen:
        return found
    at = max(each.seen_at for each in seen)
    return Section(AttendanceTable.of(seen, _frame(seen, about)), datetime.fromtimestamp(at, UTC) if at else now())


def _told_by_zoom(instance: str) -> PastMeeting | None:
    name, read = f"held {instance}", PastMeeting.from_api
    known = None if is_number(instance) else recent_section(name, read, REUSE_SECONDS)
    return (known or section(name, HELD, lambda: user_client().past_meeting(instance), read, _days())).value


def _last_of(number: str) -> PastMeeting | None:
    """The last instance that ran here, as our own pages or webhooks saw it."""
    room, seen = (
        services().webhook_log.find(user_client().user_id, number),
        user_records().load(user_client().user_id, PAST_INSTANCE, number),
    )
    uuid, at, topic = seen if isinstance(seen, list) else ("", 0.0, "")
    if room and room.heard_at >= at:
        uuid, topic = room.uuid, room.topic
    return PastMeeting(uuid, int(number), topic) if uuid else None


def _heard(uuid: str) -> PastMeeting | None:
    """What webhooks told of a meeting that is over, for its host."""
    room = services().webhook_log.find(user_client().user_id, uuid)
    if room is None or room.ended_at is None:
        return None
    return PastMeeting(room.uuid, room.number, room.topic, end_at=datetime.fromtimestamp(room.ended_at, UTC))


def _observed(uuid: str, number: int) -> list[Record]:
    """What webhooks told this viewer as the host, and what their own client saw."""
    sighted = services().client_reports.of(user_client().user_id, number, uuid) if number else None
    return [*services().webhook_log.records(user_client().user_id, uuid), *(sighted.stays if sighted else ())]


def _listed(
    kind: str,
    need: Permission,
    fetch: Callable[[str, str], Any],
    record: Callable[[Any], Record],
    uuid: str,
    about: PastMeeting | None,
    seen: list[Record],
) -> Section[AttendanceTable]:
    """One of Zoom's lists. Its rows alone count; who was host or co-host it does not tell, what we saw does."""

    name = f"{kind} {uuid}"

    def all_pages() -> dict[str, Any]:
        found = load_all_rows(name, lambda token: fetch(uuid, token), "participants")
        return {"rows": found.rows, "total": found.total, "complete": found.complete}

    def read(body: Any) -> AttendanceTable:
        rows = [_as_host(record(row), about) for row in body["rows"]]
        return AttendanceTable.of([*rows, *seen], _frame(rows, about), complete=body["complete"], total=body["total"])

    known = recent_section(name, read, REUSE_SECONDS)
    if known and known.value and known.value.complete and known.value.people:
        return known
    return section(name, need, all_pages, read, _days())


def _as_host(record: Record, about: PastMeeting | None) -> Record:
    """Whoever scheduled the meeting is its host, unless something newer says otherwise."""
    return replace(record, role="host") if about and about.host_id and record.user_id == about.host_id else record


def _frame(records: Iterable[Record], about: PastMeeting | None) -> Frame:
    """What the times of a held meeting are held against. Where nobody told its end, the last one's leave was it."""
    told, at = list(records), now().timestamp()
    began = min((each.joined_at for each in told if each.joined_at is not None), default=at)
    ended = max((each.left_at for each in told if each.left_at is not None), default=at)
    if about and about.start_at:
        began = about.start_at.timestamp()
    if about and about.end_at:
        ended = about.end_at.timestamp()
    plan = planned_times_of_past(about.uuid, about.id, began, ended) if about else PlannedTimes(told=False)
    return Frame(at, plan.starts_at, plan.ends_at, ended, late_seconds(), told=plan.told)


def _days() -> int:
    return services().settings.attendance_days * 86400
