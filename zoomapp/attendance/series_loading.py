"""Loads the newest sessions of a meeting, side by side and newest first, as many as a few seconds allow.

The attendance of each session is saved in short form, so that the next request continues with the others, and a
session that is over for a day is read from Zoom once. A session that fails does so alone, and is tried again after a
minute.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import msgspec

from zoomapp.attendance.attendance_table import AttendanceTable
from zoomapp.attendance.figures import here_seconds
from zoomapp.attendance.intervals import close, until
from zoomapp.attendance.occurrences import Occurrence, known_occurrences, list_occurrences
from zoomapp.attendance.past import past_attendance
from zoomapp.attendance.people import Person
from zoomapp.attendance.planned_times import load_planned_dates
from zoomapp.attendance.series import Session, Visit
from zoomapp.attendance.sources import AttendanceSources
from zoomapp.attendance.stays import FINAL
from zoomapp.errors import NotFound, ZoomAppError
from zoomapp.store import key_names
from zoomapp.store.encrypted_records import SERIES_SESSION
from zoomapp.user_api.long_lists import STEP_SECONDS, ListIncomplete
from zoomapp.user_api.page_cache import Loaded
from zoomapp.user_api.parallel_calls import CALLS_PER_PAGE, PendingCall
from zoomapp.zoom.tolerant_reader import Rows

#: The most sessions that a page shows.
MAX_SESSIONS = 100
#: Zoom's report does not change a day after the end. Before that, and after a failure, a session is asked for again.
FINAL_AFTER_SECONDS, UNCERTAIN_SECONDS = 86400, 60


@dataclass(frozen=True)
class LoadedSeries:
    """The newest sessions of a meeting, oldest first.

    ``listed``: all occurrences that Zoom lists, newest first. ``error``: why a session has failed, if one has.
    """

    topic: str
    listed: Loaded[Rows[Occurrence]]
    sessions: tuple[Session, ...] = ()
    error: ZoomAppError | None = None

    @property
    def done(self) -> int:
        """How many sessions were asked for, successfully or not."""
        return sum(1 for session in self.sessions if session.state != "loading")


def load_series(
    sources: AttendanceSources,
    number: int,
    count: int,
    seconds: float = STEP_SECONDS,
    *,
    uuids: Collection[str] | None = None,
) -> LoadedSeries:
    """The ``count`` newest sessions of meeting ``number``; with ``uuids``, the newest of these.

    A browser gets what was loaded within ``seconds``, at least one session more; anything else waits for all of them.
    Raises NotFound, and what concerns all sessions: TokenError and StoreUnavailable.
    """
    ends_at = sources.clock() + seconds if sources.cache.in_steps else None
    _, topic, listed = list_occurrences(sources, str(number))
    chosen = [each for each in listed.value or () if uuids is None or each.uuid in uuids][:count]
    sessions, error = load_sessions(sources, chosen, ends_at, number)
    return LoadedSeries(topic, listed, sessions, error)


def load_sessions(
    sources: AttendanceSources, newest_first: Sequence[Occurrence], ends_at: float | None, number: int = 0
) -> tuple[tuple[Session, ...], ZoomAppError | None]:
    """These sessions, oldest first, and why one has failed, if one has. After ``ends_at`` no more are started.

    ``number``: of the meeting, if all sessions are of the same one.
    """
    sessions = {occurrence.uuid: _saved(sources, occurrence) for occurrence in newest_first}
    missing = [occurrence for occurrence in newest_first if sessions[occurrence.uuid] is None]
    error: ZoomAppError | None = None
    if missing and number:
        # Each session needs these; here they are fetched once.
        load_planned_dates(sources, f"series {number}", number)
    for session, failure in _load_missing(sources, missing, ends_at):
        sessions[session.uuid] = session
        error = error or failure
    found = (sessions[each.uuid] or Session(each.uuid, _epoch(each), "loading") for each in reversed(newest_first))
    return tuple(found), error


def sessions_before(sources: AttendanceSources, number: int, uuid: str) -> list[Session]:
    """The sessions of meeting ``number`` before this one, newest first, up to one that no page has loaded.

    Does not call Zoom.
    """
    found: list[Session] = []
    occurrences = known_occurrences(sources.cache, number)
    here = next((index for index, occurrence in enumerate(occurrences) if occurrence.uuid == uuid), len(occurrences))
    for occurrence in occurrences[here + 1 : here + 1 + MAX_SESSIONS]:
        session = _saved(sources, occurrence)
        if session is None:
            break
        found.append(session)
    return found


_Result = tuple[Session, ZoomAppError | None]


def _load_missing(sources: AttendanceSources, missing: list[Occurrence], ends_at: float | None) -> Iterator[_Result]:
    """These sessions, a few at the same time. After ``ends_at`` no more are started."""
    waiting, running = deque(missing), deque[PendingCall[_Result | None]]()
    while waiting or running:
        while waiting and len(running) < CALLS_PER_PAGE:
            running.append(sources.cache.calls.start(partial(_load, sources, waiting.popleft())))
        if result := running.popleft().result():
            yield result
        if ends_at is not None and sources.clock() > ends_at:
            waiting.clear()


def _load(sources: AttendanceSources, occurrence: Occurrence) -> _Result | None:
    """One session; None while its list has more pages."""
    try:
        _, loaded = past_attendance(sources, occurrence.uuid)
    except ListIncomplete:
        return None
    table, error = loaded.value, loaded.error
    if table is not None and table.attended:
        session = session_of(occurrence, table)
    else:
        failed = error is not None and not isinstance(error, NotFound)
        session = Session(occurrence.uuid, _epoch(occurrence), "failed" if failed else "no data")
    is_final = table is not None and table.is_whole and table.sources <= set(FINAL) and session.has_data
    is_over = table is not None and sources.now.timestamp() - table.frame.end > FINAL_AFTER_SECONDS
    _save(sources, session, sources.keep_seconds if is_final and is_over else UNCERTAIN_SECONDS)
    return session, error if session.state == "failed" else None


def _save(sources: AttendanceSources, session: Session, seconds: int) -> None:
    saved = {"until": sources.clock() + seconds, "session": msgspec.to_builtins(session)}
    sources.records.save(sources.user_id, SERIES_SESSION, saved, seconds, key_names.digest(session.uuid))


def _saved(sources: AttendanceSources, occurrence: Occurrence) -> Session | None:
    """The saved form of a session, if it is no older than it may be."""
    saved = sources.records.load(sources.user_id, SERIES_SESSION, key_names.digest(occurrence.uuid))
    try:
        return msgspec.convert(saved["session"], Session) if saved and sources.clock() < saved["until"] else None
    except msgspec.ValidationError:
        return None  # another release saved it in another form


def session_of(occurrence: Occurrence, table: AttendanceTable) -> Session:
    """The session with this attendance. People who never left the waiting room did not come."""
    frame = table.frame
    is_planned = frame.starts_at is not None and frame.ends_at is not None
    came = [person for person in table.people if person.here]
    started_at = min((person.here[0][0] for person in came), default=frame.end)
    return Session(
        occurrence.uuid,
        _epoch(occurrence),
        planned_seconds=(frame.ends_at or 0) - (frame.starts_at or 0) if is_planned else None,
        length_seconds=max(1.0, frame.end - started_at),
        visits=tuple(_visit(person, table, frame.starts_at or started_at) for person in came),
    )


def _visit(person: Person, table: AttendanceTable, starts_at: float) -> Visit:
    frame = table.frame
    early = None if frame.due_end is None else frame.due_end - until(person.here[-1])
    return Visit(
        person.key,
        person.name,
        person.email,
        tuple(sorted(person.identities)),
        here_seconds(person, frame.end),
        None if frame.starts_at is None else person.arrived_at - frame.starts_at,
        early,
        tuple((stay[0] - starts_at, until(stay) - starts_at) for stay in close(person.here, frame.end)),
    )


def _epoch(occurrence: Occurrence) -> float:
    return occurrence.start_at.timestamp() if occurrence.start_at else 0.0
