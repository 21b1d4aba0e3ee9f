"""What the page of a series shows: its sentences, the cells of its filters, its columns and squares."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from markupsafe import Markup

from zoomapp import dates
from zoomapp.attendance.names import initials
from zoomapp.attendance.series import FILTERS, Averages, SeriesPerson, Session, Visit
from zoomapp.charts.squares import MISSED, NO_DATA, NOT_YET, people_per_session, square
from zoomapp.web.components import filters, tally
from zoomapp.web.components.tally import TallyCell
from zoomapp.zoom.meeting_ids import key_of

#: The filters: name, small bar, text.
TALLY = (
    ("", "all", "Everyone"),
    ("none", "here", "Missed none"),
    ("two", "missed", "Missed last two"),
    ("late", "late", "Often late"),
    ("new", "new", "New"),
    ("once", "once", "Came once"),
)
#: The filters that need to know a person's first sessions, and those that need three sessions.
FIRST_SESSIONS, THREE_SESSIONS = ("new", "once"), ("two", "late")
SORT_WORDS = (("", "Most sessions"), ("name", "Name"), ("minutes", "Most minutes"), ("late", "Late most often"))
#: What the squares mean.
KEY = (
    ("whole session", square(100, False, False)),
    ("half of it", square(50, False, False)),
    ("late", square(75, True, False)),
    ("left early", square(65, False, True)),
    ("didn’t come", MISSED),
    ("not there yet", NOT_YET),
)
#: A list that a filter leaves empty.
EMPTY = {
    "": "Nobody came to these sessions.",
    "none": "Everyone missed a session.",
    "two": "Nobody missed the last two sessions.",
    "late": "Nobody is often late.",
    "new": "Nobody is new.",
    "once": "Nobody came only once.",
}


@dataclass(frozen=True)
class Column:
    """One session as a column. ``starts_month``: whether the column before is of another month."""

    session: Session
    key: str
    month: str
    starts_month: bool
    day: int
    date: str


@dataclass(frozen=True)
class Cell:
    """One person in one session: the square, its words, and the minutes for the plain table ("—" if not invited)."""

    square: Markup
    words: str
    minutes: str


def moment(session: Session) -> datetime:
    return datetime.fromtimestamp(session.started_at, UTC)


def columns_of(sessions: Sequence[Session]) -> list[Column]:
    """The columns of these sessions, which are oldest first."""
    columns: list[Column] = []
    for session in sessions:
        day = filters.local_day(moment(session))
        month = dates.MONTHS[day.month - 1][:3]
        starts_month = not columns or columns[-1].month != month
        date = filters.short_date(moment(session))
        columns.append(Column(session, key_of(session.uuid), month, starts_month, day.day, date))
    return columns


def cells_of(person: SeriesPerson, columns: Sequence[Column], start: int) -> list[Cell]:
    """The cells of one person. ``start``: the index of the first column among the person's visits."""
    return [_cell(person, start + index, column) for index, column in enumerate(columns)]


def _cell(person: SeriesPerson, index: int, column: Column) -> Cell:
    visit, session = person.visits[index], column.session
    if visit:
        return _visited(visit, column, person.late_after)
    if not session.has_data:
        return Cell(NO_DATA, f"{column.date}: no data", "")
    if index < person.first:
        return Cell(NOT_YET, f"{column.date}: before the first visit", "—")
    return Cell(MISSED, f"{column.date}: did not come", "0")


def _visited(visit: Visit, column: Column, late_after: float) -> Cell:
    late, early = visit.is_late(late_after), visit.left_early
    share = round(100 * visit.seconds / column.session.full_seconds) if column.session.full_seconds else 100
    more = (", late" if late else "") + (", left early" if early else "")
    words = f"{column.date}: {dates.duration(visit.seconds)}{more}"
    return Cell(square(max(4, min(share, 100)), late, early), words, str(int(visit.seconds // 60)))


def chart_of(columns: Sequence[Column]) -> Markup:
    """The bars of people per session."""
    return people_per_session(
        [
            (column.date, str(column.day), len(column.session.visits) if column.session.has_data else None)
            for column in columns
        ]
    )


def filters_of(compared: int) -> list[tuple[str, str, str]]:
    """The filters of the newest sessions, or of this number of ``compared`` ones.

    Compared sessions may not be a person's first ones, and two are too few for some filters.
    """
    left_out = (FIRST_SESSIONS if compared else ()) + (THREE_SESSIONS if 0 < compared < 3 else ())
    return [each for each in TALLY if each[0] not in left_out]


def tally_of(
    people: Sequence[SeriesPerson], show: str, link: Callable[[str], str], compared: int = 0
) -> list[TallyCell]:
    """The filters with their counts. ``link``: the address for the name of a filter. ``compared``: as in filters_of."""
    return tally.cells(((*each, sum(map(FILTERS[each[0]], people))) for each in filters_of(compared)), link, show)


def sentence(people: Sequence[SeriesPerson]) -> str:
    """The story of the series in at most two sentences. People who came once are left out."""
    regular = [person for person in people if FILTERS[""](person)]
    missed_none = sum(map(FILTERS["none"], regular))
    missed_two = sum(map(FILTERS["two"], regular))
    if missed_none == len(regular):
        return "Nobody missed a session."
    first = (
        f"{missed_none} of {len(regular)} people missed no session." if missed_none else "Everyone missed a session."
    )
    return f"{first} {missed_two} missed the last two." if missed_two else first


def averages_line(averages: Averages) -> str:
    """How many people came on average, and how long they stayed."""
    minutes = int(averages.stay_seconds // 60)
    of = f" of {round(averages.planned_seconds / 60)}" if averages.planned_seconds else ""
    return f"On average {round(averages.people)} came, and stayed {minutes}{of} min."


def notes(person: SeriesPerson) -> list[tuple[str, str]]:
    """How often a person was late and left early, each with its CSS class."""
    late = [("k-late", f"{person.late} late")] if person.late else []
    return late + ([("k-early", f"{person.left_early} early")] if person.left_early else [])


def shown_name(person: SeriesPerson, *, hide_names: bool) -> str:
    return initials(person.name) if hide_names else person.name
