"""The short form of the overview: a topic, a duration, and a few starts to choose from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from zoomapp import dates
from zoomapp.meetings.forms import MeetingForm

#: The choice that opens the whole form.
CUSTOM_START = "custom"
MORNING = time(9)
SUNDAY = 6


@dataclass(frozen=True)
class ProposedStart:
    """A start to choose. ``value``: its local date and time, such as "2026-03-02T11:00"."""

    label: str
    value: str
    at: datetime


def proposed_starts(now: datetime, zone_name: str) -> list[ProposedStart]:
    """In one hour, tomorrow at 9 and next Monday at 9, in the viewer's zone. On a Sunday the last two are one."""
    zone = dates.find_zone(zone_name) or UTC
    today = dates.local(now, zone).date()
    in_an_hour = dates.local(now + timedelta(minutes=60 + (-dates.local(now, zone).minute) % 15), zone)
    starts = [("In 1 hour", in_an_hour.replace(tzinfo=None))]
    starts.append(("Tomorrow", datetime.combine(today + timedelta(days=1), MORNING)))
    if today.weekday() != SUNDAY:
        starts.append(("Next Monday", datetime.combine(today + timedelta(days=7 - today.weekday()), MORNING)))
    return [ProposedStart(label, f"{start:%Y-%m-%dT%H:%M}", dates.resolve(start, zone).at) for label, start in starts]


def default_topic(name: str) -> str:
    """The topic for a meeting of a person: "Dana’s meeting"."""
    first_name = name.split()[0] if name.split() else ""
    return f"{first_name}’s meeting" if first_name else "My meeting"


def prefilled(now: datetime, zone_name: str, fields: Mapping[str, str]) -> MeetingForm:
    """A new form with the topic and the duration that ``fields`` has."""
    form = MeetingForm.default(now, zone_name)
    typed = MeetingForm.parse(fields)
    return replace(form, topic=typed.topic, duration=typed.duration or form.duration)
