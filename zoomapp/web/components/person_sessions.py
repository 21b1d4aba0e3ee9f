"""One person over the sessions of a series: a sentence, and a bar for each session on one axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from zoomapp import dates
from zoomapp.attendance.attendance_table import AttendanceRow
from zoomapp.attendance.series import SeriesPerson, Session, Visit
from zoomapp.charts.squares import minute_labels, missed_bar, visit_bar
from zoomapp.web.components.series_view import Column, columns_of

TIMES = {1: "once", 2: "twice"}


@dataclass(frozen=True)
class SessionLine:
    """One session: its column, the bar, the time there and how it went. ``visit``: None if the person did not come.

    ``words``: each with its CSS class.
    """

    column: Column
    visit: Visit | None
    bar: Markup
    time: str
    words: tuple[tuple[str, str], ...]


def find_person(
    people: Sequence[SeriesPerson], sessions: Sequence[Session], uuid: str, key: str
) -> SeriesPerson | None:
    """The person whom one session knows by this key."""
    index = next((number for number, session in enumerate(sessions) if session.uuid == uuid), None)
    if index is None:
        return None
    return next((each for each in people if (visit := each.visits[index]) and visit.key == key), None)


def sentence(person: SeriesPerson, name: str) -> str:
    """How often the person came and was late: "Lena came to 9 of 10 sessions and was late twice."."""
    sessions = "session" if person.of == 1 else "sessions"
    parts = [f"{name or 'This person'} came to {person.came} of {person.of} {sessions}"]
    parts += [f"was {_late(person)}"] if person.late else []
    parts += [f"missed the last {person.missed_last}"] if person.missed_last > 1 else []
    return f"{', '.join(parts[:-1])} and {parts[-1]}." if len(parts) > 1 else f"{parts[0]}."


def short_summary(person: SeriesPerson, sessions: Sequence[Session]) -> str:
    """The same beside the squares of these sessions: "Last 10 sessions: came to 9, late twice"."""
    parts = [f"came to {person.came}", *([_late(person)] if person.late else [])]
    return f"Last {len(sessions)} sessions: {', '.join(parts)}"


def numbers(person: SeriesPerson) -> list[tuple[str, str]]:
    """The numbers of all sessions, each with its word. Those that need a schedule are left out without one."""
    found = [("in all", dates.duration(person.seconds)), ("per session", dates.duration(person.seconds / person.came))]
    visits = [visit for visit in person.visits if visit]
    if any(visit.late_seconds is not None for visit in visits):
        found.append(("on time", f"{person.came - person.late} of {person.came}"))
    if any(visit.early_seconds is not None for visit in visits):
        found.append(("left early", str(person.left_early)))
    return found


def summary(person: SeriesPerson, sessions: Sequence[Session], name: str, topic: str) -> str:
    """The same as one line to copy: "Lena: 9 of 10 sessions, 6 h 22 min, late twice (Weekly, Sep 21 – Nov 23)"."""
    columns = [
        column for index, column in enumerate(columns_of(sessions)) if column.session.has_data and index >= person.first
    ]
    first, last = columns[0].date, columns[-1].date
    period = first if first == last else f"{first} – {last}"
    parts = [f"{person.came} of {person.of} sessions", dates.duration(person.seconds)]
    parts += [_late(person)] if person.late else []
    where = ", ".join(part for part in (topic, period) if part)
    return f"{name or 'No name'}: {', '.join(parts)} ({where})"


def only_session(row: AttendanceRow, name: str) -> str:
    """How long the person was in a meeting that is over: "Lena was there 39 of 45 min."."""
    frame, there = row.frame, dates.duration(row.seconds)
    if frame.starts_at is not None and frame.ends_at is not None and frame.ends_at > frame.starts_at:
        planned = dates.duration(frame.ends_at - frame.starts_at)
        is_short = there.endswith(" min") and planned.endswith(" min") and " h" not in there + planned
        there = f"{there.removesuffix(' min') if is_short else there} of {planned}"
    return f"{name or 'This person'} was there {there}."


def _late(person: SeriesPerson) -> str:
    return f"late {TIMES.get(person.late, f'{person.late} times')}"


def axis_of(sessions: Sequence[Session]) -> Markup:
    """The minutes above the bars of all sessions."""
    return minute_labels(_axis_seconds(sessions))


def _axis_seconds(sessions: Sequence[Session]) -> float:
    return max([session.full_seconds for session in sessions if session.has_data] or [1.0])


def lines_of(person: SeriesPerson, sessions: Sequence[Session]) -> list[SessionLine]:
    """The sessions since the person's first visit that have data, newest first."""
    axis_seconds = _axis_seconds(sessions)
    lines = [
        _line(person, index, column, axis_seconds)
        for index, column in enumerate(columns_of(sessions))
        if column.session.has_data and index >= person.first
    ]
    return lines[::-1]


def _line(person: SeriesPerson, index: int, column: Column, axis_seconds: float) -> SessionLine:
    visit, full_seconds = person.visits[index], column.session.full_seconds
    if visit is None:
        words = (("k-no", "Didn’t come"),)
        return SessionLine(column, None, missed_bar(axis_seconds, full_seconds), "—", words)
    is_late = visit.is_late(person.late_after)
    late = visit.late_seconds if visit.late_seconds is not None and is_late else 0.0
    early = visit.early_seconds if visit.early_seconds is not None and visit.left_early else 0.0
    parts = [("k-late", f"{int(late // 60)} min late")] if late else []
    parts += [("k-early", f"left {int(early // 60)} min early")] if early else []
    if not parts and visit.late_seconds is not None:
        parts = [("k-on", "On time")]
    elif early and not late:
        parts = [("k-early", f"Left {int(early // 60)} min early")]
    stays = visit.stays or _longest_stay(visit, full_seconds)
    if away := len(stays) - 1:
        word = "rejoined" if parts else "Rejoined"
        parts.append(("", f"{word} {TIMES.get(away, f'{away} times')}"))
    bar = visit_bar(axis_seconds, late, (stays[-1][1] if early else full_seconds, full_seconds), stays)
    return SessionLine(column, visit, bar, dates.duration(visit.seconds), tuple(parts))


def _longest_stay(visit: Visit, full_seconds: float) -> tuple[tuple[float, float]]:
    """From arrival to leaving, for a visit that another release saved."""
    arrived = max(0.0, visit.late_seconds or 0.0)
    return ((arrived, max(arrived, full_seconds - max(0.0, visit.early_seconds or 0.0))),)
