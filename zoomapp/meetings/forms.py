"""The form of a meeting, to schedule and to edit it: validation, and the body for Zoom."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from zoomapp import dates
from zoomapp.meetings.switches import EDIT_SWITCHES, SETTING_OF, as_settings, validate_switches
from zoomapp.zoom.models import FIXED_TIME, NO_FIXED_TIME, SCHEDULED

MAX_TOPIC_LENGTH, MAX_AGENDA_LENGTH = 200, 2000
MAX_MINUTES = 1440
#: Without a unit, because the previous release may get the form, and it reads minutes only.
DEFAULT_DURATION = "30"
#: Zoom changes a start in the past to "now", so the start must still be ahead when the request reaches Zoom.
MIN_LEAD = timedelta(minutes=1)
MAX_LEAD = timedelta(days=366)
EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+")
PASSCODE = re.compile(r"[A-Za-z0-9@_*-]{1,10}")

#: How a meeting can repeat: Zoom's recurrence type and the largest interval.
REPEATS = {"daily": (1, 99), "weekly": (2, 50), "monthly": (3, 10)}
MAX_OCCURRENCES = 60
#: The choice for a series whose rule the form cannot show: Zoom keeps the rule.
RULE_OF_ZOOM = "zoom"
CHOOSE_REPEAT = "Choose how the meeting repeats from the list"

TEXT_FIELDS = (
    *("topic", "date", "time", "duration", "zone", "passcode", "agenda", "alternative_hosts"),
    *("repeat", "interval", "count", "month_day"),
)


@dataclass(frozen=True)
class MeetingForm:
    """The form as a person typed it. ``alternative_hosts``: email addresses, separated by commas.

    ``month_day``: "second Tuesday" for a monthly series with such a rule; empty if it is on a day such as the 16th.
    No field shows it.
    """

    topic: str = ""
    date: str = ""
    time: str = ""
    duration: str = DEFAULT_DURATION
    zone: str = "UTC"
    passcode: str = ""
    agenda: str = ""
    alternative_hosts: str = ""
    repeat: str = ""
    interval: str = "1"
    weekdays: tuple[str, ...] = ()
    count: str = "10"
    month_day: str = ""
    switches: frozenset[str] = frozenset({"waiting_room", "mute_upon_entry"})

    @classmethod
    def default(cls, now: datetime, zone_name: str) -> MeetingForm:
        """An empty form that starts at the next full or half hour, at least 15 minutes ahead, in the viewer's zone."""
        zone = dates.find_zone(zone_name) or UTC
        local = dates.local(now, zone) + timedelta(minutes=15)
        start = (now + timedelta(minutes=15 + (-local.minute) % 30)).astimezone(zone)
        day, weekdays = f"{start:%Y-%m-%d}", _weekdays_of(start.date())
        return cls(date=day, time=f"{start:%H:%M}", zone=zone_name or "UTC", weekdays=weekdays)

    @classmethod
    def parse(cls, fields: Mapping[str, str], weekdays: Sequence[str] = ()) -> MeetingForm:
        """The form from the fields of a request. ``weekdays`` is the one field that can have several values.

        The short form of the overview has no fields for a recurrence: they get their defaults.
        """
        defaults = {"interval": cls.interval, "count": cls.count}
        texts = {name: fields.get(name, defaults.get(name, "")) for name in TEXT_FIELDS}
        values = {name: text.strip().replace("\r\n", "\n") for name, text in texts.items()}
        if start := fields.get("at", ""):  # one of the proposed starts, such as 2026-03-02T11:00
            values["date"], _, values["time"] = start.partition("T")
            weekdays = _weekdays_of(_date(values["date"]))
        switches = frozenset(name for name in EDIT_SWITCHES if fields.get(name))
        return cls(**values, weekdays=tuple(weekdays), switches=switches)

    def as_fields(self) -> list[tuple[str, str]]:
        """The fields as a browser sends them: ``parse`` reads them again."""
        texts = [(name, getattr(self, name)) for name in TEXT_FIELDS]
        weekdays = [("weekdays", day) for day in self.weekdays]
        return [*texts, *weekdays, *((name, "on") for name in EDIT_SWITCHES if name in self.switches)]

    @property
    def minutes(self) -> int:
        """The duration in minutes; -1 if it is none."""
        return dates.typed_minutes(self.duration)

    @property
    def duration_words(self) -> str:
        """The duration as all pages write it, "1 h 30 min"; the default and what is not valid stay as they are."""
        if self.duration == DEFAULT_DURATION:
            return self.duration
        return dates.duration(60 * self.minutes) if 1 <= self.minutes <= MAX_MINUTES else self.duration

    @property
    def start(self) -> dates.Resolved | None:
        """The start as a moment. None without a fixed time, or if date, time or zone are not valid."""
        day, hour, zone = _date(self.date), _time(self.time), dates.find_zone(self.zone)
        if self.repeat == "any" or day is None or hour is None or zone is None:
            return None
        return dates.resolve(datetime.combine(day, hour), zone)

    def validate(self, now: datetime) -> Validation:
        """The body for Zoom, or a message for each field that is not valid."""
        faults: dict[str, str] = {}
        zone = dates.find_zone(self.zone)
        if not self.topic:
            faults["topic"] = "Enter a topic"
        elif len(self.topic) > MAX_TOPIC_LENGTH:
            faults["topic"] = f"Topic is {len(self.topic)} characters, shorten it to 200"
        if zone is None:
            faults["zone"] = "Choose a time zone from the list"
        start = None if self.repeat == "any" or zone is None else self._start(now, zone, faults)
        minutes = self.minutes
        if minutes < 0:
            faults["duration"] = "Enter a duration such as 45, 1h, or 1:30"
        elif not 1 <= minutes <= MAX_MINUTES:
            faults["duration"] = "Enter a duration between 1 minute and 24 hours"
        if self.passcode and not PASSCODE.fullmatch(self.passcode):
            faults["passcode"] = "Use up to 10 letters, digits, or @ - _ *"
        if len(self.agenda) > MAX_AGENDA_LENGTH:
            faults["agenda"] = "The agenda is too long, shorten it to 2000 characters"
        if wrong := [address for address in self.host_addresses() if not EMAIL.fullmatch(address)]:
            faults["alternative_hosts"] = f"“{wrong[0]}” is not an email address"
        self._validate_repeat(faults)
        faults |= validate_switches(self.switches)
        if faults:
            return Validation(faults)
        remarks = (start.message if start else "", self._skipped_months())
        return Validation({}, self._body(minutes), start.at if start else None, " ".join(filter(None, remarks)))

    def host_addresses(self) -> list[str]:
        """The email addresses of the alternative hosts."""
        return [address for address in re.split(r"[,;\s]+", self.alternative_hosts) if address]

    def _skipped_months(self) -> str:
        """What happens to a monthly meeting on a day that some months do not have; empty for other days."""
        day = int(self.date[-2:]) if self.repeat == "monthly" else 0
        return f"Zoom skips months without a {day}{'st' if day == 31 else 'th'}." if day > 28 else ""

    def _start(self, now: datetime, zone: Any, faults: dict[str, str]) -> dates.Resolved | None:
        """The start as a moment. Adds to ``faults`` what is wrong with the date or the time."""
        day, hour = _date(self.date), _time(self.time)
        if day is None:
            faults["date"] = f"Enter a date, such as {dates.local(now, zone):%Y-%m-%d}"
        if hour is None:
            faults["time"] = "Enter a time, such as 14:30"
        if day is None or hour is None:
            return None
        start = dates.resolve(datetime.combine(day, hour), zone)
        if start.kind == "gap":
            faults["time"] = start.message
        elif start.at < now + MIN_LEAD:
            soonest_at = now + timedelta(minutes=3)
            soonest = dates.local(soonest_at + timedelta(minutes=-dates.local(soonest_at, zone).minute % 5), zone)
            day_name = "today" if soonest.date() == dates.local(now, zone).date() else "tomorrow"
            # A day that is over is a mistake in the date, not in the time.
            wrong = "date" if day < soonest.date() else "time"
            faults[wrong] = f"The start is in the past: choose {soonest:%H:%M} or later {day_name}"
        elif start.at > now + MAX_LEAD:
            faults["date"] = "The start is more than a year away: choose an earlier date"
        return start

    def _validate_repeat(self, faults: dict[str, str]) -> None:
        """Add to ``faults`` what is wrong with the recurrence."""
        if self.repeat not in ("", "any", *REPEATS):
            faults["repeat"] = CHOOSE_REPEAT
            return
        if self.repeat not in REPEATS:
            return
        max_interval = REPEATS[self.repeat][1]
        if not 1 <= dates.whole_number(self.interval) <= max_interval:
            faults["interval"] = f"Enter a number between 1 and {max_interval}"
        if not 1 <= dates.whole_number(self.count) <= MAX_OCCURRENCES:
            faults["count"] = "Enter a number of meetings between 1 and 60"
        if self.repeat == "weekly" and not self.valid_weekdays():
            faults["weekdays"] = "Choose at least one day of the week"

    def valid_weekdays(self) -> list[str]:
        """The chosen days of the week, 1 for Sunday to 7."""
        return sorted({day for day in self.weekdays if day in "1234567" and len(day) == 1})

    def _body(self, minutes: int) -> dict[str, Any]:
        body: dict[str, Any] = {
            "topic": self.topic,
            "type": NO_FIXED_TIME if self.repeat == "any" else FIXED_TIME if self.repeat else SCHEDULED,
            "duration": minutes,
            "timezone": self.zone,
            "settings": as_settings(self.switches),
        }
        if self.repeat != "any":
            # Local time with the name of the zone, so that a series keeps its hour over a change of the clocks.
            body["start_time"] = f"{self.date}T{self.time[:5]}:00"
        # Where an account requires a passcode or a waiting room, no passcode would turn the waiting room on.
        body |= {"password": self.passcode} if self.passcode else {"default_password": True}
        if self.agenda:
            body["agenda"] = self.agenda
        if self.repeat in REPEATS:
            body["recurrence"] = self._recurrence()
        return body

    def _recurrence(self) -> dict[str, Any]:
        recurrence: dict[str, Any] = {
            "type": REPEATS[self.repeat][0],
            "repeat_interval": dates.whole_number(self.interval),
            "end_times": dates.whole_number(self.count),
        }
        if self.repeat == "weekly":
            recurrence["weekly_days"] = ",".join(self.valid_weekdays())
        if self.repeat == "monthly":
            recurrence["monthly_day"] = int(self.date[-2:])
        return recurrence


