"""What people type, judged: either a body for Zoom, or a sentence for each field that needs mending."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from zoomapp import dates
from zoomapp.zoom.models import FIXED_TIME, NO_FIXED_TIME, SCHEDULED

TOPIC_LENGTH, AGENDA_LENGTH = 200, 2000
LONGEST_MINUTES = 1440
#: Zoom turns a start in the past into "now", so it has to be a little ahead by the time it gets there.
SOONEST = timedelta(minutes=1)
LATEST = timedelta(days=366)
PASSCODE = re.compile(r"[A-Za-z0-9@_*-]{1,10}")

#: What the form repeats by: Zoom's recurrence type, the longest interval, the words beside it.
REPEATS = {"daily": (1, 99), "weekly": (2, 50), "monthly": (3, 10)}
MOST_TIMES = 60

#: The switches and the settings of Zoom's they stand for.
SWITCHES = ("waiting_room", "join_before_host", "mute_upon_entry", "record")


@dataclass(frozen=True)
class MeetingForm:
    """The schedule form as it was typed; nothing is lost when it comes back with faults."""

    topic: str = ""
    date: str = ""
    time: str = ""
    duration: str = "30"
    zone: str = "UTC"
    passcode: str = ""
    agenda: str = ""
    repeat: str = ""
    interval: str = "1"
    weekdays: tuple[str, ...] = ()
    count: str = "10"
    switches: frozenset[str] = frozenset({"waiting_room", "mute_upon_entry"})

    @classmethod
    def fresh(cls, now: datetime, zone_name: str) -> MeetingForm:
        """The defaults: the next full or half hour at least 15 minutes away, in the viewer's zone."""
        zone = dates.find_zone(zone_name) or UTC
        local = dates.local(now, zone) + timedelta(minutes=15)
        rounded = (now + timedelta(minutes=15 + (-local.minute) % 30)).astimezone(zone)
        weekday = str((rounded.weekday() + 1) % 7 + 1)
        return cls(date=f"{rounded:%Y-%m-%d}", time=f"{rounded:%H:%M}", zone=zone_name or "UTC", weekdays=(weekday,))

    @classmethod
    def sent(cls, given: Mapping[str, str], weekdays: Sequence[str] = ()) -> MeetingForm:
        """As it came from the browser. ``weekdays``: the one field that may come several times."""
        names = ("topic", "date", "time", "duration", "zone", "passcode", "agenda", "repeat", "interval", "count")
        values = {name: given.get(name, "").strip() for name in names}
        switches = frozenset(name for name in SWITCHES if given.get(name))
        return cls(**values, weekdays=tuple(weekdays), switches=switches)

    def judge(self, now: datetime) -> Judged:
        """The body for Zoom, or what is wrong, field by field."""
        faults: dict[str, str] = {}
        zone = dates.find_zone(self.zone)
        if not self.topic:
            faults["topic"] = "Enter a topic"
        elif len(self.topic) > TOPIC_LENGTH:
            faults["topic"] = f"Topic is {len(self.topic)} characters, shorten it to 200"
        if zone is None:
            faults["zone"] = "Choose a time zone from the list"
        start = None if self.repeat == "any" or zone is None else self._start(now, zone, faults)
        minutes = dates.whole_number(self.duration)
        if not 1 <= minutes <= LONGEST_MINUTES:
            faults["duration"] = "Enter a length between 1 and 1440 minutes"
        if self.passcode and not PASSCODE.fullmatch(self.passcode):
            faults["passcode"] = "Use up to 10 letters, digits, or @ - _ *"
        if len(self.agenda) > AGENDA_LENGTH:
            faults["agenda"] = "The agenda is too long, shorten it to 2000 characters"
        self._judge_repeat(faults)
        faults |= judge_switches(self.switches)
        if faults:
            return Judged(faults)
        return Judged({}, self._body(minutes), start.at if start else None, start.message if start else "")

    def _start(self, now: datetime, zone: Any, faults: dict[str, str]) -> dates.Resolved | None:
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
        elif start.at < now + SOONEST:
            soonest = dates.local(now + timedelta(minutes=3), zone)
            soonest += timedelta(minutes=-soonest.minute % 5)
            word = "today" if soonest.date() == dates.local(now, zone).date() else "tomorrow"
            faults["time"] = f"The start is in the past: choose {soonest:%H:%M} or later {word}"
        elif start.at > now + LATEST:
            faults["date"] = "The start is more than a year away: choose an earlier date"
        return start

    def _judge_repeat(self, faults: dict[str, str]) -> None:
        if self.repeat not in ("", "any", *REPEATS):
            faults["repeat"] = "Choose how the meeting repeats from the list"
            return
        if self.repeat not in REPEATS:
            return
        most = REPEATS[self.repeat][1]
        if not 1 <= dates.whole_number(self.interval) <= most:
            faults["interval"] = f"Enter a number between 1 and {most}"
        if not 1 <= dates.whole_number(self.count) <= MOST_TIMES:
            faults["count"] = "Enter a number of meetings between 1 and 60"
        if self.repeat == "weekly" and not self._days():
            faults["weekdays"] = "Choose at least one day of the week"

    def _days(self) -> list[str]:
        return sorted({each for each in self.weekdays if each in "1234567" and len(each) == 1})

    def _body(self, minutes: int) -> dict[str, Any]:
        body: dict[str, Any] = {
            "topic": self.topic,
            "type": NO_FIXED_TIME if self.repeat == "any" else FIXED_TIME if self.repeat else SCHEDULED,
            "duration": minutes,
            "timezone": self.zone,
            "settings": as_settings(self.switches),
        }
        if self.repeat != "any":
            # Local time with the zone's name: a series keeps its hour over a change of the clocks.
            body["start_time"] = f"{self.date}T{self.time[:5]}:00"
        # Without a passcode Zoom turns the waiting room on for those who have to have one of the two.
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
            recurrence["weekly_days"] = ",".join(self._days())
        if self.repeat == "monthly":
            recurrence["monthly_day"] = int(self.date[-2:])
        return recurrence


