"""Moments, days and time zones, and quantities as a person reads and types them.

A moment is epoch seconds or an aware ``datetime``; ``now`` and the zone always come from outside. ``regions`` writes
moments as text.
"""

import re
from bisect import bisect_left
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

Moment = datetime | float

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

#: Moments outside these years are mistakes; with them every time zone and calendar can count.
FIRST_YEAR, LAST_YEAR = 1971, 2199

#: Zoom answers for one month at most, and quietly shortens what is longer.
RANGE_DAYS = 30

REGIONS = frozenset(
    ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
)
_ZONES = frozenset(available_timezones())
_HOURS, _MINUTES = r"([0-9]{1,2})\s*(?:h|hr|hrs|hours?)\s*", r"([0-9]{1,4})\s*(?:m|min|mins|minutes?)?"
_DURATION = re.compile(f"(?:{_HOURS})?(?:{_MINUTES})?")


# --- moments ----------------------------------------------------------------------------------------


def local(at: Moment, zone: tzinfo) -> datetime:
    """A moment on the wall clock of the zone."""
    return at.astimezone(zone) if isinstance(at, datetime) else datetime.fromtimestamp(at, zone)


def epoch(at: Moment) -> float:
    """A moment as epoch seconds."""
    return at.timestamp() if isinstance(at, datetime) else at


