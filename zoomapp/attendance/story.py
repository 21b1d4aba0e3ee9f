"""The attendance of a past meeting in a few sentences: facts only, never a judgment."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median

from zoomapp import dates
from zoomapp.attendance.attendance_table import AttendanceTable

#: From this many people on, a percentage says more than a number.
MANY_PEOPLE = 50
#: From this many people on, half of them is worth a sentence.
SOME_PEOPLE = 10


def story(table: AttendanceTable, clock: Callable[[float], str]) -> str:
    """How many people came, and how many of them on time; then who left early.

    ``clock``: the time of day of a moment.
    """
    return " ".join(filter(None, (arrivals(table), _departures(table, clock))))


def arrivals(table: AttendanceTable) -> str:
    """The first sentence of the story: "16 people came, 12 of them on time."."""
    came, late = table.attended, table.figures.late
    if not came:
        return "Nobody came."
    people = "1 person" if came == 1 else f"{came} people"
    if not table.is_whole:
        return f"Of the {people} loaded, {came - late} came on time." if table.frame.tells_late else f"{people} loaded."
    return f"{people} came{_on_time(came, late) if table.frame.tells_late else ''}."


def half_stayed(table: AttendanceTable) -> str:
    """How long half of the people stayed; empty for a few people."""
    times = [row.seconds for row in table.rows if row.person.here]
    return f"Half stayed {dates.duration(median(times))} or longer." if len(times) >= SOME_PEOPLE else ""


def _on_time(came: int, late: int) -> str:
    if came == 1:
        return ", late" if late else ", on time"
    if not late:
        return ", all on time"
    if came >= MANY_PEOPLE:
        return f", {round(100 * (came - late) / came)}% on time"
    return f", {came - late or 'none'} of them on time"


def _departures(table: AttendanceTable, clock: Callable[[float], str]) -> str:
    frame, early = table.frame, table.figures.left_early
    if frame.due_end is None or not table.is_whole:
        return ""
    if early >= 2:
        return f"{early} left before {clock(frame.due_end - frame.early_seconds)}."
    return "Everyone stayed to the end." if not early and table.attended > 1 else ""
