"""The user's other meetings that a person of one meeting came to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import islice

from zoomapp.attendance.attendance_table import AttendanceTable
from zoomapp.attendance.occurrences import Occurrence
from zoomapp.attendance.people import Person
from zoomapp.attendance.series import match_people
from zoomapp.attendance.series_loading import load_sessions, session_of
from zoomapp.attendance.sources import AttendanceSources
from zoomapp.errors import ZoomAppError
from zoomapp.meetings.agenda import newest_first
from zoomapp.meetings.lists import MeetingList, all_meetings
from zoomapp.user_api.long_lists import STEP_SECONDS
from zoomapp.user_api.page_cache import Loaded
from zoomapp.zoom.models import Meeting, PastMeeting

#: So many of the user's newest sessions of other meetings are looked at.
MAX_SESSIONS = 20


@dataclass(frozen=True)
class CommonMeeting:
    """A meeting that the person came to, ``came`` times of ``of``. ``uuid`` and ``key``: the newest of these visits."""

    topic: str
    came: int
    of: int
    uuid: str
    key: str


@dataclass(frozen=True)
class CommonMeetings:
    """The meetings that the person came to, newest first. ``done`` of ``total`` sessions were looked at.

    ``error``: why a session has failed, if one has.
    """

    listed: Loaded[MeetingList]
    meetings: tuple[CommonMeeting, ...] = ()
    done: int = 0
    total: int = 0
    error: ZoomAppError | None = None

    @property
    def is_loading(self) -> bool:
        return self.done < self.total


def can_be_recognized(person: Person) -> bool:
    """Whether a person can be found in other meetings: by an id, an address, or a name of several words."""
    return bool(person.identities) or len(person.name.split()) > 1


def load_common_meetings(
    sources: AttendanceSources, meeting: PastMeeting, table: AttendanceTable, key: str
) -> CommonMeetings:
    """The other meetings of the person with this key. A browser gets what was loaded within a few seconds."""
    ends_at = sources.clock() + STEP_SECONDS if sources.cache.in_steps else None
    listed = all_meetings(sources.user_client, sources.cache, "past")
    rows = newest_first(listed.value.meetings if listed.value else ())
    other = (row for row in rows if row.uuid and row.start_at and row.id != meeting.id and row.uuid != meeting.uuid)
    others = list(islice(other, MAX_SESSIONS))
    sessions, error = load_sessions(sources, [Occurrence(row.start_at, row.uuid) for row in others], ends_at)
    here = session_of(Occurrence(meeting.start_at, meeting.uuid), table)
    people = match_people([*sessions, here], sources.late_seconds)
    person = next((each for each in people if (visit := each.visits[-1]) and visit.key == key), None)
    if person is None:
        # Another session shows that this is one person with somebody else of the meeting.
        return CommonMeetings(listed)
    attended, counted = Counter[int](), Counter[int]()
    newest: dict[int, tuple[Meeting, str]] = {}
    for row, session, visit in zip(others, reversed(sessions), reversed(person.visits[:-1]), strict=True):
        counted[row.id] += session.has_data
        if visit:
            attended[row.id] += 1
            newest.setdefault(row.id, (row, visit.key))
    found = (
        CommonMeeting(row.topic, attended[number], counted[number], row.uuid, visit_key)
        for number, (row, visit_key) in newest.items()
    )
    done = sum(session.state != "loading" for session in sessions)
    return CommonMeetings(listed, tuple(found), done, len(others), error)