@dataclass(frozen=True)
class Validation:
    """Either ``faults`` by field, or the ``body`` for Zoom with its start. ``remark`` is a sentence for the person."""

    faults: dict[str, str]
    body: dict[str, Any] = field(default_factory=dict)
    start_at: datetime | None = None
    remark: str = ""


#: Zoom's field names and the fields of the form, for the errors that Zoom reports.
_ZOOM_FIELDS: Sequence[tuple[str, str]] = (
    ("topic", "topic"),
    ("start_time", "time"),
    ("duration", "duration"),
    ("timezone", "zone"),
    ("password", "passcode"),
    ("agenda", "agenda"),
    ("recurrence", "repeat"),
    ("settings.alternative_hosts", "alternative_hosts"),
    ("settings.approval_type", "registration"),
    ("settings.registration_type", "registration"),
    *((f"settings.{setting}", name) for name, (setting, _on, _off) in SETTING_OF.items()),
)


def zoom_faults(fields: Sequence[tuple[str, str]], message: str) -> dict[str, str]:
    """The errors that Zoom reports, by field of the form. An error of another field is shown at the topic."""
    faults: dict[str, str] = {}
    for zoom_field, text in fields:
        form_field = next((ours for zooms, ours in _ZOOM_FIELDS if zoom_field.startswith(zooms)), "topic")
        faults.setdefault(form_field, f"Zoom says: {text}")
    return faults or {"topic": f"Zoom says: {message}"}


def _date(text: str) -> date | None:
    """The day; None if the text is not a date, or if some time zone cannot express it."""
    try:
        day = date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
    except ValueError:
        return None
    return day if day and date.min.year < day.year < date.max.year else None


def _weekdays_of(day: date | None) -> tuple[str, ...]:
    """The chosen day of the week of a form with this date: Zoom's number, 1 for Sunday."""
    return (str(day.isoweekday() % 7 + 1),) if day else ()


def _time(text: str) -> time | None:
    try:
        return time.fromisoformat(text) if re.fullmatch(r"[0-9]{2}:[0-9]{2}(:[0-9]{2})?", text) else None
    except ValueError:
        return None
