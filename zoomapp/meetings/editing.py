"""Editing a meeting: sends Zoom what a person changed, and reports what someone else changed meanwhile.

Three forms are compared: the one the person was shown (``loaded``), the one they sent (``form``), and the meeting as
Zoom has it now (``current``).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from zoomapp import dates
from zoomapp.errors import InvalidFields, ZoomAppError
from zoomapp.meetings import agenda, daily_changes, recurrence
from zoomapp.meetings.forms import (
    EDIT_SWITCHES,
    MIN_LEAD,
    OCCURRENCE_SWITCHES,
    REPEATS,
    RULE_OF_ZOOM,
    SWITCHES,
    MeetingForm,
    as_settings,
    as_switches,
    changed_switches,
    describe_changes,
    validate_switches,
    zoom_faults,
)
from zoomapp.meetings.sessions import next_start
from zoomapp.meetings.settings import is_host
from zoomapp.store.user_records import UserRecords
from zoomapp.user_api.user_client import UserClient
from zoomapp.zoom.models import FIXED_TIME, NO_FIXED_TIME, SCHEDULED, Meeting
from zoomapp.zoom.tolerant_reader import JsonObject

EDITABLE_TYPES = (SCHEDULED, NO_FIXED_TIME, FIXED_TIME)
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


@dataclass(frozen=True)
class EditResult:
    """What happened. ``form`` and ``loaded`` are the forms to show again if the meeting was not saved.

    ``saved``: a sentence about the changes, empty if there were none. ``current``: the meeting as Zoom has it, if
    there are ``conflicts`` with it. ``overlap``: another meeting at the new time, about which the person has to decide.
    ``allowed``: whether this user can edit the meeting here.
    """

    form: MeetingForm
    loaded: MeetingForm
    saved: str = ""
    remark: str = ""
    faults: dict[str, str] = field(default_factory=dict)
    conflicts: tuple[str, ...] = ()
    current: MeetingForm | None = None
    overlap: Meeting | None = None
    error: ZoomAppError | None = None
    allowed: bool = True

    @property
    def done(self) -> bool:
        """Whether Zoom has what the person wants."""
        return self.allowed and not (self.faults or self.conflicts or self.overlap or self.error)


def can_edit(meeting: Meeting, user_id: str) -> bool:
    """Whether this user can edit the meeting here: they are its host, and its type is one that can be edited."""
    return meeting.type in EDITABLE_TYPES and is_host(meeting, user_id)


def form_of(meeting: Meeting, zone_name: str, now: datetime, *, occurrence: bool = False) -> MeetingForm:
    """The form that shows the meeting, with its times in a zone. The passcode is left out: no page contains it.

    ``occurrence``: whether ``meeting`` is one occurrence of a series; else the form shows the next session by the rule.
    """
    zone = dates.find_zone(zone_name) or UTC
    start_at = meeting.start_at if occurrence else next_start(meeting, now)
    start = dates.local(start_at, zone) if start_at else None
    hosts = JsonObject(meeting.settings, "settings").text("alternative_hosts")
    form = MeetingForm(
        topic=meeting.topic,
        date=f"{start:%Y-%m-%d}" if start else "",
        time=f"{start:%H:%M}" if start else "",
        duration=dates.duration(60 * meeting.duration_minutes) if meeting.duration_minutes else "",
        zone=zone_name,
        agenda=meeting.agenda.replace("\r\n", "\n").strip(),
        alternative_hosts=", ".join(host.strip() for host in hosts.replace(",", ";").split(";") if host.strip()),
        switches=as_switches(meeting.settings),
    )
    return replace(form, **recurrence.repeat_fields(meeting, now, _days_later(meeting, start)))


def merge(
    form: MeetingForm, loaded: MeetingForm, current: MeetingForm, *, occurrence: bool, take: Collection[str] = ()
) -> Merge:
    """The changes from ``loaded`` to ``form``, applied to ``current``. ``take``: groups to leave as there."""
    allowed = OCCURRENCE_GROUPS if occurrence else tuple(GROUPS)
    changed = [group for group in allowed if group not in take and _value(form, group) != _value(loaded, group)]
    groups = frozenset(group for group in changed if _value(form, group) != _value(current, group))
    conflicts = tuple(group for group in changed if group in groups and _value(loaded, group) != _value(current, group))
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


def save(
    user_client: UserClient,
    records: UserRecords,
    now: datetime,
    meeting_id: int,
    form: MeetingForm,
    loaded: MeetingForm,
    *,
    occurrence_id: str = "",
    take: Collection[str] = (),
    upcoming_meetings: Callable[[], Iterable[Meeting]] = tuple,
    accepted_times: str = "",
) -> EditResult:
    """Send Zoom what the person changed. An error of Zoom's is part of the result. ``take``: as in ``merge``.

    ``upcoming_meetings``: those of the user, one of which may be at the new time. ``accepted_times``: the times of the
    form (``times_of``) if the person wants them although another meeting overlaps.
    """
    try:
        # The past sessions show whether the page had another next session because time passed.
        meeting = user_client.meeting(meeting_id, occurrence_id, past_dates=not occurrence_id)
    except ZoomAppError as error:
        return EditResult(form, loaded, error=error)
    if not can_edit(meeting, user_client.user_id):
        return EditResult(form, loaded, allowed=False)
    current = form_of(meeting, loaded.zone, now, occurrence=bool(occurrence_id))
    if not occurrence_id:
        form, loaded = with_next_session(form, loaded, current, meeting)
    merged = merge(form, loaded, current, occurrence=bool(occurrence_id), take=take)
    if faults := _faults(merged, current, meeting, now, occurrence=bool(occurrence_id)):
        return EditResult(form, loaded, faults=faults)
    if merged.conflicts:
        # Shown again on top of what Zoom has now: what is sent next replaces it.
        return EditResult(merged.form, current, conflicts=merged.conflicts, current=current)
    changes = changed_fields(merged, current, meeting, occurrence=bool(occurrence_id))
    if not changes:
        return EditResult(form, loaded)
    has_new_times = merged.groups & {"start", "duration"} and times_of(merged.form) != accepted_times
    if has_new_times and (overlap := _overlap(merged.form, meeting_id, upcoming_meetings())):
        return EditResult(merged.form, current, overlap=overlap)
    try:
        user_client.update_meeting(meeting_id, changes, occurrence_id)
    except InvalidFields as error:
        return EditResult(form, loaded, faults=zoom_faults(error.fields, error.zoom_message))
    except ZoomAppError as error:
        return EditResult(form, loaded, error=error)
    daily_changes.count_change(records, user_client.user_id, now)
    start = merged.form.start if "start" in merged.groups else None
    return EditResult(form, loaded, describe(merged), start.message if start else "")


def times_of(form: MeetingForm) -> str:
    """The start and the length of a form as one text; empty without a start."""
    return f"{form.start.at:%Y%m%dT%H%MZ} {form.minutes}" if form.start else ""


def _overlap(form: MeetingForm, meeting_id: int, others: Iterable[Meeting]) -> Meeting | None:
    if form.start is None or form.minutes < 1:
        return None
    end_at = form.start.at + timedelta(minutes=form.minutes)
    return agenda.overlapping((other for other in others if other.id != meeting_id), form.start.at, end_at)


def with_next_session(
    form: MeetingForm, loaded: MeetingForm, current: MeetingForm, meeting: Meeting
) -> tuple[MeetingForm, MeetingForm]:
    """``form`` and ``loaded`` with the next session of ``current``, if sessions started after the page was loaded.

    ``meeting``: with its past sessions. What the person typed stays, and so do changes of someone else.
    """
    if not (loaded.start and current.start and loaded.start.at < current.start.at):
        return form, loaded
    shown = form_of(meeting, loaded.zone, loaded.start.at - MIN_LEAD)
    if any(_value(shown, group) != _value(loaded, group) for group in ("start", "repeat")):
        return form, loaded
    values = {name: getattr(current, name) for name in ("date", "time", "count")}
    same = {name: value for name, value in values.items() if getattr(form, name) == getattr(loaded, name)}
    return replace(form, **same), replace(loaded, **values)


def changed_fields(merged: Merge, current: MeetingForm, meeting: Meeting, *, occurrence: bool) -> dict[str, Any]:
    """The body for Zoom: the changed fields alone. A series needs its recurrence with each new start."""
    form, groups = merged.form, merged.groups
    values: dict[str, Any] = {
        "topic": form.topic,
        "duration": form.minutes,
        "agenda": form.agenda,
        "password": form.passcode,
    }
    zoom_names = {"passcode": "password"}
    names = {zoom_names.get(group, group) for group in groups}
    body = {name: value for name, value in values.items() if name in names}
    if occurrence and "start" in groups and form.start:
        body["start_time"] = f"{form.start.at:%Y-%m-%dT%H:%M:%SZ}"
    elif not occurrence and groups & {"start", "repeat"}:
        body |= _timing(form, current, meeting)
    settings = as_settings(form.switches, [name for name in EDIT_SWITCHES if name in merged.switches])
    if "alternative_hosts" in groups:
        settings["alternative_hosts"] = ";".join(form.host_addresses())
    return {**body, "settings": settings} if settings else body


def describe(merged: Merge) -> str:
    """The changes as a sentence: "Topic, Start. Waiting room: on."."""
    labels = ", ".join(LABELS[group] for group in GROUPS if group in merged.groups)
    settings = as_settings(merged.form.switches, [name for name in EDIT_SWITCHES if name in merged.switches])
    return " ".join(filter(None, (f"{labels}." if labels else "", describe_changes(settings))))


def _timing(form: MeetingForm, current: MeetingForm, meeting: Meeting) -> dict[str, Any]:
    """Type, start, zone and recurrence. The meeting keeps its own zone unless the person chose another."""
    if form.repeat == "any":
        return {"type": NO_FIXED_TIME}
    kind = FIXED_TIME if form.repeat in (*REPEATS, RULE_OF_ZOOM) else SCHEDULED
    body: dict[str, Any] = {"type": kind} if kind != meeting.type else {}
    if form.start is None:
        return body
    zone_name, start = _planned_start(form, form.start, current, meeting)
    # Local time with the name of the zone, so that a series keeps its hour over a change of the clocks.
    body |= {"start_time": f"{start:%Y-%m-%dT%H:%M:%S}", "timezone": zone_name}
    if kind == FIXED_TIME:
        days_later = (dates.local(form.start.at, form.start.zone).date() - start.date()).days
        rule = recurrence.changed_rule(form, current, meeting.recurrence, start.date(), days_later)
        body["recurrence"] = rule
    return body


def _planned_start(
    form: MeetingForm, start: dates.Resolved, current: MeetingForm, meeting: Meeting
) -> tuple[str, datetime]:
    """The zone that the meeting will have, and the start there."""
    keeps_zone = form.zone == current.zone and dates.find_zone(meeting.zone_name)
    zone_name = meeting.zone_name if keeps_zone else form.zone
    return zone_name, dates.local(start.at, dates.find_zone(zone_name) or UTC)


def _faults(
    merged: Merge, current: MeetingForm, meeting: Meeting, now: datetime, *, occurrence: bool
) -> dict[str, str]:
    """What is wrong with the changed fields. The others come from Zoom, so nothing is said about them."""
    # The rule of a series counts from its start, so the start is sent, too.
    groups = merged.groups | ({"start"} if "repeat" in merged.groups else set())
    names = {name for group in groups for name in GROUPS[group]} | set(merged.switches)
    faults = merged.form.validate(now).faults
    if "waiting_room" in merged.switches:
        names |= set(validate_switches(merged.form.switches))
    if not occurrence and "start" in groups and (start := merged.form.start):
        local, planned = dates.local(start.at, start.zone), _planned_start(merged.form, start, current, meeting)[1]
        rule_faults = recurrence.rule_faults(merged.form, meeting.recurrence, local, planned.date())
        faults = rule_faults | faults
        names |= set(rule_faults)
    return {name: sentence for name, sentence in faults.items() if name in names}


def _value(form: MeetingForm, group: str) -> object:
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


def _days_later(meeting: Meeting, start: datetime | None) -> int:
    zone = dates.find_zone(meeting.zone_name)
    if start is None or zone is None:
        return 0
    return (start.date() - dates.local(start, zone).date()).days
