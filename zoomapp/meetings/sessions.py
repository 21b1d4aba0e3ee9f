"""The sessions of a series: which are to come, where the rule goes on, and which were moved or canceled."""

from __future__ import annotations

import re
from datetime import datetime

from zoomapp.meetings.forms import MIN_LEAD
from zoomapp.zoom.models import Meeting, Occurrence


def coming_sessions(meeting: Meeting, now: datetime) -> list[Occurrence]:
    """The sessions that can still get another start. Sessions that have started or were canceled are left out."""
    soonest = now + MIN_LEAD
    return [
        session
        for session in meeting.occurrences
        if session.start_at and session.start_at >= soonest and not session.deleted
    ]


def moved_sessions(meeting: Meeting, now: datetime) -> list[Occurrence]:
    """The sessions to come whose start differs from the rule's."""
    return [
        session for session in coming_sessions(meeting, now) if _rule_milliseconds(session) != _milliseconds(session)
    ]


def next_start(meeting: Meeting, now: datetime) -> datetime | None:
    """The start of the next session that was not moved; of a single meeting its start."""
    sessions, moved = coming_sessions(meeting, now), moved_sessions(meeting, now)
    by_rule = [session for session in sessions if session not in moved]
    return min((session.start_at for session in by_rule or sessions if session.start_at), default=meeting.start_at)


def sessions_by_rule(meeting: Meeting, now: datetime) -> list[Occurrence]:
    """The sessions that the rule has from the next start on, moved and canceled ones included.

    Canceled sessions at the end are left out: a rule with a number of sessions ends before them.
    """
    start = next_start(meeting, now)
    if start is None or not coming_sessions(meeting, now):
        return []
    sessions = [session for session in meeting.occurrences if _rule_milliseconds(session) >= 1000 * start.timestamp()]
    sessions.sort(key=_rule_milliseconds)
    while sessions and sessions[-1].deleted and not meeting.recurrence.get("end_date_time"):
        sessions.pop()
    return sessions


def canceled_sessions(meeting: Meeting, now: datetime) -> list[Occurrence]:
    """The canceled sessions that the rule has from the next start on. They come back if the rule is sent again."""
    return [session for session in sessions_by_rule(meeting, now) if session.deleted]


def _milliseconds(session: Occurrence) -> int:
    return round(1000 * session.start_at.timestamp()) if session.start_at else 0


def _rule_milliseconds(session: Occurrence) -> int:
    """The start by the rule: Zoom's id of a session is its first start in milliseconds, also after it was moved."""
    return int(session.id) if re.fullmatch(r"[0-9]{1,15}", session.id) else _milliseconds(session)
