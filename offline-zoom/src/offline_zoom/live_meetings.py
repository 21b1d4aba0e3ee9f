"""Meetings as they go on: who comes, waits, is let in, leaves; and who is told of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from offline_zoom import identifiers
from offline_zoom.model import Instance, Join, Meeting, Recording, User
from offline_zoom.pending_events import PendingEvent, PendingEvents
from offline_zoom.recordings.files import recording_of
from offline_zoom.webhooks import events

if TYPE_CHECKING:
    from offline_zoom.world import World


class LiveMeetings:
    """The part of a world in which time passes."""

    lock: threading.RLock
    meetings: dict[int, Meeting]
    instances: dict[str, Instance]
    recordings: dict[str, Recording]
    timeline: PendingEvents
    clock: Callable[[], float]
    user: Callable[[str | User], User]

    def __init__(self) -> None:
        self.offset_seconds = 0.0
        self._listeners: list[Callable[[events.Event], None]] = []

    def now(self) -> float:
        """This world's moment, in epoch seconds."""
        return self.clock() + self.offset_seconds

    def tick(self, seconds: float) -> None:
        """Let time pass, and everything in it happen."""
        self.offset_seconds += seconds
        self.catch_up()

    def on_event(self, listener: Callable[[events.Event], None]) -> None:
        """Have each event told to ``listener``, as the dict a webhook would carry."""
        self._listeners.append(listener)

    def announce(self, event: events.Event) -> None:
        """Tell everybody who listens."""
        for listener in list(self._listeners):
            listener(event)

    def catch_up(self) -> None:
        """Announce all that has happened by now."""
        with self.lock:
            happened = [event for moment in self.timeline.due(self.now()) for event in self._told(moment)]
        for event in happened:
            self.announce(event)

    def hold(self, instance: Instance) -> Instance:
        """Take up a held meeting: past, running or to come."""
        for join in instance.joins:
            if instance.ended_at is not None and (join.leave_at is None or join.leave_at > instance.ended_at):
                join.leave_at = instance.ended_at
        with self.lock:
            self.instances[instance.uuid] = instance
            self.timeline.plan(instance, self.now())
        return instance

    def live_instance(self, meeting: Meeting | int | None = None) -> Instance | None:
        """The running instance of a meeting; of any, without one."""
        number = meeting.id if isinstance(meeting, Meeting) else meeting
        now = self.now()
        running = (one for one in list(self.instances.values()) if one.live(now))
        return next((one for one in running if number in (None, one.meeting_id)), None)

    def start_meeting(self, meeting: Meeting | int, *, recording: bool = False) -> Instance:
        """Begin a meeting now; it runs until it is ended."""
        found = self.meetings[meeting] if isinstance(meeting, int) else meeting
        running = self.live_instance(found)
        if running:
            return running
        with self.lock:
            instance = Instance(found.uuid, found.id, found.host_id, found.topic, found.type, self.now())
            instance.timezone, instance.recording = found.timezone, recording
            self.instances[instance.uuid] = instance
            self.timeline.add(instance.started_at, "started", instance)
        self.catch_up()
        return instance

    def end_meeting(self, instance: Instance) -> None:
        """End a meeting for all who are in it."""
        now = self.now()
        with self.lock:
            instance.joins = [join for join in instance.joins if join.join_at <= now]
            for join in instance.present(now):
                self._leaves(instance, join, now)
            instance.ended_at = now
            self.timeline.add(now, "ended", instance)
        self.catch_up()

    def join(self, instance: Instance, who: str | User | None = None, name: str = "", **more: Any) -> Join:
        """Somebody comes: a user, or a guest of that name. ``more`` sets fields of the row (``waiting=True``)."""
        user = self.user(who) if who is not None else None
        with self.lock:
            row = Join(self.next_user_id(), name or (user.display_name if user else "Guest"), self.now())
            if user:
                row.person_id, row.email, row.internal = user.id, user.email, True
                row.role = "host" if user.id == instance.host_id else "attendee"
            row.participant_uuid = identifiers.participant_uuid(f"{instance.uuid} {row.person_id or row.user_id}")
            for field, value in more.items():
                setattr(row, field, value)
            instance.joins.append(row)
            self.timeline.add(row.join_at, "entered", instance, row)
        self.catch_up()
        return row

    def leave(self, instance: Instance, join: Join, reason: str = "") -> None:
        """Somebody goes, from the meeting or from its door."""
        with self.lock:
            join.leave_reason = reason
            self._leaves(instance, join, self.now())
        self.catch_up()

    def admit(self, instance: Instance, waiting: Join) -> Join:
        """Somebody is let in: the row at the door ends, one in the meeting begins."""
        waiting.admitted = True
        self.leave(instance, waiting)
        kept = ("person_id", "email", "internal", "role", "participant_uuid", "device", "registrant_id")
        return self.join(instance, None, waiting.name, **{field: getattr(waiting, field) for field in kept})

    def set_role(self, instance: Instance, join: Join, role: str) -> None:
        """Somebody becomes ``host``, ``co-host`` or ``attendee``."""
        old, join.role = join.role, role
        self._tell_of(instance, join, "meeting.participant_role_changed", old_role=old, new_role=role)

    def next_user_id(self) -> str:
        """A number for one join, like Zoom's: unique, and of no further meaning."""
        self._user_ids = getattr(self, "_user_ids", 16778240) + 1024
        return str(self._user_ids)

    def _leaves(self, instance: Instance, join: Join, at: float) -> None:
        join.leave_at = at
        self.timeline.add(at, "left", instance, join)

    def _tell_of(self, instance: Instance, join: Join, name: str, **more: Any) -> None:
        self.announce(events.participant_event(name, self.now(), instance, join, self._world, **more))

    def _told(self, moment: PendingEvent) -> Iterator[events.Event]:
        """What is said of one moment; the end of a meeting also changes the world."""
        world, instance, join = self._world, moment.instance, moment.join
        match moment.kind:
            case "started" if instance:
                yield events.instance_event("meeting.started", moment.at, instance, world)
            case "entered" if instance and join:
                yield events.participant_event(events.ENTERED[join.waiting], moment.at, instance, join, world)
            case "left" if instance and join:
                yield events.participant_event(events.left_name(join), moment.at, instance, join, world)
            case "ended" if instance:
                yield events.instance_event("meeting.ended", moment.at, instance, world)
                self._after(instance, moment.at)
            case "recorded" if moment.recording:
                yield events.recording_event(moment.at, moment.recording, world)

    def _after(self, instance: Instance, at: float) -> None:
        """An ended meeting has a new UUID next time, and its recording is worked on."""
        meeting = self.meetings.get(instance.meeting_id)
        if meeting and meeting.uuid == instance.uuid:
            meeting.uuid = identifiers.meeting_uuid()
        if instance.recording:
            recording = recording_of(instance, available_at=at + self._world.switches.recording_ready_after)
            self.recordings[recording.uuid] = recording
            self.timeline.add(recording.available_at, "recorded", recording=recording)

    @property
    def _world(self) -> World:
        from offline_zoom.world import World

        assert isinstance(self, World)
        return self
