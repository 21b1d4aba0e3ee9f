"""Template filters: moments, sizes and durations in the viewer's zone and the formats of their region, and charts."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta
from datetime import date as calendar_date

from flask import Flask
from markupsafe import Markup, escape

from zoomapp import dates
from zoomapp.attendance import Frame, Person
from zoomapp.attendance.attendance_table import AttendanceRow, AttendanceTable
from zoomapp.attendance.names import initials
from zoomapp.attendance.story import arrivals, half_stayed, story
from zoomapp.charts import (
    Axis,
    curve,
    curve_rows,
    meter,
    report_timeline,
    small_bar,
    storage,
    table,
    time_labels,
    timeline,
    timeline_description,
)
from zoomapp.web.current_user import services
from zoomapp.web.viewer import now, today, viewer
from zoomapp.zoom.meeting_ids import key_of

AVATAR_COLORS = 6


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(FILTERS)


def clock(at: datetime) -> str:
    return viewer().formats.clock(at, viewer().zone)


def day(at: datetime) -> str:
    return viewer().formats.day(at, viewer().zone, now())


def long_day(at: datetime) -> str:
    return viewer().formats.long_day(at, viewer().zone)


def full(at: datetime) -> str:
    return viewer().formats.full(at, viewer().zone)


def short_day(at: datetime) -> str:
    """The weekday within a week, else day and month: "Tue", "Dec 4"."""
    return viewer().formats.weekday(local_day(at), short=True) if 0 < days_until(at) < 7 else short_date(at)


def short_date(at: datetime | calendar_date) -> str:
    """Day and month: "Dec 4"."""
    return viewer().formats.short_date(local_day(at))


def date(at: datetime) -> str:
    """Weekday, day and month: "Mon, Nov 23", with the year if it is not the current one."""
    day = local_day(at)
    return viewer().formats.short_day(day, with_year=day.year != today().year)


def date_clock(at: datetime) -> str:
    return f"{date(at)}, {clock(at)}"


def clock_in(at: datetime, zone_name: str) -> str:
    """The time of day in another zone."""
    return viewer().formats.clock(at, dates.find_zone(zone_name) or UTC)


def city(zone_name: str) -> str:
    return dates.city(dates.find_zone(zone_name) or UTC)


def since(at: datetime) -> str:
    """The time since a moment as a duration: "45 min". A future moment counts as now."""
    return dates.duration(max(0.0, now().timestamp() - at.timestamp()))


def local_day(at: datetime | calendar_date) -> calendar_date:
    """The day of a moment in the viewer's zone. A date without a time is the same day in every zone."""
    return dates.local(at, viewer().zone).date() if isinstance(at, datetime) else at


def days_until(at: datetime | calendar_date) -> int:
    """The number of calendar days from today, in the viewer's zone."""
    return (local_day(at) - today()).days


def days_later(at: datetime, days: int) -> datetime:
    return at + timedelta(days=days)


def minutes_later(at: datetime, minutes: int) -> datetime:
    return at + timedelta(minutes=minutes)


def days_left(at: datetime | calendar_date) -> str:
    days = days_until(at)
    if days <= 1:
        return "tomorrow" if days == 1 else "today"
    return f"in {days} days"


def iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def relative(at: datetime) -> str:
    return dates.relative(at, now())


def moving(at: datetime, otherwise: str = "", *, ahead: bool = False) -> Markup:
    """The time until or since a moment of less than an hour, else the text ``otherwise``. A script updates it.

    ``ahead``: the moment is a start that comes next, so ``otherwise`` is shown after it has passed, too.
    """
    html = Markup('<time datetime="{}" title="{}" data-relative="{}"{}>{}</time>')
    mark = Markup(" data-ahead") if ahead else ""
    text = "" if ahead and at <= now() else relative(at)
    return html.format(iso(at), full(at), otherwise, mark, text or otherwise)


def when(at: datetime) -> Markup:
    """The time until a moment, or the moment: "in 18 min", "14:30", "Tomorrow, 09:00"."""
    return moving(at, viewer().formats.dated(at, viewer().zone, now()), ahead=True)


def when_in_sentence(at: datetime) -> str:
    """The moment inside a sentence: "at 14:30", "tomorrow at 09:00"."""
    return viewer().formats.dated_in_sentence(at, viewer().zone, now())


def next_at(at: datetime) -> Markup:
    """The time until a start, or the start, inside a sentence: "in 18 min", "at 14:30", "tomorrow at 09:00"."""
    return moving(at, when_in_sentence(at), ahead=True)


def span(start: datetime, end: datetime) -> str:
    """Start and end on the clock: "11:00 – 11:30"."""
    return viewer().formats.clock_range(start, end, viewer().zone)


def offset(zone_name: str) -> str:
    """The current time in a zone and its offset: "now 10:42, UTC+1"."""
    zone = dates.find_zone(zone_name) or UTC
    utc_offset = dates.offset(now(), zone).removesuffix(":00").replace("+0", "+").replace("-0", "-")
    return f"now {viewer().formats.time_of_day(now(), zone)}, {utc_offset.removesuffix('+0')}"


