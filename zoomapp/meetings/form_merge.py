"""Merges three forms of a meeting: as the person was shown it, as they sent it, and as Zoom has it now."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from zoomapp.meetings.forms import REPEATS, MeetingForm
from zoomapp.meetings.switches import (
    EDIT_SWITCHES,
    OCCURRENCE_SWITCHES,
    SWITCHES,
    as_settings,
    changed_switches,
    describe_changes,
)

#: What changes together, and its fields in the form.
GROUPS = {
    "topic": ("topic",),
    "start": ("date", "time", "zone"),
    "duration": ("duration",),
    "agenda": ("agenda",),
    "repeat": ("repeat", "interval", "weekdays", "count"),
    "passcode": ("passcode",),
    "alternative_hosts": ("alternative_hosts",),
}
#: The groups that one occurrence of a series may have of its own.
OCCURRENCE_GROUPS = ("start", "duration", "agenda")
LABELS = {
    "topic": "Topic",
    "start": "Start",
    "duration": "Duration",
    "agenda": "Agenda",
    "repeat": "Repeats",
    "passcode": "Passcode",
    "alternative_hosts": "Alternative hosts",
}


@dataclass(frozen=True)
class Merge:
    """What a person changed (``groups`` and ``switches``), applied to the meeting as Zoom has it now (``form``).

    ``conflicts``: the groups that someone else changed, too, to another value.
    """

    form: MeetingForm
    groups: frozenset[str]
    switches: frozenset[str]
    conflicts: tuple[str, ...] = ()


def merge(
    form: MeetingForm, loaded: MeetingForm, current: MeetingForm, *, occurrence: bool, take: Collection[str] = ()
) -> Merge:
    """The changes from ``loaded`` to ``form``, applied to ``current``. ``take``: groups to leave as there."""
    allowed = OCCURRENCE_GROUPS if occurrence else tuple(GROUPS)
    changed = [group for group in allowed if group not in take and value_of(form, group) != value_of(loaded, group)]
    groups = frozenset(group for group in changed if value_of(form, group) != value_of(current, group))
    conflicts = tuple(
        group for group in changed if group in groups and value_of(loaded, group) != value_of(current, group)
    )
    if not occurrence and groups & {"start", "repeat"} and current.repeat == "any":  # a meeting without a time gets one
        groups |= {"start", "repeat"}
    texts = {name: getattr(form, name) for group in groups for name in GROUPS[group]}
    touched = (form.switches ^ loaded.switches) & frozenset(OCCURRENCE_SWITCHES if occurrence else EDIT_SWITCHES)
    switches = (current.switches - touched) | (form.switches & touched)
    merged = replace(current, **texts, switches=switches)
    return Merge(merged, groups, changed_switches(current.switches, switches), conflicts)


def typed_again(form: MeetingForm, scheduled: MeetingForm) -> MeetingForm | None:
    """The edit form with what a schedule form says otherwise than the meeting it created; None if it says the same.

    ``scheduled``: the form of that meeting. The schedule form has no field for some switches, and the passcode is in
    no page, so it is not compared.
    """
    shown = frozenset(SWITCHES)
    form = replace(form, passcode="", switches=form.switches & shown | scheduled.switches - shown)
    merged = merge(form, scheduled, scheduled, occurrence=False)
    return merged.form if merged.groups or merged.switches else None


def describe(merged: Merge) -> str:
    """The changes as a sentence: "Topic, Start. Waiting room: on."."""
    labels = ", ".join(LABELS[group] for group in GROUPS if group in merged.groups)
    settings = as_settings(merged.form.switches, [name for name in EDIT_SWITCHES if name in merged.switches])
    return " ".join(filter(None, (f"{labels}." if labels else "", describe_changes(settings))))


def value_of(form: MeetingForm, group: str) -> object:
    """The value of a group, so that two ways to write it are equal."""
    if group == "start":
        return _start_value(form)
    if group == "duration":
        return form.minutes if form.minutes >= 0 else form.duration
    if group == "repeat":
        return _repeat_value(form)
    if group == "alternative_hosts":
        return sorted(address.lower() for address in form.host_addresses())
    return getattr(form, group)


def _start_value(form: MeetingForm) -> tuple[object, ...]:
    if form.repeat == "any":
        return ()
    return (form.start.at, form.zone) if form.start else (form.date, form.time, form.zone)


def _repeat_value(form: MeetingForm) -> tuple[object, ...]:
    """Only the fields that count for the chosen way to repeat."""
    if form.repeat not in REPEATS:
        return (form.repeat,)
    weekdays = tuple(form.valid_weekdays()) if form.repeat == "weekly" else ()
    return form.repeat, form.interval, weekdays, form.count
