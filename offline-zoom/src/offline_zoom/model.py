"""The things a Zoom account holds: people, meetings, who came, what was recorded.

Moments are epoch seconds (float); they become Zoom's strings in ``moments`` only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Plan = Literal["free", "pro", "business"]

INSTANT, SCHEDULED, NO_FIXED_TIME, FIXED_TIME = 1, 2, 3, 8


@dataclass
class Account:
    """A customer of Zoom; rate limits and the plan belong to it."""

    id: str
    name: str
    plan: Plan
    number: int = 100200300


@dataclass
class User:
    """Somebody with a Zoom account. ``key`` is the short name tests and pages use."""

    key: str
    id: str
    account_id: str
    email: str
    first_name: str
    last_name: str
    role_name: str = "Member"
    type: int = 2
    timezone: str = "Europe/Berlin"
    language: str = "en-US"
    dept: str = ""
    pmi: int = 0
    created_at: float = 1714555800.0

    @property
    def display_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def role_id(self) -> str:
        return {"Owner": "0", "Admin": "1"}.get(self.role_name, "2")

    @property
    def jid(self) -> str:
        return f"{self.id.lower()}@xmpp.zoom.example"


@dataclass
class Occurrence:
    """One date of a recurring meeting."""

    start_at: float
    duration_minutes: int
    deleted: bool = False
    changes: dict[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Zoom's name for it: its start as Unix milliseconds."""
        return str(int(self.start_at * 1000))


@dataclass
class Meeting:
    """What was scheduled. ``uuid`` is that of the next instance, or of the running one."""

    id: int
    uuid: str
    host_id: str
    topic: str
    type: int
    created_at: float
    start_at: float | None = None
    duration_minutes: int = 60
    timezone: str = "Europe/Berlin"
    agenda: str = ""
    password: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    recurrence: dict[str, Any] | None = None
    occurrences: list[Occurrence] = field(default_factory=list)
    tracking_fields: list[dict[str, Any]] = field(default_factory=list)
    personal: bool = False
    webinar: bool = False
    deleted: bool = False
    source: str = "web_portal"
    #: edited since the story was told, hence worth keeping over a restart
    edited: bool = False


@dataclass(eq=False)
class Join:
    """One row of attendance: one person, once in, once out (``leave_at`` may lie ahead)."""

    user_id: str
    name: str
    join_at: float
    leave_at: float | None = None
    person_id: str = ""
    email: str = ""
    participant_uuid: str = ""
    registrant_id: str = ""
    internal: bool = False
    role: str = "attendee"
    #: in the waiting room, not in the meeting
    waiting: bool = False
    #: how the waiting ends: let in, rather than gone away
    admitted: bool = False
    device: str = ""
    network: str = "Wifi"
    address: str = "198.51.100.7"
    location: str = ""
    leave_reason: str = ""

    def present(self, now: float) -> bool:
        return self.join_at <= now and (self.leave_at is None or now < self.leave_at)


@dataclass(eq=False)
class Instance:
    """One held meeting. ``ended_at`` may lie ahead, or be open."""

    uuid: str
    meeting_id: int
    host_id: str
    topic: str
    type: int
    started_at: float
    ended_at: float | None = None
    joins: list[Join] = field(default_factory=list)
    timezone: str = "Europe/Berlin"
    recording: bool = False

    def live(self, now: float) -> bool:
        return self.started_at <= now and not self.ended(now)

    def ended(self, now: float) -> bool:
        return self.ended_at is not None and self.ended_at <= now

    def joined(self, now: float) -> list[Join]:
        """Everybody who came so far, those who left included."""
        return [join for join in self.joins if join.join_at <= now]

    def present(self, now: float) -> list[Join]:
        """Who is in the meeting or at its door at this moment."""
        return [join for join in self.joins if join.present(now)] if self.live(now) else []


@dataclass
class RecordingFile:
    """One file of a cloud recording; ``content`` or else ``size_bytes`` of filler."""

    id: str
    file_type: str
    extension: str
    recording_type: str
    started_at: float
    ended_at: float
    size_bytes: int
    content: bytes | None = None
    trashed_at: float | None = None


@dataclass
class Recording:
    """The cloud recording of one held meeting."""

    uuid: str
    meeting_id: int
    host_id: str
    topic: str
    type: int
    started_at: float
    duration_minutes: int
    files: list[RecordingFile]
    timezone: str = "Europe/Berlin"
    password: str = "9xK!p2"
    play_passcode: str = "m4QpZ81xv"
    available_at: float = 0.0
    trashed_at: float | None = None
    #: gone for good
    deleted: bool = False