def minutes(count: int) -> str:
    """A number of minutes as a duration."""
    return dates.duration(count * 60)


def moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def time_axis(table: AttendanceTable) -> Axis:
    """The time axis of a meeting on the viewer's clock."""
    return table.axis(viewer().zone, viewer().formats)


def meeting_story(table: AttendanceTable) -> str:
    """The attendance of a past meeting in one or two sentences."""
    return story(table, lambda at: clock(moment(at)))


def attendance_bar(person: Person, axis: Axis, has_left: bool, since_unknown: bool = False) -> Markup:
    """The attendance of one person as a bar."""
    return timeline(axis, person.here, person.waiting, has_left=has_left, since_unknown=since_unknown)


def report_bar(row: AttendanceRow, axis: Axis) -> Markup:
    """The attendance of one person as a bar after the meeting, with thin lines for late and left early."""
    person, frame = row.person, row.frame
    late = (frame.starts_at, person.arrived_at) if row.late_minutes and frame.starts_at is not None else None
    left_at = person.here[-1][1] if person.here else None
    early = (left_at, frame.due_end) if row.early_minutes and left_at and frame.due_end else None
    return report_timeline(axis, person.here, person.waiting, late=late, early=early)


def no_show_bar(axis: Axis, frame: Frame) -> Markup:
    """The bar of a registrant who did not come: dashes over the scheduled time."""
    start, end = frame.starts_at, frame.due_end
    missed = (axis.start if start is None else start, axis.end if end is None else end)
    return report_timeline(axis, (), missed=missed)


def attendance_description(person: Person, axis: Axis, since_unknown: bool = False) -> str:
    """The attendance of one person as text."""
    return timeline_description(axis, person.here, person.waiting, since_unknown=since_unknown)


def attendance_curve(
    points: Sequence[tuple[float, int]], axis: Axis, height: int = 96, max_labels: int = 5, prefix: str = "curve"
) -> Markup:
    """The number of people over time. ``prefix`` must differ for two curves on one page."""
    return curve(axis, points, height=height, max_labels=max_labels, prefix=prefix)


def curve_table(points: Sequence[tuple[float, int]], axis: Axis) -> Markup:
    """The numbers of the curve as a table."""
    rows = curve_rows(axis, points)
    return table(("Time", "In the meeting"), rows, "Show the curve as a table") if rows else Markup()


def storage_table(months: Sequence[tuple[str, int]], partial: Collection[str] = ()) -> Markup:
    """The numbers of the storage chart as a table."""
    sizes = [(month, dates.size(size)) for month, size in months]
    rows = [(month, f"{size} or more" if month in partial else size) for month, size in sizes]
    return table(("Month", "Added"), rows)


def avatar_color(name: str) -> int:
    """A color number for a name. The same name has the same color on every page."""
    return zlib.crc32(name.encode()) % AVATAR_COLORS


def masked(address: str) -> str:
    """An email address with the name hidden, for a shared screen."""
    name, _, domain = address.partition("@")
    return f"{name[:1]}•••@{domain}"


def breakable(text: str) -> Markup:
    """Text in which the name of a scope may break after a colon or an underscore, and not in mid-word."""
    return text if isinstance(text, Markup) else Markup(re.sub(r"(?<=[a-z][:_])(?=[a-z])", "<wbr>", escape(text)))


def link(address: str) -> str:
    """An address from Zoom's API if it is safe to open, else an empty text."""
    return services().client.hosts.link(address)


FILTERS: dict[str, Callable[..., object]] = {
    "avatar_color": avatar_color,
    "axis_labels": time_labels,
    "arrivals": arrivals,
    "bar": attendance_bar,
    "bar_words": attendance_description,
    "breakable": breakable,
    "city": city,
    "clock": clock,
    "clock_in": clock_in,
    "countdown": dates.countdown,
    "curve": attendance_curve,
    "curve_table": curve_table,
    "date": date,
    "date_clock": date_clock,
    "day": day,
    "days_later": days_later,
    "days_left": days_left,
    "days_until": days_until,
    "duration": dates.duration,
    "full": full,
    "half_stayed": half_stayed,
    "initials": initials,
    "iso": iso,
    "key_of": key_of,
    "link": link,
    "long_day": long_day,
    "masked": masked,
    "meeting_id": dates.meeting_id,
    "meter": meter,
    "minutes": minutes,
    "minutes_later": minutes_later,
    "moment": moment,
    "moving": moving,
    "next_at": next_at,
    "no_show_bar": no_show_bar,
    "offset": offset,
    "relative": relative,
    "report_bar": report_bar,
    "short_date": short_date,
    "short_day": short_day,
    "since": since,
    "size": dates.size,
    "small_bar": small_bar,
    "span": span,
    "storage": storage,
    "storage_table": storage_table,
    "story": meeting_story,
    "time_axis": time_axis,
    "when": when,
}