def parse(text: object, zone: tzinfo = UTC) -> datetime | None:
    """A moment in ISO 8601, in UTC; without an offset it is local time in ``zone``.

    None for text that is no moment, or one outside the years that a meeting can have.
    """
    try:
        at = datetime.fromisoformat(str(text))
        at = (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return at if FIRST_YEAR <= at.year <= LAST_YEAR else None


def iso(at: Moment, zone: tzinfo) -> str:
    """ISO 8601 with the zone's offset: "2026-11-23T09:57:00+01:00"."""
    return local(at, zone).isoformat(timespec="seconds")


# --- zones and local time ---------------------------------------------------------------------------


def zone_choices() -> list[str]:
    """The zones worth a line in a list: by region and city, without aliases such as "US/Pacific"."""
    return sorted(name for name in _ZONES if name.split("/")[0] in REGIONS and "/" in name)


def find_zone(name: str | None) -> ZoneInfo | None:
    """The IANA zone of that name, or None."""
    return ZoneInfo(name) if name in _ZONES else None


def city(zone: tzinfo) -> str:
    """What people call a zone: "Berlin", "New York"."""
    return str(zone).rpartition("/")[2].replace("_", " ")


def offset(at: Moment, zone: tzinfo) -> str:
    """How far the zone is from UTC at that moment: "UTC+05:45"."""
    return f"UTC{local(at, zone).isoformat(timespec='minutes')[16:]}"


@dataclass(frozen=True)
class Resolved:
    """A local time that a person typed, converted to UTC (``at``).

    On the day the clocks go forward a time can be in the ``gap``: then ``at`` is the moment the clocks changed, and
    ``resumes`` the next time they showed. On the day they go back a time can come twice (``overlap``): ``at`` is the
    first.
    """

    at: datetime
    kind: Literal["plain", "gap", "overlap"]
    typed: datetime
    zone: tzinfo
    resumes: time | None = None

    @property
    def message(self) -> str:
        """What to tell the person; empty when there is nothing to tell."""
        typed, day = f"{self.typed:%H:%M}", f"on {MONTHS[self.typed.month - 1]} {self.typed.day} in {city(self.zone)}"
        if self.resumes:
            return f"{typed} doesn't exist {day}, the clocks go forward. Choose {self.resumes:%H:%M} or later."
        if self.kind == "overlap":
            return f"{typed} comes twice {day}, the clocks go back. We used the earlier one."
        return ""


def resolve(typed: datetime, zone: tzinfo) -> Resolved:
    """A naive local time as a moment; see ``Resolved`` for the two days a year that need a word."""
    first, second = (typed.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return Resolved(first, "plain", typed, zone)
    if first < second:
        return Resolved(first, "overlap", typed, zone)
    # In a gap the two readings lie on either side of the change (PEP 495); look for it between them.
    after = first.astimezone(zone).utcoffset()
    seconds = range(int((first - second).total_seconds()))
    steps = bisect_left(
        seconds, True, key=lambda s: (second + timedelta(seconds=s)).astimezone(zone).utcoffset() == after
    )
    change = second + timedelta(seconds=steps)
    return Resolved(change, "gap", typed, zone, change.astimezone(zone).time())


def month_ranges(first: date, last: date) -> Iterator[tuple[date, date]]:
    """``first`` to ``last``, both included, in pieces Zoom answers in full; newest first.

    A piece is 30 days, or one calendar month where that is shorter (in March).
    """
    while first <= last:
        piece = max(first, last - timedelta(days=RANGE_DAYS - 1), _month_before(last))
        yield piece, last
        last = piece - timedelta(days=1)


def utc_days(first: date, last: date, zone: tzinfo) -> tuple[date, date]:
    """The first and the last day of UTC in which moments of these local days lie, both included."""
    begins = datetime.combine(first, time.min, zone).astimezone(UTC)
    ends = datetime.combine(last + timedelta(days=1), time.min, zone).astimezone(UTC) - timedelta(microseconds=1)
    return begins.date(), max(begins, ends).date()


def within_a_month(first: date, last: date) -> bool:
    """Whether Zoom answers for these days at once: at most 31 days, and not more than a month apart."""
    return (last - first).days <= RANGE_DAYS and first >= _month_before(last)


def by_month(first: date, last: date) -> list[tuple[date, date]]:
    """``first`` to ``last``, both included, in pieces by calendar month, each within a month; newest first.

    If ``first`` is the last day of a month, it is part of the next month's piece, and what is then too long moves on.
    """
    pieces = []
    while first <= last:
        next_month = ((first + timedelta(days=1)).replace(day=1) + timedelta(days=31)).replace(day=1)
        end = min(next_month - timedelta(days=1), first + timedelta(days=RANGE_DAYS), last)
        pieces.append((first, end))
        first = end + timedelta(days=1)
    return pieces[::-1]


def _month_before(day: date) -> date:
    end = day.replace(day=1) - timedelta(days=1)
    return end.replace(day=min(day.day, monthrange(end.year, end.month)[1]))


# --- quantities -------------------------------------------------------------------------------------


def relative(at: Moment, now: Moment) -> str:
    """How far off, under an hour: "in 18 min", "3 min ago", "6 s ago"; empty beyond."""
    seconds = round(epoch(at) - epoch(now))
    amount = f"{abs(seconds)} s" if abs(seconds) < 60 else f"{abs(seconds) // 60} min"
    if abs(seconds) >= 3600:
        return ""
    return f"in {amount}" if seconds > 0 else f"{amount} ago" if seconds else "just now"


def whole_number(text: str) -> int:
    """The number that a person typed; -1 if the text is no whole number of at most six digits."""
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else -1


def typed_minutes(text: str) -> int:
    """The minutes of a duration that a person typed: "45", "90 min", "1h", "1:30", "1 h 15"; -1 if it is none."""
    typed = text.strip().lower()
    if clock_form := re.fullmatch(r"([0-9]{1,2}):([0-5][0-9])", typed):
        return 60 * int(clock_form[1]) + int(clock_form[2])
    if parts := _DURATION.fullmatch(typed):
        hours, minutes = parts[1], parts[2]
        return 60 * int(hours or 0) + int(minutes or 0) if hours or minutes else -1
    return -1


def duration(seconds: float) -> str:
    """A length of time in whole minutes, rounded down: "under 1 min", "34 min", "1 h 52 min"."""
    hours, minutes = divmod(int(seconds) // 60, 60)
    if not hours:
        return f"{minutes} min" if minutes else "under 1 min"
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def countdown(seconds: float) -> str:
    """A wait in minutes and seconds: "0:24"."""
    minutes, rest = divmod(max(0, -int(-seconds // 1)), 60)
    return f"{minutes}:{rest:02}"


def size(count: int) -> str:
    """Bytes in decimal units, as Zoom counts them: "6 KB", "412 KB", "96 MB", "1.3 GB"."""
    # The next unit begins where this one would round up to 1000.
    for unit, scale, limit in (("KB", 1e3, 999_500), ("MB", 1e6, 999_500_000), ("GB", 1e9, 999_950_000_000)):
        if count < limit:
            return f"{count / scale:.1f} GB" if unit == "GB" else f"{max(count / scale, min(count, 1)):.0f} {unit}"
    return f"{count / 1e12:.1f} TB"


def meeting_id(number: int | str) -> str:
    """A meeting id in groups to be read aloud: "842 1177 3390", "811 442 0917"."""
    digits = str(number).replace(" ", "")
    middle = 7 if len(digits) > 10 else 6
    return " ".join(filter(None, (digits[:3], digits[3:middle], digits[middle:])))