@dataclass(frozen=True)
class Judged:
    """``faults`` by field; or a ``body`` for Zoom, when it starts, and a remark the person should hear."""

    faults: dict[str, str]
    body: dict[str, Any] = field(default_factory=dict)
    start_at: datetime | None = None
    remark: str = ""


def judge_switches(switches: frozenset[str]) -> dict[str, str]:
    """What is wrong with them: of two that exclude each other, both are on."""
    if not switches >= {"waiting_room", "join_before_host"}:
        return {}
    return {"join_before_host": "Turn off either the waiting room or join before host"}


def as_settings(switches: frozenset[str]) -> dict[str, Any]:
    """The switches as Zoom's settings."""
    return {
        "waiting_room": "waiting_room" in switches,
        "join_before_host": "join_before_host" in switches,
        "mute_upon_entry": "mute_upon_entry" in switches,
        "auto_recording": "cloud" if "record" in switches else "none",
    }


def as_switches(settings: Mapping[str, Any]) -> frozenset[str]:
    """Zoom's settings as switches. Joining before the host counts for nothing beside a waiting room."""
    on = {name for name in ("waiting_room", "join_before_host", "mute_upon_entry") if settings.get(name) is True}
    if "waiting_room" in on:
        on.discard("join_before_host")
    return frozenset(on | ({"record"} if settings.get("auto_recording") == "cloud" else set()))


def changed_settings(shown: frozenset[str], wanted: frozenset[str]) -> dict[str, Any]:
    """Only what differs from what the page showed: a setting nobody touched is not sent.

    So it keeps following the account's, and what somebody else changed meanwhile stays.
    """
    before = as_settings(shown)
    return {name: value for name, value in as_settings(wanted).items() if value != before[name]}


#: Zoom's names of fields and ours, for what Zoom itself finds fault with.
_ZOOM_FIELDS: Sequence[tuple[str, str]] = (
    ("topic", "topic"),
    ("start_time", "time"),
    ("duration", "duration"),
    ("timezone", "zone"),
    ("password", "passcode"),
    ("agenda", "agenda"),
    ("recurrence", "repeat"),
)


def zoom_faults(fields: Sequence[tuple[str, str]], message: str) -> dict[str, str]:
    """Zoom's own faults at our fields; what names no field of ours stands at the topic."""
    faults: dict[str, str] = {}
    for name, words in fields:
        ours = next((our for zoom, our in _ZOOM_FIELDS if name.startswith(zoom)), "topic")
        faults.setdefault(ours, f"Zoom says: {words}")
    return faults or {"topic": f"Zoom says: {message}"}


def _date(text: str) -> date | None:
    """The day; None for what is none, or is so far away that some time zone cannot express it."""
    try:
        day = date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
    except ValueError:
        return None
    return day if day and date.min.year < day.year < date.max.year else None


def _time(text: str) -> time | None:
    try:
        return time.fromisoformat(text) if re.fullmatch(r"[0-9]{2}:[0-9]{2}(:[0-9]{2})?", text) else None
    except ValueError:
        return None
