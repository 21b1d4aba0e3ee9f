"""A past meeting: its topic and times, and its attendance from Zoom's own lists, else from webhooks and reports.

A meeting's number stands for its last instance that we know of: Zoom's lists may still mean the instance before.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Literal

from zoomapp.attendance.attendance_table import AttendanceTable
from zoomapp.attendance.past_run import FinalList, PastRun
from zoomapp.attendance.records import read_list
from zoomapp.attendance.sources import AttendanceSources
from zoomapp.store.encrypted_records import PAST_INSTANCE
from zoomapp.user_api.account_client import CREDENTIAL
from zoomapp.user_api.page_cache import Loaded
from zoomapp.user_api.parallel_calls import PendingCall
from zoomapp.zoom import scopes
from zoomapp.zoom.endpoints import LIST_REPORT_PARTICIPANTS
from zoomapp.zoom.meeting_ids import is_number
from zoomapp.zoom.models import Meeting, PastMeeting

#: A final list does not change: pages with another filter, and files, reuse it.
REUSE_SECONDS = 600.0


def remember_running(sources: AttendanceSources, meeting: Meeting) -> None:
    """Save that this instance runs: after its end, the meeting's number stands for it."""
    if meeting.uuid:
        instance = [meeting.uuid, sources.now.timestamp(), meeting.topic]
        sources.records.save(sources.user_id, PAST_INSTANCE, instance, sources.keep_seconds, str(meeting.id))


class StillRunning(Exception):
    """The meeting is not over, so what Zoom says of its end does not count and is not saved."""


def past_meeting(sources: AttendanceSources, instance: str) -> PastMeeting | None:
    """Topic, start and end of a past meeting; None if it is unknown."""
    return load_past_meeting(sources, instance).value


def load_past_meeting(
    sources: AttendanceSources, instance: str, is_running: Callable[[], bool] | None = None
) -> Loaded[PastMeeting]:
    """The same, with the reason if Zoom did not answer.

    ``is_running``: called after Zoom's answer, if only a call at the same time can tell. Raises StillRunning.
    """
    last = _last_instance(sources, instance) if is_number(instance) else None
    return _load_past_meeting(sources, instance, last, is_running)


def _load_past_meeting(
    sources: AttendanceSources, instance: str, last: PastMeeting | None, is_running: Callable[[], bool] | None = None
) -> Loaded[PastMeeting]:
    uuid = last.uuid if last else instance
    from_zoom = _fetch_meeting(sources, uuid, is_running)
    if from_zoom.value and from_zoom.value.uuid:
        return from_zoom
    # For a number, Zoom may still answer with the instance before.
    return Loaded(_from_webhooks(sources, uuid) or last, from_zoom.at, from_zoom.error)


def past_attendance(
    sources: AttendanceSources, instance: str, pending: PendingCall[Loaded[PastMeeting]] | None = None
) -> tuple[PastMeeting | None, Loaded[AttendanceTable]]:
    """A past meeting and its attendance. The calls that do not depend on each other run at the same time.

    ``pending``: the call of ``load_past_meeting``, if it was started already.
    """
    last = _last_instance(sources, instance) if is_number(instance) else None
    pending = pending or sources.cache.calls.start(lambda: _load_past_meeting(sources, instance, last))
    if last is None and is_number(instance):
        # Only the past meeting has the UUID of the run that its number stands for.
        meeting = pending.result().value
        return meeting, past_table(sources, instance, meeting)
    uuid, number = (last.uuid, last.id) if last else (instance, 0)
    table = _past_table(PastRun(sources, uuid, lambda: pending.result().value, number))
    return pending.result().value, table


def past_table(sources: AttendanceSources, instance: str, meeting: PastMeeting | None) -> Loaded[AttendanceTable]:
    """The attendance of a past meeting."""
    uuid, number = (meeting.uuid, meeting.id) if meeting else (instance, 0)
    return _past_table(PastRun(sources, uuid, lambda: meeting, number))


def _past_table(run: PastRun) -> Loaded[AttendanceTable]:
    """The attendance: from Zoom's report if the grant or the account's credentials may read it.

    Else it is from the meeting's own list. Until Zoom has either, it is what webhooks and the user's client reported.
    """
    run.start()
    user_client = run.sources.user_client
    if user_client.scopes() & scopes.accepted(LIST_REPORT_PARTICIPANTS):
        listed = _final_list(run, "report", user_client.report_participants)
        # Zoom's report takes up to half an hour; the other list may be there already.
        if run.has_people(listed):
            return run.table(listed)
    elif account := run.account_reports():
        listed = _final_list(run, "report", account.report_participants, by_account=True)
        if run.has_people(listed):
            return run.table(listed)
    listed = _final_list(run, "past", user_client.past_participants)
    if run.has_people(listed) or not run.observed:
        return run.table(listed)
    return run.observed_table()


def _fetch_meeting(
    sources: AttendanceSources, instance: str, is_running: Callable[[], bool] | None
) -> Loaded[PastMeeting]:
    def fetch() -> Any:
        return sources.user_client.past_meeting(instance)

    def fetch_if_over() -> Any:
        body = fetch()
        if is_running and is_running():
            raise StillRunning
        return body

    return sources.cache.load(
        f"held {instance}",
        fetch_if_over,
        PastMeeting.from_api,
        fresh_seconds=0 if is_number(instance) else REUSE_SECONDS,
        keep_seconds=sources.keep_seconds,
        background_fetch=fetch,
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
    run: PastRun, kind: Literal["report", "past"], fetch: Callable[[str, str], Any], *, by_account: bool = False
) -> Loaded[FinalList]:
    """One of Zoom's final lists. ``by_account``: whether ``fetch`` has the account's own credentials."""
    name, cache = f"{CREDENTIAL} {kind} {run.uuid}" if by_account else f"{kind} {run.uuid}", run.sources.cache

    def read(body: Any) -> FinalList:
        rows = read_list(kind, body["rows"])
        unreadable = rows.unreadable + body.get("unreadable", 0)
        return FinalList(rows.items, body["complete"], body["total"], unreadable, by_account)

    recent = cache.recent(name, read, REUSE_SECONDS)
    if recent and recent.value and recent.value.complete and run.has_people(recent):
        return recent
    # Changes of the user do not change a final list.
    keep_seconds = run.sources.keep_seconds
    return cache.load_list(
        name, lambda token: fetch(run.uuid, token), "participants", read, keep_seconds=keep_seconds, version=""
    )
