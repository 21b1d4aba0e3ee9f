"""The registrants of a past session, matched with the people who came."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from zoomapp.attendance.attendance_table import AttendanceTable
from zoomapp.attendance.current_meeting import may_read
from zoomapp.attendance.past import load_past_meeting, past_attendance
from zoomapp.attendance.sources import AttendanceSources
from zoomapp.errors import NotFound, UpstreamError
from zoomapp.meetings.lists import meeting_details
from zoomapp.meetings.registration import known_registration, remember_registration
from zoomapp.registration.hand_matches import HandMatch, load_hand_matches
from zoomapp.registration.loading import RegistrantList, RegistrationSource, load_registrants
from zoomapp.registration.matching import RegistrantAttendance, match_registrants
from zoomapp.user_api.page_cache import Loaded
from zoomapp.zoom.endpoints import LIST_REGISTRANTS
from zoomapp.zoom.models import Meeting, Occurrence, PastMeeting
from zoomapp.zoom.registrants import APPROVED

#: A session that is started this much before its planned date still belongs to it.
EARLY_SECONDS = 3600.0


@dataclass(frozen=True)
class PastRegistrants:
    """A past session, its approved registrants and its attendance; each may have failed on its own.

    ``scheduled``: the meeting with its settings. ``registrants``: None if people do not register for it.
    ``hand_matches``: what the host said.
    """

    meeting: PastMeeting
    scheduled: Loaded[Meeting]
    registrants: Loaded[RegistrantList] | None
    table: Loaded[AttendanceTable]
    hand_matches: tuple[HandMatch, ...] = ()

    @property
    def is_series(self) -> bool:
        """Whether the meeting repeats, as far as Zoom says so."""
        return bool(self.scheduled.value and self.scheduled.value.recurring)

    @property
    def registers_by_session(self) -> bool:
        """Whether people register for each session, as far as Zoom says so."""
        return bool(self.scheduled.value and self.scheduled.value.registers_by_session)

    @cached_property
    def attendance(self) -> RegistrantAttendance | None:
        """Who came; None if one of both lists is missing."""
        registrants = self.registrants.value if self.registrants else None
        if registrants is None or self.table.value is None:
            return None
        people, uuid = self.table.value.people, self.meeting.uuid
        return match_registrants(registrants.registrants, people, self.meeting.host_id, self.hand_matches, uuid)

    @property
    def is_whole(self) -> bool:
        """Whether no registrant and no participant is missing."""
        registrants, table = self.registrants.value if self.registrants else None, self.table.value
        return bool(registrants and registrants.complete and not registrants.unreadable and table and table.is_whole)


def load_past_registrants(sources: AttendanceSources, instance: str) -> PastRegistrants:
    """The registrants of the past session with this number or UUID. Raises NotFound if its number is unknown.

    The attendance is loaded at the same time as the registrants.
    """
    calls = sources.cache.calls
    pending = calls.start(lambda: load_past_meeting(sources, instance))
    pending_table = calls.start(lambda: past_attendance(sources, instance, pending)[1])
    loaded = pending.result()
    meeting = loaded.value
    if meeting is None or not meeting.id:
        raise loaded.error if isinstance(loaded.error, UpstreamError) else NotFound
    scheduled = _load_scheduled(sources, meeting.id)
    registrants = None
    if scheduled.value is None or scheduled.value.has_registration:
        by_session = scheduled.value if scheduled.value and scheduled.value.registers_by_session else None
        occurrence = occurrence_of(meeting, by_session.occurrences) if by_session else ""
        source = RegistrationSource(sources.user_client, sources.cache, meeting.id, occurrence)
        registrants = load_registrants(source, APPROVED)
    matches = load_hand_matches(sources.records, sources.user_id, meeting.id)
    return PastRegistrants(meeting, scheduled, registrants, pending_table.result(), matches)


def known_attendance(
    sources: AttendanceSources, meeting: PastMeeting, table: AttendanceTable
) -> Loaded[RegistrantAttendance] | None:
    """Who registered for a past session and came, without waiting for Zoom, which is asked in the background.

    None if no page has found that people register for it, or if the user is not its host or may not read the list.
    Without a value if the list of registrants is not there yet, or if something is missing on either list.
    """
    registration = known_registration(sources.cache, meeting.id)
    if registration is None or meeting.host_id not in ("", sources.user_id) or not may_read(sources, LIST_REGISTRANTS):
        return None
    occurrence = ""
    if registration.sessions is not None:
        occurrence = occurrence_of(meeting, registration.sessions)
        if not occurrence:
            return None
    source = RegistrationSource(sources.user_client, sources.cache, meeting.id, occurrence)
    found = load_registrants(source, APPROVED, wait=False)
    attendance = None
    if found.value and found.value.complete and not found.value.unreadable and table.is_whole:
        matches = load_hand_matches(sources.records, sources.user_id, meeting.id)
        # Right after the end, Zoom has not said who the host was.
        host_id = meeting.host_id or sources.user_id
        attendance = match_registrants(found.value.registrants, table.people, host_id, matches, meeting.uuid)
    return Loaded(attendance, found.at, refreshing=found.refreshing)


def occurrence_of(run: PastMeeting, sessions: Iterable[Occurrence]) -> str:
    """The id of the session that this run was; empty for a meeting without sessions, and for an unplanned run."""
    if run.start_at is None:
        return ""
    started_at = run.start_at.timestamp()
    ended_at = run.end_at.timestamp() if run.end_at else started_at

    def overlaps(session: Occurrence) -> bool:
        planned_at = session.start_at.timestamp() if session.start_at else 0.0
        planned_end = planned_at + 60 * session.duration_minutes
        return planned_at - EARLY_SECONDS <= ended_at and started_at < planned_end

    fitting = [session for session in sessions if session.id and session.start_at and overlaps(session)]
    fitting.sort(key=lambda session: abs(session.start_at.timestamp() - started_at) if session.start_at else 0.0)
    return fitting[0].id if fitting else ""


def _load_scheduled(sources: AttendanceSources, number: int) -> Loaded[Meeting]:
    """The meeting with its settings and all its sessions, also the past ones."""
    found = meeting_details(sources.user_client, sources.cache, number, past_dates=True)
    if found.value:
        remember_registration(sources.cache, found.value, sources.keep_seconds)
    return found
