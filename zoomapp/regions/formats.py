"""Dates and times in English, in the order and with the clock of a region (Unicode CLDR, by Babel).

Each formatted text is cached: the same days and times come again and again on a page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import cached_property, lru_cache

from babel import Locale
from babel.dates import format_date, format_interval, format_skeleton, format_time

from zoomapp.dates import Moment, local, offset

#: More than the days and times of one page.
CACHED_TEXTS = 8192


@dataclass(frozen=True)
class DateFormats:
    """The formats of a region, such as "en_GB". ``hour12``: the clock of 12 or 24 hours; None for the region's."""

    region: str
    hour12: bool | None = None

    @cached_property
    def uses_hour12(self) -> bool:
        """Whether the clock has 12 hours."""
        if self.hour12 is None:
            return "a" in Locale.parse(self.region).time_formats["short"].pattern
        return self.hour12

    @cached_property
    def first_weekday(self) -> int:
        """The first day of the week: 0 for Monday, 6 for Sunday."""
        return Locale.parse(self.region).first_week_day

    def clock(self, at: Moment, zone: tzinfo) -> str:
        """The time of day: "09:57", "9:57 AM", which has a no-break space; with the word UTC when that is the zone."""
        return self.time_of_day(at, zone) + _utc(zone)

    def time_of_day(self, at: Moment, zone: tzinfo) -> str:
        """The time of day where there is no room for a zone."""
        that = local(at, zone)
        return _time(self.region, self.hour12, that.hour, that.minute)

    def clock_range(self, start: Moment, end: Moment, zone: tzinfo) -> str:
        """From when to when: "11:00 – 11:30", "2:00 – 2:30 PM", "23:30 – Tue 24 Nov, 00:30".

        If the clocks change in between, it says so: "02:30 – 02:00 (clocks go back)".
        """
        begins, ends = local(start, zone), local(end, zone)
        day = f"{self.short_day(ends.date())}, " if ends.date() != begins.date() else ""
        first, last = self.time_of_day(begins, zone), self.time_of_day(ends, zone)
        if not day and "\u00a0" in first and first.partition("\u00a0")[2] == last.partition("\u00a0")[2]:
            first = first.partition("\u00a0")[0]
        before, after = begins.utcoffset() or timedelta(), ends.utcoffset() or timedelta()
        change = "" if before == after else f" (clocks go {'back' if after < before else 'forward'})"
        return f"{first} – {day}{last}{_utc(zone)}{change}"

    def day(self, at: Moment, zone: tzinfo, now: Moment) -> str:
        """Which day: "Today", "Tomorrow", "Thursday" within 6 days, else "Fri, Nov 20", with the year if it differs."""
        that, today = local(at, zone).date(), local(now, zone).date()
        ahead = (that - today).days
        if 0 <= ahead <= 6:
            return ("Today", "Tomorrow")[ahead] if ahead < 2 else self.weekday(that)
        return self.short_day(that, with_year=that.year != today.year)

    def weekday(self, day: date, *, short: bool = False) -> str:
        """The day of the week: "Thursday" or "Thu"."""
        return _date(self.region, "E" if short else "EEEE", day)

    def short_day(self, day: date, *, with_year: bool = False) -> str:
        """Weekday, day and month: "Fri, Nov 20"."""
        return _date(self.region, "yMMMEd" if with_year else "MMMEd", day)

    def short_date(self, day: date) -> str:
        """Day and month: "Nov 20"."""
        return _date(self.region, "MMMd", day)

    def long_day(self, at: Moment, zone: tzinfo) -> str:
        """The day in full: "Monday, November 23"."""
        return _date(self.region, "MMMMEd", local(at, zone).date(), long_weekday=True)

    def date_range(self, first: date, last: date) -> str:
        """Days from and to: "Oct 25 – Nov 23, 2026"."""
        return _plain(format_interval(first, last, "yMMMd", locale=self.region))

    def full(self, at: Moment, zone: tzinfo) -> str:
        """Everything, for titles: "Mon, Nov 23, 2026, 9:57:00 AM UTC+01:00"."""
        that = local(at, zone)
        seconds = format_skeleton("hms" if self.uses_hour12 else "Hms", that.replace(tzinfo=None), locale=self.region)
        return f"{self.short_day(that.date(), with_year=True)}, {_plain(seconds)} {offset(that, zone)}"

    def dated(self, at: Moment, zone: tzinfo, now: Moment) -> str:
        """A moment: "14:30", "Tomorrow, 09:00", "Fri 20 Nov, 13:00"."""
        time_of_day, today = self.clock(at, zone), local(at, zone).date() == local(now, zone).date()
        return time_of_day if today else f"{self.day(at, zone, now)}, {time_of_day}"

    def dated_in_sentence(self, at: Moment, zone: tzinfo, now: Moment) -> str:
        """The same inside a sentence: "at 14:30", "tomorrow at 09:00", "Friday at 13:00"."""
        time_of_day, day = f"at {self.clock(at, zone)}", self.day(at, zone, now)
        if day == "Today":
            return time_of_day
        return f"{'tomorrow' if day == 'Tomorrow' else day} {time_of_day}"


@lru_cache(maxsize=CACHED_TEXTS)
def _time(region: str, hour12: bool | None, hour: int, minute: int) -> str:
    if hour12 is None:
        return _plain(format_time(time(hour, minute), "short", locale=region))
    return _plain(format_skeleton("hm" if hour12 else "Hm", datetime(2000, 1, 1, hour, minute), locale=region))


@lru_cache(maxsize=CACHED_TEXTS)
def _date(region: str, skeleton: str, day: date, *, long_weekday: bool = False) -> str:
    pattern = str(Locale.parse(region).datetime_skeletons.get(skeleton, skeleton))
    if long_weekday:
        pattern = pattern.replace("E", "EEEE")
    return _plain(format_date(day, pattern, locale=region))


def _plain(text: str) -> str:
    """The text with usual spaces, and a no-break space before AM or PM."""
    text = text.replace("\u202f", "\u00a0").replace("\u2009", " ")
    return re.sub(r" (?=[AaPp]\.?[Mm])", "\u00a0", text)


def _utc(zone: tzinfo) -> str:
    return " UTC" if str(zone) == "UTC" else ""
