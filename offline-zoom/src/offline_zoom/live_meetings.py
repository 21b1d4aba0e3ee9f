"""Running meetings: start, join, wait, admit, leave, end. Each change is announced as a webhook event."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from offline_zoom import identifiers
from offline_zoom.meeting_content import summary_of, transcript_of
from offline_zoom.model import Instance, Join, Meeting, User
from offline_zoom.pending_events import PendingEvent
from offline_zoom.recordings.files import recording_of
from offline_zoom.webhooks import content_events, events, recording_events
from offline_zoom.world_state import WorldState

FIRST_USER_ID = 16778240
#: a recording's transcript comes this much later than the recording
TRANSCRIBED_SECONDS = 300
MAX_OFFSET_SECONDS = 10 * 365 * 86400
#: what stays the same when a person moves from the waiting room into the meeting
IDENTITY = ("person_id", "email", "internal", "role", "participant_uuid", "device", "registrant_id")


class LiveMeetings(WorldState):
    """A world in which time passes and meetings run."""

    def __init__(self, clock: Callable[[], float], client_id: str, client_secret: str, base_url: str) -> None:
        super().__init__(clock, client_id, client_secret, base_url)
        self._listeners: list[Callable[[events.Event], None]] = []
        self._last_user_id = FIRST_USER_ID
        #: with the switch ``late_end``, the ends that the next start of the meeting announces, by number
        self.late_ends: dict[int, list[events.Event]] = {}

    def tick(self, seconds: float) -> None:
        """Let time pass, and announce what happens in it. Raises ValueError for more than ten years."""
        if not abs(self.offset_seconds + seconds) <= MAX_OFFSET_SECONDS:
            raise ValueError(f"{seconds} seconds are too many")
        self.offset_seconds += seconds
        self._write_clock_file()
        self.catch_up()

    def on_event(self, listener: Callable[[events.Event], None]) -> None:
        """Call ``listener`` with each event, as the dict that a webhook carries."""
        self._listeners.append(listener)

    def announce(self, event: events.Event) -> None:
        """Call every listener with this event."""
        for listener in list(self._listeners):
            listener(event)

    def catch_up(self) -> None:
        """Announce every pending event whose time has come."""
        with self.lock:
            due = [event for pending in self.pending_events.due(self.now()) for event in self._events_of(pending)]
        for event in due:
            self.announce(event)

    def add_instance(self, instance: Instance) -> Instance:
        """Add an instance of a meeting: past, running or future."""
        for join in instance.joins:
            if instance.ended_at is not None and (join.leave_at is None or join.leave_at > instance.ended_at):
                join.leave_at = instance.ended_at
        with self.lock:
            self.instances[instance.uuid] = instance
            self.pending_events.add_instance(instance, self.now())
        return instance

    def start_meeting(self, meeting: Meeting | int, *, recording: bool = False) -> Instance:
        """Start a meeting now. It runs until ``end_meeting``. A running meeting is returned as it is."""
        found = self.meetings[meeting] if isinstance(meeting, int) else meeting
        running = self.live_instance(found)
        if running:
            return running
        with self.lock:
            instance = Instance(found.uuid, found.id, found.host_id, found.topic, found.type, self.now())
            instance.timezone, instance.recording = found.timezone, recording
            self.instances[instance.uuid] = instance
            self.pending_events.add(instance.started_at, "started", instance)
        self.catch_up()
        return instance

    def end_meeting(self, instance: Instance) -> None:
        """End a meeting for everybody in it."""
        now = self.now()
        with self.lock:
            instance.joins = [join for join in instance.joins if join.join_at <= now]
            for join in instance.present(now):
                self._end_join(instance, join, now)
            instance.ended_at = now
            self.pending_events.add(now, "ended", instance)
        self.catch_up()

    def join(self, instance: Instance, user: str | User | None = None, name: str = "", **fields: Any) -> Join:
        """Add a user, or a guest of that name, to a meeting. ``fields`` are set on the row (``waiting=True``)."""
        account = self.user(user) if user is not None else None
        with self.lock:
            row = Join(self.next_user_id(), name or (account.display_name if account else "Guest"), self.now())
            if account:
                row.person_id, row.email, row.internal = account.id, account.email, True
                row.role = "host" if account.id == instance.host_id else "attendee"
            row.participant_uuid = identifiers.participant_uuid(f"{instance.uuid} {row.person_id or row.user_id}")
            for field, value in fields.items():
                setattr(row, field, value)
            instance.joins.append(row)
            self.pending_events.add(row.join_at, "joined", instance, row)
        self.catch_up()
        return row

    def leave(self, instance: Instance, join: Join, reason: str = "") -> None:
        """Let a participant leave the meeting or its waiting room."""
        with self.lock:
            join.leave_reason = reason
            self._end_join(instance, join, self.now())
        self.catch_up()

    def admit(self, instance: Instance, waiting: Join) -> Join:
        """Move a participant from the waiting room into the meeting. Returns the new row."""
        waiting.admitted = True
        self.leave(instance, waiting)
        return self.join(instance, None, waiting.name, **{field: getattr(waiting, field) for field in IDENTITY})

    def put_in_waiting_room(self, instance: Instance, join: Join) -> Join:
        """Move a participant from the meeting to its waiting room. Returns the new row."""
        self.leave(instance, join)
        identity = {field: getattr(join, field) for field in IDENTITY if field not in ("device", "registrant_id")}
        waiting = self.join(instance, None, join.name, waiting=True, **identity)
        name = "meeting.participant_put_in_waiting_room"
        self.announce(events.participant_event(name, self.now(), instance, waiting, self))
        return waiting

    def set_role(self, instance: Instance, join: Join, role: str) -> None:
        """Change a participant's role to ``host``, ``co-host`` or ``attendee``."""
        old, join.role = join.role, role
        name = events.ROLE_CHANGED
        self.announce(events.participant_event(name, self.now(), instance, join, self, old_role=old, new_role=role))

    def control_recording(self, instance: Instance, verb: recording_events.Verb) -> None:
        """Start, pause, resume or stop the cloud recording. Its files are ready after the meeting."""
        instance.recording = instance.recording or verb == "started"
        self.announce(recording_events.recording_control_event(verb, self.now(), instance, self))

    def join_breakout_room(self, instance: Instance, join: Join, room: str) -> None:
        """Announce that a participant joined a breakout room of this name."""
        self._announce_breakout(events.JOINED_BREAKOUT, instance, join, room)

    def leave_breakout_room(self, instance: Instance, join: Join, room: str) -> None:
        """Announce that a participant left a breakout room of this name."""
        self._announce_breakout(events.LEFT_BREAKOUT, instance, join, room)

    def _announce_breakout(self, name: str, instance: Instance, join: Join, room: str) -> None:
        room_uuid = identifiers.meeting_uuid(f"{instance.uuid} {room}")
        self.announce(events.breakout_event(name, self.now(), instance, join, room_uuid, self))

    def next_user_id(self) -> str:
        """A unique number for one join, in Zoom's form."""
        self._last_user_id += 1024
        return str(self._last_user_id)

    def _end_join(self, instance: Instance, join: Join, at: float) -> None:
        join.leave_at = at
        self.pending_events.add(at, "left", instance, join)

    def _events_of(self, pending: PendingEvent) -> Iterator[events.Event]:
        """The webhook events of one pending event. The end of a meeting also changes the world."""
        at, instance, join = pending.at, pending.instance, pending.join
        match pending.kind:
            case "started" if instance:
                yield events.instance_event("meeting.started", at, instance, self)
                yield from self.late_ends.pop(instance.meeting_id, ())
            case "joined" if instance and join and self._is_announced(instance, join):
                yield events.participant_event(events.joined_name(join), at, instance, join, self)
            case "left" if instance and join:
                yield events.participant_event(events.left_name(join), at, instance, join, self)
            case "ended" if instance:
                end = events.instance_event("meeting.ended", at, instance, self)
                if self.switches.late_end:
                    self.late_ends[instance.meeting_id] = [end]
                else:
                    yield end
                self._finish_meeting(instance, at)
            case "recorded" if pending.recording:
                yield recording_events.recording_event(at, pending.recording, self)
            case "transcribed" if pending.recording:
                yield recording_events.recording_transcript_event(at, pending.recording, self)
            case "summarized" if instance and instance.summary:
                yield content_events.summary_event(at, instance, instance.summary, self)
            case "transcript" if instance and instance.transcript:
                yield content_events.transcript_event(at, instance, instance.transcript, self)

    def _is_announced(self, instance: Instance, join: Join) -> bool:
        """Whether a join has an event. Zoom may send none for the host, whose first join starts the meeting."""
        host_rows = (row for row in instance.joins if row.person_id == instance.host_id)
        return self.switches.host_join_event or join is not next(host_rows, None)

    def _finish_meeting(self, instance: Instance, at: float) -> None:
        """Give an ended meeting a new UUID for its next instance, and plan its recording, transcript and summary."""
        meeting = self.meetings.get(instance.meeting_id)
        if meeting and meeting.uuid == instance.uuid:
            meeting.uuid = identifiers.meeting_uuid()
        if instance.recording:
            recording = recording_of(instance, available_at=at + self.switches.recording_ready_after)
            self.recordings[recording.uuid] = recording
            self.pending_events.add(recording.available_at, "recorded", recording=recording)
            self.pending_events.add(recording.available_at + TRANSCRIBED_SECONDS, "transcribed", recording=recording)
        if instance.recording and instance.summary is None:
            instance.summary = summary_of(instance, at + self.switches.summary_ready_after)
            instance.transcript = transcript_of(instance, at + self.switches.transcript_ready_after)
            self.pending_events.add(instance.summary.created_at, "summarized", instance)
            self.pending_events.add(instance.transcript.created_at, "transcript", instance)
